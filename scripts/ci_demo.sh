#!/usr/bin/env bash
# The demo must pass its own check, and the check must notice each thing that BREAK spoils:
# it ends with code 1 and says on which of its lines it noticed, and that no other failed.
#
#   scripts/ci_demo.sh [BREAK ...]     only these
set -uo pipefail
cd "$(dirname "$0")/.."

limit_s=420
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT
passed=0
failed=0

# expect CODE LOG COMMAND…: runs the command, its output kept in LOG; tells the time.
expect() {
  local wanted=$1 log=$2 began=$SECONDS code
  shift 2
  timeout --kill-after=30 "$limit_s" "$@" >"$log" 2>&1 </dev/null
  code=$?
  printf '%s: exit %d in %d s\n' "$*" "$code" $((SECONDS - began))
  [ "$code" -eq "$wanted" ]
}

note() {
  if [ "$1" -eq 0 ]; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    printf '    not as expected; the end of its output:\n'
    tail -n 40 "$2" | sed 's/^/    /'
  fi
}

sound() {
  expect 0 "$logs/sound" make --no-print-directory demo CHECK=1
  local outcome=$?
  if [ $outcome -ne 0 ]; then
    # Many of its facts are times: a machine that was busy for a moment is no defect.
    cat "$logs/sound"
    echo "once more, since a busy machine fails it too:"
    expect 0 "$logs/sound" make --no-print-directory demo CHECK=1
    outcome=$?
  fi
  cat "$logs/sound"
  note $outcome "$logs/sound"
}

# notices BREAK LOG: whether the check fails on what BREAK spoils, and on nothing else.
notices() {
  # Not through make, which answers 2 to whatever a command of its own answers.
  expect 1 "$2" .venv/bin/python -m scripts.demo --check --break "$1"
  local outcome=$?
  grep -E "^(FAIL|BREAK=)" "$2" | sed 's/^/    /'
  grep -q "^BREAK=$1: noticed on " "$2" && return $outcome
}

spoilt() {
  local log=$logs/$1
  notices "$1" "$log"
  local outcome=$?
  if [ $outcome -ne 0 ]; then
    echo "    once more, since a busy machine fails other lines too:"
    notices "$1" "$log"
    outcome=$?
  fi
  note $outcome "$log"
}

scripts/setup.sh demo
mapfile -t breaks < <(.venv/bin/python -c 'from scripts.demo.options import BREAKS; print(*BREAKS, sep="\n")')
[ $# -gt 0 ] && breaks=("$@")
[ $# -gt 0 ] || sound
for name in "${breaks[@]}"; do
  spoilt "$name"
done
printf '\ndemo: %d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
