"""The default gateway, from the kernel's tables."""

import ipaddress
from dataclasses import dataclass
from pathlib import Path

from monitoring.collectors.host import read_text
from monitoring.errors import CollectorError

# linux/route.h
_RTF_UP, _RTF_GATEWAY = 0x1, 0x2


@dataclass(frozen=True, slots=True)
class DefaultRoute:
    """Where packets for everywhere go; `gateway` None: straight out (a point-to-point link)."""

    interface: str
    gateway: str | None


def default_route(proc: Path) -> DefaultRoute | None:
    """Return the default route with the lowest metric: IPv4 if there is one, else IPv6.

    Raises:
        CollectorError: the kernel's table cannot be read.
    """
    return _default_v4(proc) or _default_v6(proc)


def _default_v4(proc: Path) -> DefaultRoute | None:
    best: tuple[int, DefaultRoute] | None = None
    for line in read_text(proc / "net/route").splitlines()[1:]:
        words = line.split()
        if len(words) < 8 or words[1] != "00000000" or words[7] != "00000000":
            continue
        try:
            flags, metric = int(words[3], 16), int(words[6])
            # The kernel prints the address in the machine's byte order: little-endian here.
            address = ipaddress.IPv4Address(bytes.fromhex(words[2])[::-1])
        except ValueError as exc:
            raise CollectorError(f"/proc/net/route: {exc}") from exc
        gateway = str(address) if flags & _RTF_GATEWAY else None
        if flags & _RTF_UP and (best is None or metric < best[0]):
            best = (metric, DefaultRoute(words[0], gateway))
    return best[1] if best else None


def _default_v6(proc: Path) -> DefaultRoute | None:
    path = proc / "net/ipv6_route"
    if not path.exists():
        return None  # a kernel without IPv6
    best: tuple[int, DefaultRoute] | None = None
    for line in read_text(path).splitlines():
        words = line.split()
        if len(words) < 10 or words[0] != "0" * 32 or words[1] != "00" or words[9] == "lo":
            continue
        try:
            metric, flags = int(words[5], 16), int(words[8], 16)
            address = ipaddress.IPv6Address(bytes.fromhex(words[4]))
        except ValueError as exc:
            raise CollectorError(f"/proc/net/ipv6_route: {exc}") from exc
        scope = f"%{words[9]}" if address.is_link_local else ""
        gateway = f"{address}{scope}" if flags & _RTF_GATEWAY else None
        if flags & _RTF_UP and (best is None or metric < best[0]):
            best = (metric, DefaultRoute(words[9], gateway))
    return best[1] if best else None
