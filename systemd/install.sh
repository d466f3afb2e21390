#!/usr/bin/env bash
# Installs Điểm Cầu on a Debian machine, or takes it away. Run it again to upgrade; it
# restarts what it installs, so not while a meeting runs.
#
#   systemd/install.sh centre               broker, controller, relay, reflector
#   systemd/install.sh centre --relay-workers N
#                                           and N relays beside the first, to share large meetings
#   systemd/install.sh relay --kit FILE     the relay of a second site; FILE is of the centre's
#                                           `diemcau-controller relay-kit`
#   systemd/install.sh point                health agent, room, and who hears devices
#   systemd/install.sh point --kiosk        and the room's screen: Chromium with the room's camera
#                                           and microphone
#   systemd/install.sh point --devices      and a room without a browser may use this machine's
#                                           cameras, sound and screen (docs/cameras.md)
#   systemd/install.sh point --ups          and a power supply on USB is read: sets up Debian's
#                                           nut-server, on loopback and without users
#   systemd/install.sh uninstall            stops and removes the programs, keeps the data
#   systemd/install.sh uninstall --purge    and removes configuration, keys, databases
#
#   --address NAME[,IP…]  of a centre: how points and browsers reach it, the name first if it
#                   has one. Asked for where it is not given; everything else follows from it.
#   --python PATH   the Python to use, 3.11 or newer (default: python3)
#   --wheels DIR    install from the wheels in DIR alone: for networks without the Internet.
#                   Fill it elsewhere with systemd/wheels.sh DIR
#
# Programs go to /opt/diemcau, configuration to /etc/diemcau (files that are there stay
# as they are), data to /var/lib/diemcau at the centre and /var/lib/diemcau-point at a point.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
source=$(dirname "$here")
prefix=/opt/diemcau
etc=/etc/diemcau
data=/var/lib/diemcau
point_data=/var/lib/diemcau-point
units=/etc/systemd/system
room_devices=$units/diemcau-room.service.d/20-devices.conf
nut=/etc/nut
python=python3
address=
wheels=
is_purged=no
workers=
kit=
has_kiosk=no
has_devices=no
has_ups=no

centre_units=(limit-diemcau-broker diemcau-broker diemcau-controller-enrolment
  diemcau-controller-web diemcau-controller-ingest diemcau-relay diemcau-reflector
  diemcau-recorder)
# One for each relay beside the first, by its name.
worker_units=(diemcau-relay@)
# What is enabled of the centre beside its services, and what those start.
centre_triggers=(reload-diemcau-broker.path renew-diemcau.timer)
centre_triggered=(reload-diemcau-broker.service renew-diemcau.service)
point_units=(kiosk0 diemcau-agent diemcau-room diemcau-traps)
# What is enabled of a point beside its services, and what that starts.
point_triggers=(diemcau-traps.path look-diemcau-segment.timer diemcau-hardware.timer)
point_triggered=(look-diemcau-segment.service diemcau-hardware.service)
# Each process of the centre is a user of its own; enrolment, which owns the keys, is in the
# others' groups, by which it gives each what is its (controller/rights.py). A point has one user.
centre_users=(diemcau-web diemcau-ingest diemcau-relay diemcau-broker diemcau-reflector
  diemcau-recorder)
owner=diemcau-enrolment
point_user=diemcau
# Who hears the segment is another, who reads no key of the point's.
segment_user=diemcau-segment
# The room's screen, where it is asked for: a user of its own, who reads nothing of the point's.
kiosk_units=(diemcau-kiosk)
kiosk_user=diemcau-kiosk
kiosk_policy=/etc/chromium/policies/managed/diemcau-kiosk.json
kiosk_packages="cage xwayland chromium fonts-noto-core libpam-systemd pipewire-pulse wireplumber"
# File, and the group that reads it.
centre_configs=("controller diemcau-ingest" "relay diemcau-relay" "reflector diemcau-reflector"
  "recorder diemcau-recorder")
point_configs=("agent $point_user" "room $point_user" "traps $point_user")

say() { printf 'install: %s\n' "$*"; }
fail() {
  printf 'install: %s\n' "$*" >&2
  exit 1
}
usage() { sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "$0"; }
has_systemd() { [ -d /run/systemd/system ]; }

install_programs() {
  "$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null ||
    fail "$python must be Python 3.11 or newer with venv and pip: apt-get install python3-venv"
  local from=() built=$wheels wheel
  if [ -n "$wheels" ]; then
    from=(--no-index --find-links "$wheels")
  else
    built=$(mktemp -d)
    "$here/wheels.sh" --ours --python "$python" "$built"
  fi
  wheel=$(find "$built" -name 'diemcau-*.whl' | sort | tail -n 1)
  [ -n "$wheel" ] || fail "there is no diemcau-*.whl in $built: fill it with systemd/wheels.sh"
  install -d -m 755 "$prefix" "$prefix/share" "$prefix/libexec"
  [ -x "$prefix/.venv/bin/python" ] || "$python" -m venv "$prefix/.venv"
  say "installing the locked Python packages into $prefix/.venv"
  # Wheels only, each by its digest: nothing of them runs now.
  pip_install "${from[@]}" --require-hashes --only-binary :all: \
    --requirement "$source/requirements/run.txt"
  pip_install --no-deps --no-index --force-reinstall "$wheel"
  [ -n "$wheels" ] || rm -r "$built"
  install -m 644 "$source/README.md" "$source/LICENSE" "$source/NOTICE" "$prefix/share/"
  install -m 755 "$here/broker-check.sh" "$here/broker-door.sh" "$here/hardware.sh" \
    "$prefix/libexec/"
}

pip_install() {
  local log
  log=$(mktemp)
  if ! "$prefix/.venv/bin/python" -m pip install --quiet --disable-pip-version-check \
    --retries 2 "$@" >"$log" 2>&1; then
    grep -v '^WARNING: Retrying' "$log" | tail -n 3 >&2
    rm -f "$log"
    if [ -n "$wheels" ]; then
      fail "$wheels does not hold all that is needed for this Python: fill it anew with systemd/wheels.sh"
    fi
    fail "the packages cannot be fetched. Without the Internet: systemd/wheels.sh DIR on a machine
         that has it, and then here --wheels DIR"
  fi
  rm -f "$log"
}

# What root does with a process' data would belong to root, and the process could not use it.
install_command() {
  local command=$prefix/.venv/bin/$1 user=$2
  cat >"/usr/local/bin/$1" <<COMMAND
#!/bin/sh
# Run by root it becomes the user whose data it works on.
[ "\$(id -u)" -ne 0 ] || exec runuser -u $user -- $command "\$@"
exec $command "\$@"
COMMAND
  chmod 755 "/usr/local/bin/$1"
}

make_user() {
  getent passwd "$1" >/dev/null ||
    useradd --system --user-group --home-dir /nonexistent --no-create-home \
      --shell /usr/sbin/nologin "$1"
}

install_configs() {
  local line name group
  install -d -m 755 -o root -g root "$etc"
  for line in "$@"; do
    read -r name group <<<"$line"
    if [ -e "$etc/$name.toml" ]; then
      say "$etc/$name.toml stays as it is"
      chown "root:$group" "$etc/$name.toml"
    else
      install -m 640 -o root -g "$group" "$source/configs/$name.toml" "$etc/$name.toml"
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
  install -D -m 644 "$here/nftables-diemcau.conf" "$units/nftables.service.d/diemcau.conf"
  if has_systemd; then
    systemctl daemon-reload
    systemctl enable --quiet --now "${centre_triggers[@]}"
  fi
}

# Debian starts the broker of its package on 1883, without encryption, beside ours.
retire_debian_broker() {
  has_systemd && systemctl is-enabled --quiet mosquitto.service 2>/dev/null || return 0
  [ ! -e "$units/diemcau-broker.service" ] || return 0
  systemctl disable --quiet --now mosquitto.service 2>/dev/null
  say "Debian's own mosquitto.service is stopped and disabled: diemcau-broker takes its place"
}

stop_units() {
  local unit
  for unit in "$@"; do
    if has_systemd && [ -e "$units/$unit.service" ]; then systemctl stop "$unit"; fi
  done
}

make_centre_users() {
  local user
  make_user "$owner"
  for user in "${centre_users[@]}"; do
    make_user "$user"
    usermod --append --groups "$user" "$owner"
  done
  # Web reads reports, and the key of the probes. It once was in all the groups.
  usermod --groups diemcau-ingest,diemcau-reflector diemcau-web
  # Once another user had everything. Relay and broker get their folders from systemd.
  if [ -d "$data" ] && [ "$(stat -c %U "$data")" != "$owner" ]; then
    stop_units "${centre_units[@]}"
    chown -R "$owner:$owner" "$data"
    rm -f "$data"/*.lock "$data"/db/*.lock "$data"/db/*/*.lock "$data"/knock
    [ ! -d "$data/set-aside" ] || chown -R diemcau-ingest:diemcau-ingest "$data/set-aside"
  fi
  install -d -m 711 -o "$owner" -g "$owner" "$data"
  # Recordings: web reads them, and asks in a folder of its own for what is to be deleted.
  install -d -m 2750 -o diemcau-recorder -g diemcau-web "$data/recordings"
  install -d -m 2770 -o diemcau-recorder -g diemcau-web "$data/recordings/requests"
}

# One address is asked for; names in certificates, relay, reflector and origins follow.
say_address() {
  local controller=$prefix/.venv/bin/diemcau-controller
  if [ -z "$address" ] && grep -q '^public_hosts.*example' "$etc/controller.toml"; then
    [ -t 0 ] || fail "under which name and IP addresses is this centre reached? Run this again
         with --address NAME[,IP…]"
    read -r -p "Name of this centre, or its IP address, or NAME,IP: " address
  fi
  [ -z "$address" ] || "$controller" address --config "$etc/controller.toml" \
    --relay-config "$etc/relay.toml" --reflector-config "$etc/reflector.toml" "$address"
}

# Each has its own entry, ports and certificate; what there is already stays as it is.
make_workers() {
  local controller=$prefix/.venv/bin/diemcau-controller
  [ -z "$workers" ] || "$controller" relay-workers --config "$etc/controller.toml" \
    --relay-config "$etc/relay.toml" "$workers" >/dev/null
  install -m 644 "$here/${worker_units[0]}.service" "$units/"
}

# Those that were asked for now or once.
workers_there() {
  local file
  for file in "$etc"/relay-*.toml; do
    [ ! -e "$file" ] || echo "diemcau-relay@$(basename "$file" .toml).service"
  done
}

start_workers() {
  local worker
  for worker in $(workers_there); do
    has_systemd || continue
    systemctl enable --quiet "$worker"
    systemctl restart "$worker"
  done
}

install_centre() {
  command -v /usr/sbin/mosquitto >/dev/null ||
    fail "the broker is missing: apt-get install --no-install-recommends mosquitto nftables"
  local controller=$prefix/.venv/bin/diemcau-controller
  retire_debian_broker
  install_programs
  make_centre_users
  install_configs "${centre_configs[@]}"
  say_address
  [ -z "$(workers_there)$workers" ] || make_workers
  # It hands out rights itself, and becomes $owner for everything else.
  printf '#!/bin/sh\nexec %s "$@"\n' "$controller" >/usr/local/bin/diemcau-controller
  chmod 755 /usr/local/bin/diemcau-controller
  install_command diemcau-relay diemcau-relay
  install_command diemcau-reflector diemcau-reflector
  install_command diemcau-recorder diemcau-recorder
  stop_units diemcau-controller-web diemcau-controller-enrolment diemcau-controller-ingest
  "$controller" init --config "$etc/controller.toml"
  install_units "${centre_units[@]}"
  install_triggers
  if has_systemd; then systemctl restart "${centre_units[@]}"; fi
  start_workers
  cat <<TEXT

The centre is installed. Next:
  1. Make the first account: sudo diemcau-controller user add NAME --role admin
  2. Open the address above in a browser, port 8443, and add units and points, or
     sudo diemcau-controller point import FILE
  3. For each point make a code there, or by sudo diemcau-controller enrol-code POINT
TEXT
}

# A relay alone, for a second site: all that is its own comes in the kit.
install_relay() {
  local from
  [ -f "$kit" ] || fail "which kit? At the centre: sudo diemcau-controller relay-kit RELAY FILE"
  # Its folders would become root's, and the centre's own processes could write nothing there.
  [ ! -e "$etc/controller.toml" ] || fail "this machine is a centre, which has a relay already"
  install_programs
  make_user diemcau-relay
  from=$(mktemp -d)
  # It holds a private key, which stays nowhere else, whatever fails.
  # shellcheck disable=SC2064
  trap "rm -rf '$from'" EXIT
  tar -xzf "$kit" -C "$from" --no-same-owner
  install -d -m 755 -o root -g root "$etc" "$data" "$data/pki"
  install -m 644 -o root -g root "$from/ca.crt" "$from/token.pub" "$from"/relay-*.crt "$data/pki/"
  install -m 640 -o root -g diemcau-relay "$from"/relay-*.key "$data/pki/"
  if [ -e "$etc/relay.toml" ]; then
    say "$etc/relay.toml stays as it is"
  else
    install -m 640 -o root -g diemcau-relay "$from/relay.toml" "$etc/relay.toml"
  fi
  install_command diemcau-relay diemcau-relay
  install_units diemcau-relay
  if has_systemd; then systemctl restart diemcau-relay; fi
  say "the relay is installed; the centre's page of a meeting says whether it is connected"
}

# udev's package makes them, where it is installed.
make_device_groups() {
  local group
  for group in video audio render; do
    getent group "$group" >/dev/null || groupadd --system "$group"
  done
}

# The page's port stands in room.toml; unit and policy follow it.
install_kiosk() {
  local port
  port=$(sed -n '/^\[kiosk\]/,/^\[/s/^port *= *\([0-9]*\).*/\1/p' "$etc/room.toml")
  make_user "$kiosk_user"
  usermod --home /var/lib/diemcau-kiosk "$kiosk_user"
  make_device_groups
  install -m 644 "$here/diemcau-kiosk.pam" /etc/pam.d/diemcau-kiosk
  install -d -m 755 "$(dirname "$kiosk_policy")" "$units/diemcau-kiosk.service.d"
  sed "s|localhost:8090|localhost:${port:-8090}|" "$here/diemcau-kiosk.json" >"$kiosk_policy"
  chmod 644 "$kiosk_policy"
  install -m 644 "$here"/diemcau-kiosk.service.d/*.conf "$units/diemcau-kiosk.service.d/"
  install -D -m 644 "$here/diemcau-kiosk.slice.conf" "$(kiosk_slice)/diemcau.conf"
  install_units "${kiosk_units[@]}"
  sed -i "s|localhost:8090|localhost:${port:-8090}|" "$units/diemcau-kiosk.service"
  if has_systemd; then
    systemctl daemon-reload
    if [ -e "$point_data/identity.json" ]; then systemctl restart --no-block diemcau-kiosk; fi
  fi
}

kiosk_slice() { echo "$units/user-$(id -u "$kiosk_user").slice.d"; }

require_kiosk_packages() {
  local program
  for program in cage Xwayland chromium; do
    command -v "/usr/bin/$program" >/dev/null ||
      fail "for the screen $program is missing: apt-get install --no-install-recommends
         $kiosk_packages"
  done
}

# NUT's upsd for a power supply on USB. What somebody has set up stays as it is.
install_ups() {
  local file
  if grep -qs '^[[:space:]]*\[' "$nut/ups.conf"; then
    say "$nut/ups.conf names a power supply already: NUT stays as it is"
  else
    for file in nut ups upsd; do
      install -m 640 -o root -g nut "$here/nut/$file.conf" "$nut/$file.conf"
    done
    if has_systemd; then
      # Debian's package enables who shuts the machine down, and who has nothing to look at here.
      grep -qs '^MONITOR' "$nut/upsmon.conf" || systemctl disable --quiet --now nut-monitor || :
      systemctl enable --quiet nut.target nut-driver-enumerator nut-server
      systemctl restart nut-driver-enumerator nut-server ||
        say "NUT does not start: journalctl -u nut-server, and upsc usb"
    fi
  fi
  grep -q '^\[ups\]' "$etc/agent.toml" || printf '\n[ups]\nupsd_port = 0\n' >>"$etc/agent.toml"
  sed -i '/^\[ups\]/,/^\[./s/^upsd_port *= *0\b/upsd_port = 3493/' "$etc/agent.toml"
}

install_point() {
  local is_new=yes
  [ ! -e "$units/diemcau-kiosk.service" ] || has_kiosk=yes
  [ "$has_kiosk" = no ] || require_kiosk_packages
  [ "$has_ups" = no ] || [ -x /usr/sbin/upsd ] ||
    fail "NUT is missing: apt-get install --no-install-recommends nut-server"
  [ ! -e "$etc/room.toml" ] || is_new=no
  install_programs
  make_user "$point_user"
  make_user "$segment_user"
  install -d -m 700 -o "$point_user" -g "$point_user" "$point_data"
  install_configs "${point_configs[@]}"
  [ "$has_ups" = no ] || install_ups
  if [ "$has_kiosk$is_new" = yesyes ]; then
    sed -i 's/^kind = "synthetic"/kind = "browser"/' "$etc/room.toml"
  fi
  install_command diemcau-agent "$point_user"
  install_command diemcau-room "$point_user"
  if [ "$has_devices" = yes ] || [ -e "$room_devices" ]; then
    make_device_groups
    install -D -m 644 "$here/diemcau-room.service.d/20-devices.conf" "$room_devices"
  fi
  local name
  for name in traps hardware; do
    install -D -m 644 -t "$units/diemcau-$name.service.d" "$here/diemcau-$name.service.d"/*.conf
  done
  install -m 644 "${point_triggers[@]/#/$here/}" "${point_triggered[@]/#/$here/}" "$units/"
  [ -x /usr/sbin/smartctl ] || say "the health of SATA and NVMe disks stays unknown without
         smartmontools: apt-get install --no-install-recommends smartmontools"
  install_units "${point_units[@]}"
  if has_systemd; then
    systemctl enable --quiet --now "${point_triggers[@]}"
    systemctl restart kiosk0 ||
      say "kiosk0 cannot be made here (a container without CAP_NET_ADMIN?): without it the room's
         screen loses its picture whenever the only cable is out; everything else works"
    if [ -e "$point_data/identity.json" ]; then
      systemctl restart diemcau-agent diemcau-room
      systemctl restart diemcau-traps ||
        say "what devices say unasked is not heard: another program may have port 162/udp (ss -lunp);
         journalctl -u diemcau-traps says why; everything else works"
    fi
  fi
  if [ "$has_kiosk" = yes ]; then
    install_kiosk
    point_units+=("${kiosk_units[@]}")
  fi
  [ ! -e "$point_data/identity.json" ] || return 0
  cat <<TEXT

The point is installed. Enrol it with the code from the centre, then start it:
  sudo diemcau-agent enrol --config $etc/agent.toml --controller https://CENTRE:8443
  sudo systemctl start ${point_units[*]}
The code is asked for, so that it stays out of the shell's history. What is missing for camera,
microphone and screen: sudo diemcau-room doctor --config $etc/room.toml
TEXT
}

uninstall() {
  local unit user
  for unit in "${centre_triggers[@]}" "${point_triggers[@]}"; do
    if has_systemd && [ -e "$units/$unit" ]; then systemctl disable --quiet --now "$unit"; fi
    rm -f "$units/$unit"
  done
  for unit in "${centre_triggered[@]}" "${point_triggered[@]}"; do rm -f "$units/$unit"; done
  for unit in $(workers_there); do
    if has_systemd; then systemctl disable --quiet --now "$unit" 2>/dev/null || :; fi
  done
  rm -f "$units/${worker_units[0]}.service"
  for unit in "${centre_units[@]}" "${kiosk_units[@]}" "${point_units[@]}"; do
    if has_systemd && [ -e "$units/$unit.service" ]; then
      systemctl disable --quiet --now "$unit"
    fi
    rm -f "$units/$unit.service"
  done
  rm -f "$units/nftables.service.d/diemcau.conf"
  rm -f "$room_devices"
  rmdir "$units/nftables.service.d" "$(dirname "$room_devices")" 2>/dev/null || :
  if getent passwd "$kiosk_user" >/dev/null; then rm -rf "$(kiosk_slice)"; fi
  rm -f "$kiosk_policy" /etc/pam.d/diemcau-kiosk
  rm -rf "$units"/diemcau-{,kiosk,traps,hardware}.service.d /etc/sysctl.d/60-diemcau.conf
  rm -f /usr/local/bin/diemcau-{agent,room,controller,relay,reflector,recorder}
  rm -rf "$prefix"
  if has_systemd; then systemctl daemon-reload; fi
  if [ "$is_purged" = yes ]; then
    rm -rf "$etc" "$data" "$point_data" /var/lib/diemcau-kiosk
    for user in "$owner" "${centre_users[@]}" "$point_user" "$segment_user" "$kiosk_user" \
      diemcau-build; do
      if getent passwd "$user" >/dev/null; then userdel "$user"; fi
    done
    say "removed, data and all"
  else
    say "removed; configuration and data are kept in $etc and $data*"
  fi
}

what=
while [ $# -gt 0 ]; do
  case $1 in
    centre | relay | point | uninstall) what=$1 ;;
    --address) address=${2:?--address wants a name or IP address} && shift ;;
    --relay-workers) workers=${2:?--relay-workers wants a number} && shift ;;
    --kit) kit=${2:?--kit wants a file} && shift ;;
    --purge) is_purged=yes ;;
    --kiosk) has_kiosk=yes ;;
    --devices) has_devices=yes ;;
    --ups) has_ups=yes ;;
    --python) python=${2:?--python wants a path} && shift ;;
    --wheels) wheels=$(cd "${2:?--wheels wants a folder}" && pwd) && shift ;;
    -h | --help) usage && exit 0 ;;
    *) usage >&2 && exit 2 ;;
  esac
  shift
done
[ -n "$what" ] || { usage >&2 && exit 2; }
[ "$(id -u)" -eq 0 ] || fail "this needs root: it makes users, and writes to /opt, /etc and /var/lib"
case $what in
  centre) install_centre ;;
  relay) install_relay ;;
  point) install_point ;;
  uninstall) uninstall ;;
esac
