"""diemcau-segment: looks once who lends addresses on the segment, and who else has ours."""

import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from agent.segment.look import Card, look
from monitoring.collectors.dhcp import interface_of
from monitoring.collectors.interfaces import attribute, has_carrier, listed
from monitoring.collectors.routes import default_route
from monitoring.collectors.rtnetlink import Address, addresses
from monitoring.errors import CollectorError
from runtime import atomic, command_line, logging
from runtime.command_line import CommandParser, both
from runtime.os_fault import sentences

MAX_CARDS = 4
MAX_ASKED = 4
_PROC, _SYS = Path("/proc"), Path("/sys")
FAILED = 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Look; return the exit code."""
    parsed = _parser().parse_args(arguments)
    logging.configure("diemcau-segment", level="info", form="json")
    try:
        told = msgspec.json.encode(look(cards(_PROC, _SYS), ours=our_macs(_SYS)))
        if parsed.out is None:
            print(told.decode())
        else:
            atomic.write_bytes(parsed.out, told, mode=0o644)  # for the agent, another user
    except (CollectorError, OSError) as exc:
        print(sentences(exc) if isinstance(exc, OSError) else exc, file=sys.stderr)
        return FAILED
    return 0


def cards(proc: Path, sys_root: Path) -> list[Card]:
    """Return the interfaces to look from: those told one by one, with a cable and an address.

    Raises:
        CollectorError: the kernel does not say.
    """
    lent: dict[str, list[Address]] = {}
    for one in addresses():
        if not one.is_v6:
            lent.setdefault(interface_of(one.index), []).append(one)
    route = default_route(proc)
    found = []
    for counters in listed(proc, sys_root).own:
        name, mac = counters.name, _mac(sys_root, counters.name)
        if mac is None or not has_carrier(sys_root, name) or name not in lent:
            continue
        asked = [one.address for one in lent[name]][: MAX_ASKED - 1]
        own = tuple(asked)
        if route and route.interface == name and route.gateway and ":" not in route.gateway:
            asked.append(route.gateway)
        found.append(Card(name, mac, own, tuple(asked)))
    return found[:MAX_CARDS]


def our_macs(sys_root: Path) -> frozenset[str]:
    """Return the hardware addresses of all interfaces, also of those that are not looked from."""
    names = [entry.name for entry in (sys_root / "class/net").glob("*")]
    return frozenset(mac.hex(":") for name in names if (mac := _mac(sys_root, name)) is not None)


def _mac(sys_root: Path, name: str) -> bytes | None:
    try:
        mac = bytes.fromhex((attribute(sys_root, name, "address") or "").replace(":", ""))
    except ValueError:
        return None
    return mac if len(mac) == 6 and any(mac) else None


def _parser() -> CommandParser:
    parser = CommandParser(
        prog="diemcau-segment",
        description="Xem một lần: ai cấp địa chỉ trong mạng, và máy nào trùng địa chỉ với máy này. "
        "Cần CAP_NET_RAW và CAP_NET_BIND_SERVICE.\nLooks once who lends addresses on the segment, "
        "and who else has ours. Needs CAP_NET_RAW and CAP_NET_BIND_SERVICE.",
        epilog=command_line.exit_codes(*command_line.USUAL),
    )
    parser.add_argument(
        "--out", type=Path, metavar="FILE",
        help=both("ghi vào tệp này, không ra stdout", "write it there, not to stdout"),
    )  # fmt: skip
    return parser
