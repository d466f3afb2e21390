#!/bin/sh
# What only root may read of a machine, left where the health agent reads it: how the disks say
# they are, and the serial numbers of machine and board. It takes nothing from anybody: no network,
# no files but the kernel's. Run by diemcau-hardware.service; $1: where it is left.
set -eu
to=${1:?where to}
sys=${SYS_ROOT:-/sys}
smartctl=${SMARTCTL:-/usr/sbin/smartctl}

# Whoever reads meanwhile has the old file or the new one.
leave() { mv -f "$to/.new" "$to/$1"; }

for name in product_serial board_serial; do
  if head -c 200 "$sys/class/dmi/id/$name" >"$to/.new" 2>/dev/null; then leave "$name"; fi
done
# What a disk said that was taken out says nothing of one that comes under its name.
for said in "$to"/*.json; do
  disk=${said##*/}
  [ -e "$sys/block/${disk%.json}/device" ] || rm -f "$said"
done
if [ -x "$smartctl" ]; then
  for block in "$sys"/block/sd* "$sys"/block/nvme* "$sys"/block/hd*; do
    [ -e "$block/device" ] || continue
    disk=${block##*/}
    # A disk that sleeps is left asleep. The first two bits of the exit code say that it was not
    # asked, or not reached, 124 that it did not answer: what it said last stays. The others tell of
    # the disk, as its answer does.
    code=0
    timeout 30 "$smartctl" --json=c --nocheck=standby,3 -i -H -A "/dev/$disk" >"$to/.new" || code=$?
    [ $((code & 3)) -eq 0 ] && [ "$code" -ne 124 ] || continue
    leave "$disk.json"
  done
fi
rm -f "$to/.new"
