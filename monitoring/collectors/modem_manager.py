"""ModemManager's objects, asked over one D-Bus connection. Loaded only where there is a modem."""

from collections.abc import Mapping
from pathlib import Path
from typing import cast

from monitoring.collectors.system_bus import BusConnection, Called, connected
from monitoring.errors import CollectorError

SERVICE, PATH = "org.freedesktop.ModemManager1", "/org/freedesktop/ModemManager1"
SIGNAL = f"{SERVICE}.Modem.Signal"
SIGNAL_EVERY_S = 60
_MANAGER = Called(SERVICE, PATH, "org.freedesktop.DBus.ObjectManager")
Interfaces = Mapping[str, Mapping[str, object]]
"""By name of a D-Bus interface its properties."""
_Said = Mapping[str, Mapping[str, Mapping[str, tuple[str, object]]]]


async def managed_objects(bus: Path) -> Mapping[str, Interfaces] | None:
    """Return all of ModemManager's objects; None: there is none, or it does not tell us.

    Where it does not look at the signal yet it is asked to. It may refuse, and the signal stays
    unknown.

    Raises:
        CollectorError: what was said is no D-Bus, of another form, or too much.
    """
    async with connected(bus) as connection:
        return None if connection is None else await _asked(connection)


async def _asked(connection: BusConnection) -> Mapping[str, Interfaces] | None:
    reply = await connection.call(_MANAGER, "GetManagedObjects")
    if reply.is_nobody:
        return None
    if reply.error:
        raise CollectorError(f"ModemManager: {reply.error}"[:200])
    if reply.signature != "a{oa{sa{sv}}}":
        raise CollectorError("ModemManager says what are no objects")
    objects = {path: _plain(one) for path, one in cast(_Said, reply.body[0]).items()}
    for path, one in objects.items():
        if one.get(SIGNAL, {}).get("Rate") == 0:
            await connection.call(Called(SERVICE, path, SIGNAL), "Setup", "u", (SIGNAL_EVERY_S,))
    return objects


def _plain(said: Mapping[str, Mapping[str, tuple[str, object]]]) -> Interfaces:
    """Return properties without their variants' types."""
    return {
        name: {key: _value(value) for key, (_, value) in properties.items()}
        for name, properties in said.items()
    }


def _value(value: object) -> object:
    """Return a dictionary of variants as one of values, all else as it is."""
    if not isinstance(value, dict):
        return value
    return {
        key: one[1] if isinstance(one, tuple) and len(one) == 2 else one
        for key, one in value.items()
    }
