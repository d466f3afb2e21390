"""Asks NUT's upsd on this machine: one connection for all that it has, bounded in time and size."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from monitoring.collectors import nut
from monitoring.collectors.snmp.report import DeviceReport
from monitoring.errors import DeviceSilent, DeviceUnreadable

HOST = "127.0.0.1"
LIMIT_S = 3.0
MAX_LINE_BYTES = 1024
MAX_LINES = 400


@dataclass(frozen=True, slots=True)
class NutSupply:
    """One supply. `report` None: upsd is there, its driver or the supply itself is not."""

    name: str
    report: DeviceReport | None


async def supplies(port: int, *, most: int, limit_s: float = LIMIT_S) -> list[NutSupply]:
    """Return the first supplies of upsd, in its own order.

    Raises:
        DeviceSilent: nobody answers there, or not in time.
        DeviceUnreadable: what answers is no upsd.
    """
    try:
        async with asyncio.timeout(limit_s), _connected(port) as asked:
            listed = [_read(nut.supply_of(line)) for line in await asked.lines("UPS") or ()]
            return [await _supply(asked, *one) for one in listed[:most]]
    except asyncio.LimitOverrunError as exc:
        raise DeviceUnreadable(HOST, "upsd") from exc
    except (OSError, EOFError) as exc:  # TimeoutError is an OSError
        raise DeviceSilent(HOST, port, isinstance(exc, TimeoutError), way="tcp") from exc


@dataclass(frozen=True, slots=True)
class _Upsd:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def lines(self, what: str) -> list[str] | None:
        """Return the lines of a list; None: upsd has no contact with what is asked for.

        Raises:
            DeviceUnreadable: the answer is no such list, or longer than one can be.
        """
        self.writer.write(f"LIST {what}\n".encode("ascii"))
        first = await self._line()
        if nut.error_of(first) in nut.AWAY:
            return None
        found: list[str] = []
        if first != f"BEGIN LIST {what}":
            raise DeviceUnreadable(HOST, "upsd")
        while (line := await self._line()) != f"END LIST {what}":
            found.append(line)
            if len(found) > MAX_LINES:
                raise DeviceUnreadable(HOST, "upsd")
        return found

    async def _line(self) -> str:
        line = await self.reader.readuntil(b"\n")
        return line.decode("utf-8", "replace").rstrip("\r\n")


@asynccontextmanager
async def _connected(port: int) -> AsyncIterator[_Upsd]:
    reader, writer = await asyncio.open_connection(HOST, port, limit=MAX_LINE_BYTES)
    try:
        yield _Upsd(reader, writer)
    finally:
        writer.close()


async def _supply(asked: _Upsd, name: str, description: str) -> NutSupply:
    lines = await asked.lines(f"VAR {name}")
    if lines is None:
        return NutSupply(name, None)
    said = [_read(nut.variable_of(line, name)) for line in lines]
    return NutSupply(name, nut.report_of(name, description, said))


def _read(found: tuple[str, str] | None) -> tuple[str, str]:
    if found is None:
        raise DeviceUnreadable(HOST, "upsd")
    return found
