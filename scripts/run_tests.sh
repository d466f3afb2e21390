#!/usr/bin/env bash
# Runs the tests: first side by side, then, one by one, those that measure time.
#
#   scripts/run_tests.sh JOBS [pytest's arguments]
set -uo pipefail
cd "$(dirname "$0")/.."

jobs=$1
shift
pytest=(.venv/bin/python -m pytest --quiet)
no_test_selected=5

"${pytest[@]}" -m "not alone" --numprocesses "$jobs" --dist worksteal "$@"
together=$?
if [ $together -eq 1 ]; then
  # Side by side on a small machine one may wait too long for a browser or a process that
  # another keeps busy: what fails by itself, too, has failed.
  echo "once more, one by one, those that failed:"
  "${pytest[@]}" -m "not alone" --last-failed --last-failed-no-failures none --maxfail=10 "$@"
  together=$?
fi
"${pytest[@]}" -m alone "$@"
alone=$?
if [ $alone -eq 1 ]; then
  # A machine that was busy for a moment is no defect; one that is found twice is.
  echo "once more, only those that failed:"
  "${pytest[@]}" -m alone --last-failed --last-failed-no-failures none "$@"
  alone=$?
fi

# Either part may be empty, as with PYTEST_ARGS; both being empty is a mistake.
if [ $together -eq $no_test_selected ] && [ $alone -eq $no_test_selected ]; then
  echo "no test was selected" >&2
  exit 1
fi
for code in $together $alone; do
  [ "$code" -eq 0 ] || [ "$code" -eq $no_test_selected ] || exit 1
done
