#!/usr/bin/env bash
# Installs Điểm Cầu on a Debian machine, or takes it away. Run it again to upgrade; it
# restarts what it installs, so not while a meeting runs.
#
#   systemd/install.sh centre               broker, controller, relay, reflector
#   systemd/install.sh point                health agent and room
#   systemd/install.sh uninstall            stops and removes the programs, keeps the data
#   systemd/install.sh uninstall --purge    and removes configuration, keys, databases
#
#   --python PATH   the Python to use, 3.11 or newer (default: python3)
#   --wheels DIR    install from the wheels in DIR alone: for networks without the Internet.
#                   Fill it elsewhere with
#                     pip download --dest DIR --requirement requirements/run.txt
#                     pip wheel --no-deps --wheel-dir DIR .
#
# Programs go to /opt/diemcau, configuration to /etc/diemcau (files that are there stay
# as they are), data to /var/lib/diemcau at the centre and /var/lib/diemcau-point at a point.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
source=$(dirname "$here")
prefix=/opt/diemcau
etc=/etc/diemcau
units=/etc/systemd/system
python=python3
wheels=
is_purged=no

centre_units=(diemcau-broker diemcau-controller-web diemcau-controller-ingest diemcau-relay
  diemcau-reflector)
# What is enabled of the centre beside its services, and what those start.
centre_triggers=(reload-diemcau-broker.path)
centre_triggered=(reload-diemcau-broker.service)
centre_configs=(controller relay reflector)
point_units=(kiosk0 diemcau-agent diemcau-room)
point_configs=(agent room)

say() { printf 'install: %s\n' "$*"; }
fail() {
  printf 'install: %s\n' "$*" >&2
  exit 1
}
usage() { sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "$0"; }
has_systemd() { [ -d /run/systemd/system ]; }
as_diemcau() { runuser -u diemcau -- "$@"; }

install_programs() {
  "$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null ||
    fail "$python must be Python 3.11 or newer with its venv module (apt-get install python3-venv)"
  local from=() built=$wheels
  [ -z "$wheels" ] || from=(--no-index --find-links "$wheels")
  install -d -m 755 "$prefix" "$prefix/share"
  [ -x "$prefix/.venv/bin/python" ] || "$python" -m venv "$prefix/.venv"
  say "installing the locked Python packages into $prefix/.venv"
  "$prefix/.venv/bin/python" -m pip install --quiet --disable-pip-version-check "${from[@]}" \
    --require-hashes --only-binary :all: --requirement "$source/requirements/run.txt"
  if [ -z "$wheels" ]; then
    say "building diemcau from $source"
    built=$(mktemp -d)
    "$prefix/.venv/bin/python" -m pip wheel --quiet --disable-pip-version-check --no-deps \
      --wheel-dir "$built" "$source"
  fi
  local wheel
  wheel=$(find "$built" -name 'diemcau-*.whl' | sort | tail -n 1)
  [ -n "$wheel" ] || fail "there is no diemcau-*.whl in $built"
  "$prefix/.venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps \
    --no-index --force-reinstall "$wheel"
  [ -n "$wheels" ] || rm -r "$built"
  install -m 644 "$source/README.md" "$source/LICENSE" "$source/NOTICE" "$prefix/share/"
  install_commands
}

# What root does with the data folder would belong to root, and the services could not use it.
install_commands() {
  local command name
  for command in "$prefix"/.venv/bin/diemcau-*; do
    name=$(basename "$command")
    cat >"/usr/local/bin/$name" <<COMMAND
#!/bin/sh
# Run by root it becomes the user who owns the data.
[ "\$(id -u)" -ne 0 ] || exec runuser -u diemcau -- $command "\$@"
exec $command "\$@"
COMMAND
    chmod 755 "/usr/local/bin/$name"
  done
}

install_user_and_folders() {
  getent passwd diemcau >/dev/null ||
    useradd --system --user-group --home-dir /nonexistent --no-create-home \
      --shell /usr/sbin/nologin diemcau
  install -d -m 750 -o root -g diemcau "$etc"
  install -d -m 700 -o diemcau -g diemcau "$1"
}

install_configs() {
  local name
  for name in "$@"; do
    if [ -e "$etc/$name.toml" ]; then
      say "$etc/$name.toml stays as it is"
    else
      install -m 640 -o root -g diemcau "$source/configs/$name.toml" "$etc/$name.toml"
    fi
  done
}

install_units() {
  local unit
  install -d -m 755 "$units/diemcau-.service.d"
  install -m 644 "$here"/diemcau-.service.d/*.conf "$units/diemcau-.service.d/"
  for unit in "$@"; do
    install -m 644 "$here/$unit.service" "$units/"
  done
  install -m 644 "$here/diemcau.sysctl.conf" /etc/sysctl.d/60-diemcau.conf
  sysctl --quiet --load /etc/sysctl.d/60-diemcau.conf 2>/dev/null ||
    say "the settings in /etc/sysctl.d/60-diemcau.conf take effect at the next boot"
  if has_systemd; then
    systemctl daemon-reload
    systemctl enable --quiet "$@"
  else
    say "systemd does not run here: nothing is started"
  fi
}

install_triggers() {
  local unit
  for unit in "${centre_triggers[@]}" "${centre_triggered[@]}"; do
    install -m 644 "$here/$unit" "$units/"
  done
  if has_systemd; then
    systemctl daemon-reload
    systemctl enable --quiet --now "${centre_triggers[@]}"
  fi
}

start_units() {
  if has_systemd; then
    systemctl restart "$@"
  fi
}

install_centre() {
  command -v /usr/sbin/mosquitto >/dev/null ||
    fail "the broker is missing: apt-get install --no-install-recommends mosquitto"
  install_programs
  install -D -m 755 "$here/broker-check.sh" "$prefix/libexec/broker-check.sh"
  install_user_and_folders /var/lib/diemcau
  install_configs "${centre_configs[@]}"
  local controller=$prefix/.venv/bin/diemcau-controller
  as_diemcau "$controller" init --config "$etc/controller.toml"
  as_diemcau "$controller" broker-config --config "$etc/controller.toml"
  install_units "${centre_units[@]}"
  start_units "${centre_units[@]}"
  install_triggers
  cat <<TEXT

The centre is installed. Next:
  1. Put the names and addresses that points and browsers use into public_hosts and [[relays]]
     in $etc/controller.toml, then run this again.
  2. Make the first account: diemcau-controller user add NAME --role admin
  3. Open https://HOST:8443, add units and points, and for each point make a code there or by
     diemcau-controller enrol-code POINT
TEXT
}

install_point() {
  install_programs
  install_user_and_folders /var/lib/diemcau-point
  install_configs "${point_configs[@]}"
  install_units "${point_units[@]}"
  start_units "${point_units[@]}"
  cat <<TEXT

The point is installed. Enrol it with the code from the centre, then start it:
  diemcau-agent enrol --config $etc/agent.toml --controller https://CENTRE:8443
  systemctl start ${point_units[*]}
TEXT
}

uninstall() {
  local unit
  for unit in "${centre_units[@]}" "${point_units[@]}"; do
    if has_systemd && [ -e "$units/$unit.service" ]; then
      systemctl disable --quiet --now "$unit"
    fi
    rm -f "$units/$unit.service"
  done
  for unit in "${centre_triggers[@]}" "${centre_triggered[@]}"; do
    if has_systemd && [ -e "$units/$unit" ]; then
      systemctl disable --quiet --now "$unit"
    fi
    rm -f "$units/$unit"
  done
  rm -rf "$units/diemcau-.service.d" /etc/sysctl.d/60-diemcau.conf
  rm -f /usr/local/bin/diemcau-{agent,room,controller,relay,reflector}
  rm -rf "$prefix"
  if has_systemd; then systemctl daemon-reload; fi
  if [ "$is_purged" = yes ]; then
    rm -rf "$etc" /var/lib/diemcau /var/lib/diemcau-point
    if getent passwd diemcau >/dev/null; then userdel diemcau; fi
    say "removed, data and all"
  else
    say "removed; configuration and data are kept in $etc and /var/lib/diemcau*"
  fi
}

what=
while [ $# -gt 0 ]; do
  case $1 in
    centre | point | uninstall) what=$1 ;;
    --purge) is_purged=yes ;;
    --python) python=${2:?--python wants a path} && shift ;;
    --wheels) wheels=${2:?--wheels wants a folder} && shift ;;
    -h | --help) usage && exit 0 ;;
    *) usage >&2 && exit 2 ;;
  esac
  shift
done
[ -n "$what" ] || { usage >&2 && exit 2; }
[ "$(id -u)" -eq 0 ] || fail "this needs root: it makes a user, and writes to /opt, /etc and /var/lib"
case $what in
  centre) install_centre ;;
  point) install_point ;;
  uninstall) uninstall ;;
esac
