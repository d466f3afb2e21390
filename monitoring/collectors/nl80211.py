"""How strong the access point's signal is, as the kernel's Wi-Fi says it: nl80211, without rights.

Newer kernels have no /proc/net/wireless, or leave out cards of Wi-Fi 7 there. The way there is
generic netlink: first by its name the family's number, then the stations of an interface. A
client has one station, its access point; an interface with several is an access point itself.
"""

import socket
import struct
from collections.abc import Iterable

from monitoring.collectors.netlink import (
    REQUEST,
    REQUEST_DUMP,
    KernelRefused,
    answers,
    attributes,
)

NETLINK_GENERIC = 16
_GENERIC = struct.Struct("=BBH")  # linux/genetlink.h, genlmsghdr
_ATTRIBUTE = struct.Struct("=HH")
_CONTROLLER, _GET_FAMILY, _FAMILY_ID, _FAMILY_NAME = 0x10, 3, 1, 2
# linux/nl80211.h
_GET_STATION, _NEW_STATION = 17, 19
_IFINDEX, _STATION_INFO = 3, 21
_SIGNAL, _SIGNAL_AVERAGE = 7, 13
_VERSION = 1


def signal_dbm(interface: str) -> int | None:
    """Return the signal of the access point that an interface is at; None: none, or not told.

    Raises:
        CollectorError: the kernel does not answer.
    """
    try:
        index = socket.if_nametoindex(interface)
        family = _family()
        asked = _asked(_GET_STATION, _IFINDEX, struct.pack("=I", index))
        parts = answers(NETLINK_GENERIC, family, asked, flags=REQUEST_DUMP) if family else ()
        return signal_of([part for what, part in parts if what == family])
    except KernelRefused:
        return None  # no Wi-Fi in this kernel, or a driver that lists no stations
    except OSError:
        return None  # the interface went meanwhile


def signal_of(stations: Iterable[bytes]) -> int | None:
    """Return what a list of stations says, smoothed where it is; None: nothing, or of several."""
    told = [one for one in map(_station, stations) if one is not None]
    if len(told) != 1:
        return None
    for kind in (_SIGNAL_AVERAGE, _SIGNAL):
        if len(value := told[0].get(kind, b"")) == 1:
            return int.from_bytes(value, signed=True)
    return None


def _station(part: bytes) -> dict[int, bytes] | None:
    if len(part) < _GENERIC.size or part[0] != _NEW_STATION:
        return None
    return attributes(attributes(part[_GENERIC.size :]).get(_STATION_INFO, b""))


def _family() -> int | None:
    """Return the number under which this kernel has nl80211."""
    asked = _asked(_GET_FAMILY, _FAMILY_NAME, b"nl80211\0")
    for _, part in answers(NETLINK_GENERIC, _CONTROLLER, asked, flags=REQUEST):
        return family_of(part)
    return None


def family_of(part: bytes) -> int | None:
    """Return the number in the controller's answer; None: there is none in it."""
    number = attributes(part[_GENERIC.size :]).get(_FAMILY_ID, b"")
    return int(struct.unpack("=H", number)[0]) if len(number) == 2 else None


def _asked(command: int, kind: int, value: bytes) -> bytes:
    padded = value + b"\0" * (-len(value) % 4)
    head = _GENERIC.pack(command, _VERSION, 0) + _ATTRIBUTE.pack(_ATTRIBUTE.size + len(value), kind)
    return head + padded
