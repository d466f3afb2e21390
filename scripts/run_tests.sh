#!/usr/bin/env bash
# Runs the tests: first side by side, then, one by one, those that measure time.
#
#   scripts/run_tests.sh JOBS [pytest's arguments]
#
# Side by side on a small machine one may wait too long for a browser or a process that another
# keeps busy. What fails is tried once more by itself, and named at the end: what fails there,
# too, has failed; what does not is to be looked at all the same. Each part names its ten slowest
# (docs/decisions/0253-where-the-minutes-of-ci-are.md says what a test may cost).
set -uo pipefail
cd "$(dirname "$0")/.."

jobs=$1
shift
pytest=(.venv/bin/python -m pytest --quiet --durations=10 --durations-min=5)
no_test_selected=5
failed=$(mktemp) twice=$(mktemp)
trap 'rm -f "$failed" "$twice"' EXIT

try() {
  local code
  : >"$failed"
  DIEMCAU_FAILED_TESTS=$failed "${pytest[@]}" "$@"
  code=$?
  if [ $code -eq 1 ] && [ -s "$failed" ]; then
    cat "$failed" >>"$twice"
    echo "once more, one by one, those that failed:"
    "${pytest[@]}" --maxfail=10 "@$failed"
    code=$?
  fi
  return $code
}

try -m "not alone" --numprocesses "$jobs" --dist worksteal "$@"
together=$?
# Only files that have such a test: of all, most of the time would go into reading the others.
mapfile -t marked < <(grep -rlE --include='test_*.py' 'pytest\.mark\.alone' tests)
for word in "$@"; do
  [ ! -e "${word%%::*}" ] || marked=()
done
try -m alone "${marked[@]}" "$@"
alone=$?

if [ -s "$twice" ]; then
  echo "needed a second try:"
  sed 's/^/  /' "$twice"
fi
# Either part may be empty, as with PYTEST_ARGS; both being empty is a mistake.
if [ $together -eq $no_test_selected ] && [ $alone -eq $no_test_selected ]; then
  echo "no test was selected" >&2
  exit 1
fi
for code in $together $alone; do
  [ "$code" -eq 0 ] || [ "$code" -eq $no_test_selected ] || exit 1
done
