#!/bin/sh
# How many connections one address may have at the broker's port: Mosquitto has no such limit, and
# whoever takes all its descriptors keeps every point out. The kernel counts (nftables), of IPv6 a
# /64 together; what is beyond is reset. See docs/limits.md and decision 150.
#
#   broker-door.sh MOSQUITTO.CONF    puts the limit in, or anew
#   broker-door.sh --remove          takes it away
set -eu

# 170 rooms behind one NAT, each with a connection, one that is ending, and one to spare.
limit=512
table='inet diemcau_broker'

nft=$(command -v nft || echo /usr/sbin/nft)
if [ ! -x "$nft" ]; then
  echo "broker-door: no nft here, so one address may take all connections: apt-get install nftables" >&2
  exit 0
fi
if [ "${1:?a mosquitto.conf, or --remove}" = --remove ]; then
  "$nft" delete table "$table" 2>/dev/null || :
  exit 0
fi
# The file belongs to another user: of it a number is taken and nothing else.
port=$(sed -n 's/^listener \([0-9]\{1,5\}\)\( .*\)\{0,1\}$/\1/p' "$1" | head -n 1)
[ -n "$port" ] || { echo "broker-door: $1 names no port" >&2 && exit 1; }
# Loopback is this machine's own: the centre's processes.
if ! "$nft" -f - <<RULES; then
table $table
delete table $table
table $table {
  set v4 { type ipv4_addr; size 65535; flags dynamic; }
  set v6 { type ipv6_addr; size 65535; flags dynamic; }
  chain door {
    type filter hook input priority filter; policy accept;
    iif lo accept
    tcp dport $port ct state new add @v4 { ip saddr ct count over $limit } counter reject with tcp reset
    tcp dport $port ct state new add @v6 { ip6 saddr & ffff:ffff:ffff:ffff:: ct count over $limit } counter reject with tcp reset
  }
}
RULES
  echo "broker-door: the kernel takes no such rules, so one address may take all connections" >&2
fi
