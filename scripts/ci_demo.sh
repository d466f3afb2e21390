#!/usr/bin/env bash
# The demo must pass its own check, and the check must notice each thing that BREAK spoils:
# it ends with code 1 and says on which of its lines it noticed, and that no other failed.
# Those that have nothing to do with each other are spoilt in one start (check/breakages.py); what
# is not as expected there is tried once more, each by itself.
#
#   scripts/ci_demo.sh [BREAK ...]     only these; some in one start: BREAK,BREAK
set -uo pipefail
cd "$(dirname "$0")/.."

limit_s=600
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

# note OUTCOME LOG WHAT: counts it; what was not as expected is told at the very end too.
note() {
  if [ "$1" -eq 0 ]; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    printf '    not as expected; the end of its output:\n'
    tail -n 40 "$2" | sed 's/^/    /'
    printf '%s:\n' "$3" >>"$logs/told"
    grep -E '^(FAIL|BREAK=)' "$2" >>"$logs/told" || tail -n 5 "$2" >>"$logs/told"
  fi
}

# failing LOG: the names of the facts that do not hold.
failing() {
  sed -n 's/^FAIL  //p' "$1" | sed 's/   *.*//' | sort
}

# Many of its facts are times, which a busy machine misses here and there: as with the tests,
# one that failed is tried once more, with what it needs and no more where that can be had, and
# has failed if it fails there too.
sound() {
  local log=$logs/sound first=$logs/sound-first outcome=0 only
  if ! expect 0 "$log" make --no-print-directory demo CHECK=1; then
    cp "$log" "$first"
    cat "$first"
    echo "once more, since a busy machine fails it too:"
    only=$(failing "$first" | .venv/bin/python -m scripts.demo.check.again)
    if [ -n "$only" ]; then
      expect 0 "$log" .venv/bin/python -m scripts.demo --check --only "$only"
    else
      expect 0 "$log" make --no-print-directory demo CHECK=1
    fi
    outcome=$?
    if [ $outcome -ne 0 ] && [ -n "$(failing "$first")" ] && [ -n "$(failing "$log")" ] &&
      [ -z "$(comm -12 <(failing "$first") <(failing "$log"))" ]; then
      echo "no fact has failed twice"
      outcome=0
    fi
  fi
  cat "$log"
  note $outcome "$log" "make demo CHECK=1"
}

# notices BREAK[,BREAK] LOG: whether the check fails on what each spoils, and on nothing else.
notices() {
  # Not through make, which answers 2 to whatever a command of its own answers.
  expect 1 "$2" .venv/bin/python -m scripts.demo --check --break "$1"
  local outcome=$? name
  grep -E "^(FAIL|BREAK=)" "$2" | sed 's/^/    /'
  for name in ${1//,/ }; do
    grep -q "^BREAK=$name: noticed on " "$2" || return 1
  done
  return $outcome
}

# spoilt BREAK[,BREAK]
spoilt() {
  local log name outcome
  if notices "$1" "$logs/$1"; then
    for name in ${1//,/ }; do note 0 "$logs/$1" "BREAK=$name"; done
    return
  fi
  for name in ${1//,/ }; do
    echo "    once more, since a busy machine fails other lines too:"
    log=$logs/$name
    notices "$name" "$log"
    outcome=$?
    note $outcome "$log" "BREAK=$name"
  done
}

scripts/setup.sh demo
mapfile -t breaks < <(.venv/bin/python -c 'from scripts.demo.check.breakages import starts
for names in starts(): print(*names, sep=",")')
[ $# -gt 0 ] && breaks=("$@")
[ $# -gt 0 ] || sound
for name in "${breaks[@]}"; do
  spoilt "$name"
done
printf '\ndemo: %d passed, %d failed\n' "$passed" "$failed"
[ ! -f "$logs/told" ] || cat "$logs/told"
[ "$failed" -eq 0 ]
