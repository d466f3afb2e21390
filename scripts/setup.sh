#!/usr/bin/env bash
# Installs what `make demo`, `make test` and `make check` need: Debian packages that
# are missing, and the locked Python packages into .venv. What is there is left alone,
# so that a second run starts at once.
#
#   scripts/setup.sh check    Python packages only
#   scripts/setup.sh demo     and what the demo runs and is checked with
#   scripts/setup.sh test     and what only tests need
#   scripts/setup.sh bench    and the peers of the benchmarks
set -euo pipefail
cd "$(dirname "$0")/.."

purpose=${1:-test}
python=${PYTHON:-python3}
venv=.venv
stamp=$venv/.installed-from

# Package, and why. Without a wanted one things go on, and what it would have shown is said
# to be not checked.
needed_for_demo=(
  "ca-certificates    to verify where packages come from"
  "curl               asks the centre from outside"
  "iproute2           the addresses and the cut line of the demo"
  "mosquitto          the MQTT broker"
  "mosquitto-clients  listens to the broker from outside"
  "procps             counts what each process costs"
  "sqlite3            reads the databases from outside"
)
needed_for_test=(
  "dnsmasq-base       name server and DHCP server of a room's network"
  "faketime           a point whose clock is a day wrong"
  "nftables           counts the broker's connections of one address"
  "openssl            makes certificates that ours must refuse"
  "postgresql         every database test runs on it too"
  "systemd            verifies the units"
)
wanted_for_test=(
  "dbus-daemon                 the bus that a modem's signal is asked over"
  "isc-dhcp-client             who borrows an address from the DHCP server,"
  "cage                        the screen that a point's browser is shown on,"
  "xwayland                    which does not start without it"
  "pulseaudio                  a microphone and a loudspeaker that can be pulled out"
  "pulseaudio-utils            and who pulls them"
  "python3-gi                  GStreamer as a publisher and player that is not ours:"
  "gir1.2-gst-plugins-bad-1.0  its bindings"
  "gir1.2-gst-rtsp-server-1.0  a camera in the network,"
  "gstreamer1.0-plugins-ugly   its H.264,"
  "gstreamer1.0-libav          and who decodes it"
  "gstreamer1.0-rtsp           who pushes to a foreign conference,"
  "gstreamer1.0-pulseaudio     and a microphone without a browser"
  "ffmpeg                      reads recordings as a stranger does"
  "prometheus                  scrapes the centre, and knows whether rules and alerts are right"
  "rsyslog                     a syslog server that is not ours,"
  "rsyslog-openssl             and its TLS"
  "dovecot-imapd               the mailbox that answers to alerts come to"
  "nut-server                  a power supply on USB, made up by its own driver"
  "snmpd                       a device that speaks SNMP v3"
  "snmp                        and one that speaks unasked"
  "gstreamer1.0-nice           its ICE"
  "gstreamer1.0-plugins-base   its Opus"
  "gstreamer1.0-plugins-good   its VP8 and RTP"
  "gstreamer1.0-plugins-bad    its WebRTC"
)
wanted_for_bench=(
  "janus                     what the relay is compared with"
  "prometheus-node-exporter  what the health agent is compared with,"
  "zabbix-agent2             and what else"
)
wanted_for_demo=(
  "chromium           the browser that pages and pictures are checked in"
  "fonts-noto-core    Vietnamese letters in that browser"
  "libatomic1         what Playwright, which drives it, is linked with"
)

say() { printf 'setup: %s\n' "$*" >&2; }

is_installed() {
  [ "$(dpkg-query --show --showformat '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# Prints those of the given "package reason" lines that are not installed.
missing_of() {
  local line
  for line in "$@"; do
    is_installed "${line%% *}" || printf '%s\n' "$line"
  done
}

# Runs apt-get install as root, without starting the services that the packages bring:
# the demo and the tests start their own, on ports and folders of their own.
apt_install() {
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    say "asking for sudo, to run: apt-get install --no-install-recommends $*"
    as_root=(sudo)
  fi
  local log
  log=$(mktemp)
  say "installing them; this takes a minute or two"
  if ! "${as_root[@]}" bash -s -- "$@" >"$log" 2>&1 <<'ROOT'
set -euo pipefail
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
fi
export DEBIAN_FRONTEND=noninteractive
# Lists that cannot be renewed may still be good enough.
apt-get update --quiet=2 || true
apt-get install --quiet=2 --yes --no-install-recommends -o Dpkg::Use-Pty=0 "$@" </dev/null
ROOT
  then
    tail -n 20 "$log" >&2
    say "that failed; everything it said is in $log"
    return 1
  fi
  rm -f "$log"
}

install_packages() {
  local needed=("${needed_for_demo[@]}") wished=("${wanted_for_demo[@]}") missing wanted
  if [ "$purpose" = test ]; then
    needed+=("${needed_for_test[@]}")
    wished+=("${wanted_for_test[@]}")
  fi
  [ "$purpose" != bench ] || wished+=("${wanted_for_bench[@]}")
  mapfile -t missing < <(missing_of "${needed[@]}")
  mapfile -t wanted < <(missing_of "${wished[@]}")
  [ $((${#missing[@]} + ${#wanted[@]})) -eq 0 ] && return
  say "these Debian packages are missing:"
  printf '         %s\n' "${missing[@]}" "${wanted[@]}" | sed '/^ *$/d' >&2
  if [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null; then
    say "not root, and no sudo here; as root run:"
    say "  apt-get install --no-install-recommends ${missing[*]%% *} ${wanted[*]%% *}"
    say "going on without them: what needs them will say so"
    return
  fi
  apt_install "${missing[@]%% *}" "${wanted[@]%% *}" && return
  say "trying again without those that can be done without"
  if [ ${#missing[@]} -gt 0 ] && ! apt_install "${missing[@]%% *}"; then
    say "going on without them: what needs them will say so"
    return
  fi
  if [ ${#wanted[@]} -gt 0 ] && ! apt_install "${wanted[@]%% *}"; then
    say "going on without $(printf '%s ' "${wanted[@]%% *}"): what needs them is not checked"
  fi
}

require_python() {
  if ! "$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' \
    2>/dev/null; then
    say "$python must be Python 3.11 or newer with its venv module"
    say "(Debian: apt-get install python3 python3-venv; another one: make … PYTHON=/path/to/python3)"
    exit 1
  fi
}

# What an installation in .venv follows from. The folder is part of it: an editable
# installation that was copied or moved points to the old place.
fingerprint() {
  {
    pwd
    "$python" -VV
    cat requirements/dev.txt pyproject.toml hatch_build.py media/native/*.[ch]
    command -v cc || true
  } | sha256sum | cut -d' ' -f1
}

install_python() {
  local wanted
  wanted=$(fingerprint)
  [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ] && return
  say "installing the locked Python packages into $venv"
  [ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check \
    --require-hashes --only-binary :all: --requirement requirements/dev.txt
  say "installing diemcau itself; this builds the pages, and compiles where there is a compiler"
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check \
    --no-build-isolation --no-deps --no-index --editable .
  printf '%s\n' "$wanted" >"$stamp"
}

case $purpose in
  check) ;;
  demo | test | bench)
    if command -v apt-get >/dev/null && command -v dpkg-query >/dev/null; then
      install_packages
    else
      say "no apt here; mosquitto, its clients, sqlite3, iproute2, curl and chromium are yours to install"
    fi
    ;;
  *)
    say "usage: scripts/setup.sh check|demo|test|bench"
    exit 2
    ;;
esac
require_python
install_python
"$venv/bin/python" scripts/build_web.py
