#!/usr/bin/env bash
# The README's installation for real: a centre and a point, each a Debian booted by its own
# systemd, joined by a cable and nothing else. See README.md beside this.
#
#   tests/installation/run.sh [--suite bookworm] [--wheels DIR] [--keep]
#
#   --suite NAME   the Debian release (default: bookworm); its Python is the one wheels are for
#   --wheels DIR   use this folder of systemd/wheels.sh; else one is filled in the first root
#   --keep         leave the two roots, to look at
set -euo pipefail

source=$(cd "$(dirname "$0")/../.." && pwd)
folder=${DIEMCAU_ROOTS:-/var/tmp/diemcau-installation}
mirror=${DIEMCAU_MIRROR:-}
suite=bookworm
wheels=
is_kept=no
name=dc.tinh-thu.vn
centre_ip=10.88.77.1
point_ip=10.88.77.2
site_ip=10.88.77.3
cable=dci$$ # so that several can run at once
failed=0
# The centre's, as install.sh has them.
services=$(sed -n '/^centre_units=(/,/)/{s/centre_units=(//;s/)//;p}' "$source/systemd/install.sh")
services=${services/diemcau-recorder/} # it waits until something is to be recorded
policy=/etc/chromium/policies/managed/diemcau-kiosk.json
declare -A nspawn leader

say() { printf '\n== %s\n' "$*"; }
fail() {
  printf 'installation: %s\n' "$*" >&2
  exit 1
}
# One line for each fact; the last line of what the command said beside a failure.
holds() {
  local what=$1 said
  shift
  if said=$("$@" 2>&1); then
    printf 'ok    %s%s\n' "$what" "$(printf '%s' "$said" | tail -n 1 | sed 's/^./: &/' | cut -c1-160)"
  else
    printf 'FAIL  %s: %s\n' "$what" "$(printf '%s' "$said" | tail -n 25)"
    failed=$((failed + 1))
  fi
}
refuses() {
  local what=$1
  shift
  holds "$what" is_refused "$@"
}
is_refused() { ! "$@"; }

while [ $# -gt 0 ]; do
  case $1 in
    --suite) suite=$2 && shift ;;
    --wheels) wheels=$(cd "$2" && pwd) && shift ;;
    --keep) is_kept=yes ;;
    *) sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "$0" && exit 2 ;;
  esac
  shift
done
[ "$(id -u)" -eq 0 ] || fail "this needs root: it boots two machines"
for tool in debootstrap systemd-nspawn ip nsenter; do
  command -v "$tool" >/dev/null ||
    fail "$tool is missing: apt-get install debootstrap systemd-container iproute2"
done

# What a minimal server has, and what the README says to install. A root of other packages than
# these is made anew.
minimal=systemd,systemd-sysv,dbus,iproute2,procps,ca-certificates,python3
wanted="mosquitto nftables python3-venv cage xwayland chromium fonts-noto-core libpam-systemd
  pipewire-pulse wireplumber"
make_base() {
  local base=$folder/$suite
  # shellcheck disable=SC2086 # several words
  [ "$(cat "$base/.is-whole" 2>/dev/null)" != "$(echo "$minimal" $wanted)" ] || return 0
  say "a minimal Debian $suite in $base"
  rm -rf "$base"
  mkdir -p "$folder"
  debootstrap --variant=minbase --include=$minimal "$suite" "$base" ${mirror:+"$mirror"} \
    >"$folder/$suite.log" 2>&1 || fail "see $folder/$suite.log"
  # shellcheck disable=SC2086 # several words
  chroot "$base" env DEBIAN_FRONTEND=noninteractive \
    apt-get install --quiet=2 --yes --no-install-recommends $wanted \
    >>"$folder/$suite.log" 2>&1 || fail "see $folder/$suite.log"
  echo "$minimal" $wanted >"$base/.is-whole"
}

make_wheels() {
  wheels=$folder/$suite-wheels
  say "the wheels, by systemd/wheels.sh in the new root"
  mkdir -p "$wheels" "$folder/$suite/mnt/source" "$folder/$suite/mnt/wheels"
  local trusted=/etc/ssl/certs/ca-certificates.crt # whom this machine trusts, e.g. a proxy
  systemd-nspawn --quiet --register=no --keep-unit -D "$folder/$suite" --pipe \
    --bind-ro="$source:/mnt/source" --bind="$wheels:/mnt/wheels" --bind-ro="$trusted" \
    --setenv=PIP_CERT="$trusted" --setenv=NODE_EXTRA_CA_CERTS="$trusted" \
    /mnt/source/systemd/wheels.sh /mnt/wheels </dev/null
}

# Copies the root, with a fresh copy of the source and the wheels as on a memory stick.
make_machine() {
  local machine=$1 root=$folder/$suite-$1
  rm -rf "$root"
  cp -a --reflink=auto "$folder/$suite" "$root"
  mkdir -p "$root/root/diemcau" "$root/root/wheels"
  git -C "$source" archive HEAD | tar -x -C "$root/root/diemcau"
  cp "$wheels"/*.whl "$root/root/wheels/"
  cp "$source/tests/installation/meet.py" "$root/root/"
  echo "$machine" >"$root/etc/hostname"
  printf '127.0.0.1 localhost %s\n%s %s\n' "$machine" "$centre_ip" "$name" >"$root/etc/hosts"
  : >"$root/etc/machine-id"
  rm -f "$root/usr/sbin/policy-rc.d"
}

make_cable() {
  ip netns add $cable-centre
  ip netns add $cable-point
  ip link add dci-c netns $cable-centre type veth peer name dci-p netns $cable-point
  ip -n $cable-centre address add "$centre_ip/24" dev dci-c
  ip -n $cable-point address add "$point_ip/24" dev dci-p
  local end
  for end in "centre dci-c" "point dci-p"; do
    ip -n "$cable-${end% *}" link set "${end#* }" up
    ip -n "$cable-${end% *}" link set lo up
  done
}

boot() {
  local machine=$1
  systemd-nspawn --quiet --register=no --keep-unit --boot -D "$folder/$suite-$machine" \
    --network-namespace-path="/run/netns/$cable-${2:-$machine}" --capability=CAP_NET_ADMIN \
    >"$folder/$suite-$machine.log" 2>&1 </dev/null &
  nspawn[$machine]=$!
  local tries
  for tries in $(seq 300); do
    leader[$machine]=$(pgrep -P "${nspawn[$machine]}" | head -n 1 || true)
    if [ -n "${leader[$machine]}" ]; then
      case $(on "$machine" systemctl is-system-running 2>/dev/null || true) in
        running | degraded) return 0 ;;
      esac
    fi
    sleep 0.2
  done
  fail "$machine does not boot, see $folder/$suite-$machine.log"
}

on() {
  local machine=$1
  shift
  nsenter --target "${leader[$machine]}" --mount --uts --ipc --net --pid --root --wd -- \
    env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
    LANG=C.UTF-8 "$@"
}
# As a person at the machine's shell, in the source.
shell() { on "$1" bash -euc "cd /root/diemcau && $2"; }

shut_down() {
  local machine
  for machine in "${!leader[@]}"; do
    [ -z "${leader[$machine]}" ] || kill -s RTMIN+4 "${leader[$machine]}" 2>/dev/null || true
  done
  for machine in "${!nspawn[@]}"; do
    timeout 30 tail --pid="${nspawn[$machine]}" -f /dev/null || kill "${nspawn[$machine]}" || true
  done
  ip netns delete $cable-centre 2>/dev/null || true
  ip netns delete $cable-point 2>/dev/null || true
  [ "$is_kept" = yes ] || rm -rf "$folder/$suite-centre" "$folder/$suite-point" "$folder/$suite-site"
}

timed() {
  local began
  began=$(date +%s)
  "${@:2}" && printf '%s: %s s\n' "$1" "$(($(date +%s) - began))"
}

all_active() {
  local unit
  for unit in $services; do
    holds "$unit is active" on centre systemctl is-active "$unit"
  done
  refuses "the recorder waits until something is to be recorded" \
    on centre systemctl is-active diemcau-recorder
}

install_centre() {
  say "the centre, as the README says"
  refuses "without an address it asks for one" shell centre \
    "systemd/install.sh centre --wheels /root/wheels </dev/null"
  holds "install.sh centre, without a network" timed "centre" shell centre \
    "systemd/install.sh centre --address $name,$centre_ip --wheels /root/wheels"
  holds "the same again, as an upgrade" timed "again" shell centre \
    "systemd/install.sh centre --wheels /root/wheels"
  refuses "Debian's own broker does not run beside ours" on centre systemctl is-active mosquitto
  all_active
  holds "connections of one address at the broker are limited" door_is_limited
  refuses "a code before there are points says what to do" shell centre \
    "diemcau-controller enrol-code p-xa"
  holds "... namely" shell centre "diemcau-controller enrol-code p-xa 2>&1 | grep 'point import'"
  printf 'what,unit_id,parent_id,point_id,name,owner\nunit,tinh,,,Tỉnh Thử,people_committee\npoint,tinh,,p-xa,Xã Thử,people_committee\n' \
    >"$folder/$suite-centre/root/places.csv"
  chmod 600 "$folder/$suite-centre/root/places.csv"
  holds "places from root's own file" shell centre "diemcau-controller point import /root/places.csv"
  holds "the first account" shell centre \
    "echo mat-khau-thu-1 | diemcau-controller user add admin --role admin --password-stdin"
  holds "a backup into root's own folder" shell centre "diemcau-controller backup /root/backup"
}

install_point() {
  say "the point"
  # Stands in for a container that may make no interfaces.
  on point ip link add kiosk0 type veth peer name kiosk9
  holds "install.sh point, without a network, and although kiosk0 fails" timed "point" \
    shell point "systemd/install.sh point --wheels /root/wheels"
  on point ip link delete kiosk0
  holds "kiosk0 can be started later" on point systemctl restart kiosk0
  refuses "the agent does not start before it is enrolled" on point systemctl start diemcau-agent
  holds "... and says why" shell point \
    "journalctl --no-pager --unit diemcau-agent | grep -i 'enrol'"
  shell centre "diemcau-controller enrol-code p-xa --json" |
    sed -n 's/.*"code": *"\([^"]*\)".*/\1/p' >"$folder/$suite-point/root/code"
  holds "it enrols" shell point \
    "diemcau-agent enrol --config /etc/diemcau/agent.toml --controller https://$name:8443 \
      --code-file /dev/stdin </root/code"
  holds "its units start" on point systemctl restart diemcau-agent diemcau-room
}

# The unit as it is installed, but for the screen, which such a machine has not got.
install_kiosk() {
  say "the room's screen"
  holds "install.sh point --kiosk, over what is there" timed "kiosk" \
    shell point "systemd/install.sh point --kiosk --wheels /root/wheels"
  holds "the policy names the page, and root alone may write it" shell point \
    "grep -q 'VideoCaptureAllowedUrls.*http://localhost:8090\"' $policy &&
     [ \$(stat -c '%U %a' $policy | tr ' ' -) = root-644 ]"
  holds "a machine without a screen starts none, and nothing fails" on point bash -c \
    'systemctl restart diemcau-kiosk && ! systemctl is-failed diemcau-kiosk'
  on point mkdir -p /run/systemd/system/diemcau-kiosk.service.d
  on point tee /run/systemd/system/diemcau-kiosk.service.d/30-headless.conf >/dev/null <<'HEADLESS'
[Unit]
ConditionPathExists=
[Service]
TTYPath=
TTYReset=no
TTYVHangup=no
TTYVTDisallocate=no
StandardInput=null
Environment=WLR_BACKENDS=headless WLR_LIBINPUT_NO_DEVICES=1 WLR_RENDERER=pixman
HEADLESS
  holds "the unit starts once the page answers" on point bash -c \
    'systemctl daemon-reload && systemctl restart diemcau-kiosk'
  holds "the room's page is shown: it plays the room's pictures over kiosk0" on point bash -c \
    'for _ in $(seq 60); do
       python3 -c "import json, urllib.request as r
raise SystemExit(not json.load(r.urlopen(\"http://localhost:8090/api/state\"))[\"kiosk_viewers\"])" && exit 0
       sleep 0.5
     done; journalctl --no-pager --lines 25 --unit diemcau-kiosk; exit 1'
  holds "Chromium keeps its sandbox" on point bash -c \
    'pgrep -u diemcau-kiosk -f type=renderer >/dev/null &&
     ! pgrep -u diemcau-kiosk -af chromium | grep -e "--no-sandbox"'
  holds "its memory is limited where the browser is" on point bash -c \
    'systemctl show -p MemoryMax "user-$(id -u diemcau-kiosk).slice" | grep 3221225472 &&
     grep -l slice/user-$(id -u diemcau-kiosk) /proc/$(pgrep -f type=gpu-process | head -n 1)/cgroup'
  refuses "its user cannot read the point's key" \
    on point runuser -u diemcau-kiosk -- ls /var/lib/diemcau-point
  holds "killed, it comes back" on point bash -c \
    'systemctl kill --signal KILL diemcau-kiosk; sleep 3; systemctl is-active diemcau-kiosk'
  shell point "diemcau-room doctor --config /etc/diemcau/room.toml" || true
  refuses "doctor finds only the drawn room and the buffer that this container may not have" \
    shell point "diemcau-room doctor --config /etc/diemcau/room.toml |
      grep WRONG | grep -v 'kind:\|wmem_max:'"
}

# Whose clock nothing keeps right begins no meeting in its first 60 s (controller/clock.py).
meet() {
  say "they meet"
  holds "the point is in a meeting, both ways, its media connected, and has reported" shell centre \
    "echo mat-khau-thu-1 | /opt/diemcau/.venv/bin/python /root/meet.py p-xa 120"
  local unit
  for unit in kiosk0 diemcau-agent diemcau-room; do
    holds "$unit is active" on point systemctl is-active "$unit"
  done
}

door_is_limited() {
  shell centre \
    "for _ in \$(seq 20); do # systemd says that nftables is ready before it reloads the limit
       nft list table inet diemcau_broker | grep 'dport 8883 .* ct count over' && exit 0
       sleep 0.5
     done; exit 1"
}

# The README's two lines, in a chain that lets nothing else in. Both reboot with it.
firewall() {
  say "a firewall at the centre"
  {
    echo 'flush ruleset'
    echo 'table inet filter { chain input { type filter hook input priority filter; policy drop;'
    echo 'iif lo accept; ct state established,related accept'
    sed -n '/^[tu][cd]p dport { .* accept$/p' "$source/README.md"
    printf '}\n}\n'
  } >"$folder/$suite-centre/etc/nftables.conf"
  holds "nftables takes the README's lines" on centre systemctl enable --now nftables
  holds "the limit at the broker has come back" door_is_limited
  holds "... and reloads them" on centre systemctl reload nftables
  holds "both are in its rules" shell centre \
    "[ \$(nft list chain inet filter input | grep -c 'dport { .* } accept') -eq 2 ]"
  holds "the limit at the broker has come back with it" door_is_limited
}

# Nobody touches either: what systemd starts has to find the rest by itself.
reboot_both() {
  local unit
  say "both machines are rebooted"
  local machine
  for machine in centre point; do
    kill -s RTMIN+5 "${leader[$machine]}"
    timeout 60 tail --pid="${nspawn[$machine]}" -f /dev/null || fail "$machine does not go down"
  done
  boot point # the point first: it has to wait for its centre
  boot centre
  all_active
  holds "connections of one address at the broker are limited" door_is_limited
  meet
  for unit in diemcau-hardware look-diemcau-segment; do
    holds "$unit has looked" on point systemctl start "$unit.service"
  done
  # A container has neither disks nor a board; the agent may look where they would be told of.
  holds "the agent may read what disks say" shell point \
    "runuser -u $(sed -n 's/^point_user=//p' "$source/systemd/install.sh") -- ls /run/diemcau-hardware"
  holds "devices are heard once some are listed" on point systemctl is-active diemcau-traps.path
}

check_rights() {
  say "who may read what"
  local user pki=/var/lib/diemcau/pki
  for user in web ingest relay broker reflector; do
    refuses "diemcau-$user cannot read the authority's key" \
      on centre runuser -u "diemcau-$user" -- cat $pki/ca.key
    refuses "diemcau-$user cannot rename the keys' folder" \
      on centre runuser -u "diemcau-$user" -- mv $pki /var/lib/diemcau/other
  done
  for user in ingest relay broker reflector; do
    refuses "diemcau-$user cannot ask for certificates" \
      on centre runuser -u "diemcau-$user" -- test -w /var/lib/diemcau/enrolment.sock
    refuses "diemcau-$user cannot write the accounts" \
      on centre runuser -u "diemcau-$user" -- test -w /var/lib/diemcau/db/state/state.db
    refuses "diemcau-$user cannot read the tokens' key" \
      on centre runuser -u "diemcau-$user" -- cat $pki/token.key
  done
  for user in relay broker reflector; do
    refuses "diemcau-$user cannot read the accounts" \
      on centre runuser -u "diemcau-$user" -- cat /var/lib/diemcau/db/state/state.db
  done
  refuses "the relay cannot read the broker's key" \
    on centre runuser -u diemcau-relay -- cat $pki/broker.key
  refuses "the broker cannot read the probes' key" \
    on centre runuser -u diemcau-broker -- cat $pki/probe.key
}

damage_store() {
  say "a damaged mosquitto.db"
  on centre systemctl stop diemcau-broker
  head -c 4096 /dev/zero >"$folder/$suite-centre/var/lib/diemcau/mosquitto/mosquitto.db"
  holds "the broker starts with zeros in its store" on centre systemctl start diemcau-broker
  holds "... which is set aside" on centre bash -c \
    'ls /var/lib/diemcau/mosquitto/mosquitto.db.bad-*'
}

restore() {
  say "a backup is put back"
  shell centre "diemcau-controller backup /root/backup-2" >/dev/null
  holds "restore from root's own folder" shell centre \
    "systemctl stop 'diemcau-controller-*'
     diemcau-controller restore /root/backup-2 --replace
     systemctl start diemcau-controller-web diemcau-controller-enrolment diemcau-controller-ingest"
  holds "the account that was in it signs in" signs_in
}
signs_in() {
  shell centre "echo mat-khau-thu-1 | /opt/diemcau/.venv/bin/python /root/meet.py - 0"
}

# As it was until 0.1: one user, the databases in the data folder itself.
move_over() {
  say "an installation of one user is moved over"
  shell centre "systemctl stop 'diemcau-*'; cd /var/lib/diemcau
    getent passwd diemcau >/dev/null || useradd --system diemcau
    mv db/*/*.db* . && rm -r db && chown -R diemcau:diemcau . && chmod 700 . pki && chmod 600 pki/*.key
    chown root:diemcau /etc/diemcau/*.toml"
  holds "install.sh centre over it" shell centre "systemd/install.sh centre --wheels /root/wheels"
  all_active
  holds "what was in the databases is there" signs_in
  meet
}

renew() {
  say "the daily renewal"
  on centre rm /var/lib/diemcau/pki/relay-1.crt /var/lib/diemcau/pki/broker.crt
  holds "renew-diemcau makes what is missing" on centre systemctl start renew-diemcau
  local user key
  for key in "relay relay-1" "broker broker"; do
    read -r user key <<<"$key"
    holds "diemcau-$user reads its new key" on centre runuser -u "diemcau-$user" -- \
      test -r "/var/lib/diemcau/pki/$key.key"
  done
  holds "the broker is still active" on centre systemctl is-active diemcau-broker
}

revoke() {
  say "a point is revoked"
  holds "diemcau-controller point revoke" shell centre "diemcau-controller point revoke p-xa"
  holds "the broker has thrown it out within ten seconds, and it knows why" shell point \
    "for _ in \$(seq 20); do
       journalctl --no-pager --since -15s --unit diemcau-agent |
         grep 'our certificate was revoked or replaced' && exit 0
       sleep 0.5
     done; journalctl --no-pager --lines 15 --unit diemcau-agent; exit 1"
  holds "its status says so" shell point \
    "for _ in \$(seq 40); do
       diemcau-agent status --config /etc/diemcau/agent.toml | grep 'was revoked or replaced' && exit 0
       sleep 0.5
     done; diemcau-agent status --config /etc/diemcau/agent.toml; exit 1"
}

# Of another relay of the meeting: the home's journal says that it has come.
trunk_is_up() {
  on centre bash -c "for _ in \$(seq 60); do
    journalctl --no-pager --output cat --unit diemcau-relay | grep trunk_up | grep $1 && exit 0
    sleep 0.5
  done; journalctl --no-pager --lines 15 --unit diemcau-relay; exit 1"
}

add_worker() {
  say "a worker beside the first relay"
  holds "install.sh centre --relay-workers 1" timed "worker" shell centre \
    "systemd/install.sh centre --relay-workers 1 --wheels /root/wheels"
  holds "diemcau-relay@relay-2 is active" on centre systemctl is-active diemcau-relay@relay-2
  refuses "... as a user that cannot read the authority's key" \
    on centre runuser -u diemcau-relay -- cat /var/lib/diemcau/pki/ca.key
  all_active
}

# In the point's network, as a site's relay is beside its rooms; it serves the point's unit.
add_site() {
  say "a relay at a second site, by its kit"
  make_machine site
  ip -n $cable-point address add "$site_ip/24" dev dci-p
  boot site point
  on centre cp /etc/diemcau/controller.toml /root/controller.toml
  on centre tee -a /etc/diemcau/controller.toml >/dev/null <<SITE

[[relays]]
relay_id = "relay-7"
url = "https://$site_ip:8444"
home = "relay-1"
serves = ["tinh"]
SITE
  holds "the centre makes its certificate and its kit" shell centre \
    "diemcau-controller init && systemctl reload diemcau-broker &&
     diemcau-controller relay-kit relay-7 /root/relay-7.kit"
  mv "$folder/$suite-centre/root/relay-7.kit" "$folder/$suite-site/root/"
  holds "install.sh relay --kit, without a network" timed "site" shell site \
    "systemd/install.sh relay --kit /root/relay-7.kit --wheels /root/wheels"
  holds "its relay is active" on site systemctl is-active diemcau-relay
  holds "the centre takes the new list" on centre systemctl restart diemcau-controller-web
  meet
  holds "the point uses the site's relay, which has called the home" trunk_is_up relay-7
}

give_site_up() {
  say "the site's relay is given up"
  holds "it is taken out of the list" shell centre \
    "cat /root/controller.toml >/etc/diemcau/controller.toml && diemcau-controller init &&
     systemctl reload diemcau-broker && systemctl restart diemcau-controller-web"
  meet
  holds "uninstall --purge there" shell site "systemd/install.sh uninstall --purge"
}

nothing_is_forbidden() {
  say "what the journals say"
  local machine
  for machine in centre point site; do
    refuses "$machine: nobody was denied what he needs" on "$machine" bash -c \
      'journalctl --no-pager --output cat --unit "diemcau-*" | grep -i "permission denied\|not permitted\|read-only file"'
    refuses "$machine: nothing failed" on "$machine" bash -c \
      'journalctl --no-pager --output cat --unit "diemcau-*" | grep -A 25 "\"failed\"\|Traceback"'
  done
}

uninstall() {
  say "and away again"
  holds "uninstall --purge" shell centre "systemd/install.sh uninstall --purge"
  refuses "no user, folder or unit is left" on centre bash -c \
    'getent passwd | grep diemcau || ls -d /opt/diemcau /etc/diemcau /var/lib/diemcau \
       /etc/systemd/system/{,nftables.service.d/}*diemcau* /usr/local/bin/diemcau-* 2>/dev/null | grep .'
}

security() {
  say "systemd-analyze security"
  local unit
  for unit in $services; do
    on centre systemd-analyze security --no-pager "$unit" 2>/dev/null | tail -n 1
  done
  for unit in diemcau-agent diemcau-room kiosk0; do
    on point systemd-analyze security --no-pager "$unit" 2>/dev/null | tail -n 1
  done
}

make_base
[ -n "$wheels" ] || make_wheels
make_machine centre
make_machine point
trap shut_down EXIT
make_cable
say "booting"
boot centre
boot point
install_centre
install_point
install_kiosk
meet
firewall
reboot_both
check_rights
damage_store
restore
move_over
check_rights
renew
add_worker
add_site
nothing_is_forbidden
give_site_up
revoke
security
uninstall
say "$([ "$failed" -eq 0 ] && echo 'all of it holds' || echo "$failed of it failed")"
[ "$failed" -eq 0 ]
