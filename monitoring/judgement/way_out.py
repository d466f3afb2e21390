"""Which interface leads out of a point, and whether that is its second line. Pure.

Known by the names that Linux gives: a wired one before one at USB (a stick that looks like a
cable), Wi-Fi, and a modem. A 4G router in front of the point, that changes lines by itself, is not
seen so.
"""

from collections.abc import Iterable

from contracts.reports import SUMMED_UP, HealthBody, InventoryBody

_MOBILE = "ww"
_LATER = (("enx", "usb"), ("wl",), (_MOBILE, "ppp"))


def way_of(body: HealthBody) -> str:
    """Return the interface that leads out; empty: the report does not say."""
    first = next(iter(body.interfaces.rates), None) if body.interfaces else None
    leads_out = first is not None and first.has_carrier and first.name != SUMMED_UP
    return first.name if first is not None and leads_out else ""


def told_way(inventory: InventoryBody) -> str:
    """Return the interface that led out when an inventory was taken; empty: none did."""
    return next((one.name for one in inventory.interfaces if one.is_uplink), "")


def left_way(way: str, earlier: Iterable[str]) -> str:
    """Return the better way that a point had before; empty: it uses it, or never had one.

    Args:
        earlier: those it had of late, the likeliest first.
    """
    return next((one for one in earlier if way and one and _place(one) < _place(way)), "")


def is_second(way: str, earlier: Iterable[str]) -> bool:
    """Return whether a way out is a second line: a better one was left for it, or it is mobile."""
    return is_mobile(way) or bool(left_way(way, earlier))


def is_mobile(way: str) -> bool:
    """Return whether an interface is a modem's. PPP is as often a cable's."""
    return way.startswith(_MOBILE)


def _place(name: str) -> int:
    places = (place for place, begins in enumerate(_LATER, 1) if name.startswith(begins))
    return next(places, 0)
