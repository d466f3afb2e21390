#!/usr/bin/env bash
# Fills a folder with everything that install.sh needs, as wheels: for networks without the
# Internet. Run it on a machine that has it, with the same Debian and kind of processor.
#
#   systemd/wheels.sh DIR              all packages and diemcau itself, about 90 MB
#   systemd/wheels.sh --ours DIR       diemcau itself only
#   --python PATH                      the Python they are for (default: python3)
#
# Everything is pinned by version and digest: requirements/run.txt, requirements/build.txt and
# web/package-lock.json. What is built is built by a user without rights, in a copy.
set -euo pipefail

source=$(cd "$(dirname "$0")/.." && pwd)
python=python3
builder=diemcau-build
is_ours_only=no
target=

say() { printf 'wheels: %s\n' "$*"; }
fail() {
  printf 'wheels: %s\n' "$*" >&2
  exit 1
}

# As root the building is done by a user who may write nowhere else.
as_builder() {
  if [ "$(id -u)" -eq 0 ]; then
    runuser -u "$builder" -- env HOME="$work" "$@"
  else
    HOME=$work "$@"
  fi
}

prepare() {
  "$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null ||
    fail "$python must be Python 3.11 or newer with venv and pip: apt-get install python3-venv"
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  mkdir "$work/source" "$work/out"
  tar -C "$source" --exclude=./.git --exclude=./.venv --exclude=./.demo --exclude=./dist \
    --exclude=node_modules --exclude=__pycache__ -cf - . | tar -C "$work/source" -xf -
  if [ "$(id -u)" -eq 0 ]; then
    getent passwd "$builder" >/dev/null ||
      useradd --system --user-group --home-dir /nonexistent --no-create-home \
        --shell /usr/sbin/nologin "$builder"
    chown -R "$builder:$builder" "$work"
  fi
  cd "$work"
}

# Quietly; what pip said is shown where it fails.
pip() {
  as_builder "$work/venv/bin/python" -m pip --quiet --disable-pip-version-check --retries 2 \
    "$@" >"$work/log" 2>&1 && return
  grep -v '^WARNING: Retrying' "$work/log" | tail -n 3 >&2
  fail "that failed. Without the Internet: fill a folder with this command elsewhere, and give it
       to install.sh as --wheels DIR"
}

build() {
  as_builder "$python" -m venv "$work/venv"
  pip install --require-hashes --only-binary :all: --requirement source/requirements/build.txt
  say "building diemcau"
  pip wheel --no-deps --no-build-isolation --wheel-dir out ./source
}

while [ $# -gt 0 ]; do
  case $1 in
    --ours) is_ours_only=yes ;;
    --python) python=${2:?--python wants a path} && shift ;;
    -h | --help) sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "$0" && exit 0 ;;
    -*) fail "unknown: $1" ;;
    *) target=$1 ;;
  esac
  shift
done
[ -n "$target" ] || fail "a folder is wanted: systemd/wheels.sh DIR"
mkdir -p "$target"
target=$(cd "$target" && pwd)
prepare
build
if [ "$is_ours_only" = no ]; then
  say "fetching the locked packages"
  pip download --require-hashes --only-binary :all: --dest out \
    --requirement source/requirements/run.txt
fi
rm -f "$target"/diemcau-*.whl
cp out/*.whl "$target/"
say "$(find "$target" -name '*.whl' | wc -l) wheels in $target"
