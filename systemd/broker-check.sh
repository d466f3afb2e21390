#!/bin/sh
# Before the broker starts: is mosquitto.db one that it can start with? After a power cut the
# file may be zeros or half a file, and Mosquitto then ends at once, for ever. Tried with a real
# Mosquitto on a socket of its own; a file with which it ends, although without it it would not,
# is set aside as mosquitto.db.bad-TIME. What it held, our processes and the points say again.
#
#   broker-check.sh MOSQUITTO.CONF [SECONDS]
set -eu

config=$1
kept=3      # set aside; older ones are removed
limit_s=${2:-60}  # a large file that is still being read after so long is a good one
mosquitto=$(command -v mosquitto || echo /usr/sbin/mosquitto)

folder=$(sed -n 's/^persistence_location //p' "$config")
store=${folder%/}/mosquitto.db
[ -s "$store" ] || exit 0

trial=$(mktemp -d)
pid=
trap '[ -z "$pid" ] || kill -9 "$pid" 2>/dev/null || :; rm -rf "$trial"' EXIT

# Starts with what is in $trial/data; killed as soon as it listens, so it writes nothing.
starts() {
  {
    sed -n '/^user /p' "$config"
    echo "listener 0 $trial/socket"
    echo "allow_anonymous false"
    echo "persistence true"
    echo "persistence_location $trial/data/"
    echo "log_dest stderr"
  } >"$trial/conf"
  rm -f "$trial/socket"
  "$mosquitto" -c "$trial/conf" 2>"$trial/log" &
  pid=$!
  waited=0
  while kill -0 "$pid" 2>/dev/null; do
    if [ -S "$trial/socket" ] || [ "$waited" -ge $((limit_s * 20)) ]; then
      kill -9 "$pid" 2>/dev/null || :
      wait "$pid" 2>/dev/null || :
      pid=
      return 0
    fi
    sleep 0.05
    waited=$((waited + 1))
  done
  wait "$pid" 2>/dev/null || :
  pid=
  return 1
}

mkdir "$trial/data"
ln -s "$store" "$trial/data/mosquitto.db"
if starts; then exit 0; fi
reason=$(tail -n 2 "$trial/log" | tr '\n' ' ')
rm "$trial/data/mosquitto.db"
if ! starts; then
  echo "broker-check: the broker does not start, with $store or without: $reason" >&2
  exit 0 # its own start will say so
fi
bad=$store.bad-$(date -u +%Y%m%dT%H%M%SZ)
mv "$store" "$bad"
echo "broker-check: $store is damaged ($reason); set aside as $bad" >&2
ls -1d "$store".bad-* | sort -r | tail -n +$((kept + 1)) | while read -r old; do rm -f "$old"; done
