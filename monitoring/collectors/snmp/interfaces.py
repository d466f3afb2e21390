"""Interfaces by IF-MIB (RFC 2863): rows as they are there, 64-bit counters before 32-bit ones.

Rows are counted, never numbered: ifNumber is missing or wrong on many devices, and an index may
be any number. Columns that only matter where another has no answer are asked only then.
"""

from collections.abc import Iterable, Mapping

from monitoring.collectors.snmp.findings import MAX_U32, MAX_U64, Findings
from monitoring.collectors.snmp.reader import RawValue, SnmpReader
from monitoring.collectors.snmp.report import PolledInterface

IF_NUMBER = "1.3.6.1.2.1.2.1.0"
_TABLE, _MORE = "1.3.6.1.2.1.2.2.1", "1.3.6.1.2.1.31.1.1.1"
COLUMNS = {
    "ifDescr": f"{_TABLE}.2",
    "ifSpeed": f"{_TABLE}.5",
    "ifOperStatus": f"{_TABLE}.8",
    "ifInOctets": f"{_TABLE}.10",
    "ifOutOctets": f"{_TABLE}.16",
    "ifInDiscards": f"{_TABLE}.13",
    "ifInErrors": f"{_TABLE}.14",
    "ifOutDiscards": f"{_TABLE}.19",
    "ifOutErrors": f"{_TABLE}.20",
    "ifName": f"{_MORE}.1",
    "ifHCInOctets": f"{_MORE}.6",
    "ifHCOutOctets": f"{_MORE}.10",
    "ifHighSpeed": f"{_MORE}.15",
    "ifAlias": f"{_MORE}.18",
}
ALWAYS = ("ifOperStatus", "ifName", "ifHighSpeed", "ifHCInOctets", "ifHCOutOctets", "ifAlias")
FAULTS = ("ifInErrors", "ifOutErrors", "ifInDiscards", "ifOutDiscards")

MAX_INDEX = 2**31 - 1
MBPS = 1_000_000
MAX_MBPS = 10_000_000  # 10 Tbit/s: more is a maker's bits where megabits belong
UP, UNKNOWN_STATE, MAX_STATE = 1, 4, 7
POLL_INTERVAL_S = 60.0
# A counter that a full line of this speed (a stated one may be lower than the real one) would not
# have reached in twenty years is none.
PLAUSIBLE_BPS, PLAUSIBLE_S = 1_000_000_000, 20 * 365 * 86_400
FASTEST_BPS = 100_000_000_000
MOST_OCTETS = FASTEST_BPS // 8 * PLAUSIBLE_S

OCTET_BITS = 8

BAD_INDEX = "không phải chỉ số cổng / is no interface's index"
SATURATED = "bão hòa, không rõ tốc độ / saturated: the speed is above 4.29 Gbit/s and not known"
ZERO_SPEED = (
    "cổng đang hoạt động mà tốc độ là 0, coi là không rõ / up at a speed of 0: taken as unknown"
)
ZERO_64 = (
    "bộ đếm 64 bit đứng ở 0, lấy 32 bit / the 64-bit counter stands at 0; the 32-bit one is taken"
)
NO_OCTETS = "không có bộ đếm byte / no counters of octets"
WRAPS = (
    "bộ đếm 32 bit quay vòng nhanh hơn chu kỳ hỏi, không tính được lưu lượng / "
    "the 32-bit counter wraps faster than it is read: no rate can be told"
)

Columns = Mapping[str, Mapping[int, RawValue]]


async def read_interfaces(
    reader: SnmpReader, findings: Findings, *, counts_faults: bool = True
) -> list[PolledInterface]:
    """Ask for the interfaces."""
    said = {name: await _column(reader, findings, name) for name in ALWAYS}
    for name in further(said):
        said[name] = await _column(reader, findings, name)
    for name in FAULTS if counts_faults else ():
        said[name] = await _column(reader, findings, name)
        if not said[name]:
            break  # who counts no errors received counts none of these
    stated = (await reader.scalars((IF_NUMBER,))).get(IF_NUMBER)
    return interface_rows(said, stated, findings)


def further(said: Columns) -> list[str]:
    """Return which columns are needed besides those that are always asked for."""
    rows = {row for column in said.values() for row in column}
    needed = ["ifDescr"] if not rows or any(not said["ifName"].get(row) for row in rows) else []
    if not rows or any(not _is_speed(said["ifHighSpeed"].get(row)) for row in rows):
        needed.append("ifSpeed")
    wide = (said["ifHCInOctets"], said["ifHCOutOctets"])
    if not rows or any(_is_idle(row, wide, said["ifOperStatus"]) for row in rows):
        needed += ["ifInOctets", "ifOutOctets"]
    return needed


def _is_speed(raw: RawValue | None) -> bool:
    return isinstance(raw, int) and 0 < raw <= MAX_MBPS


def _is_idle(
    row: int, wide: Iterable[Mapping[int, RawValue]], state: Mapping[int, RawValue]
) -> bool:
    """Say whether the 64-bit counters of a row give too little to do without the others."""
    raws = [column.get(row) for column in wide]
    if not all(isinstance(raw, int) and 0 <= raw <= MOST_OCTETS for raw in raws):
        return True
    return raws == [0, 0] and state.get(row) == UP


async def _column(reader: SnmpReader, findings: Findings, name: str) -> dict[int, RawValue]:
    oid = COLUMNS[name]
    rows: dict[int, RawValue] = {}
    for rest, raw in findings.column(await reader.column(oid), name, oid).items():
        if rest.isdigit() and 0 < int(rest) <= MAX_INDEX:
            rows[int(rest)] = raw
        else:
            findings.doubt(name, oid, BAD_INDEX, row=rest)
    return rows


def interface_rows(
    said: Columns, stated: RawValue | None, findings: Findings
) -> list[PolledInterface]:
    """Return one row for each index that any column knows."""
    indices = sorted({row for column in said.values() for row in column})
    number = findings.whole(stated, "ifNumber", IF_NUMBER, most=MAX_INDEX)
    if number is not None and number != len(indices):
        findings.say(
            f"ifNumber ({IF_NUMBER}) = {number}: có {len(indices)} hàng, lấy số hàng / "
            f"{len(indices)} rows came; they are counted"
        )
    return [_Row(said, index, findings).told() for index in indices]


class _Row:
    """One interface's values and what is believed of them."""

    def __init__(self, said: Columns, index: int, findings: Findings) -> None:
        self._said = said
        self._index = index
        self._findings = findings

    def told(self) -> PolledInterface:
        is_up = self._is_up()
        speed_bps = self._speed_bps(is_up=is_up)
        received, sent, counter_bits = self._octets(speed_bps)
        if counter_bits == 32 and (not speed_bps or _wrap_s(speed_bps) < POLL_INTERVAL_S):
            came = "?" if speed_bps is None else f"{speed_bps} bit/s"
            if is_up and (speed_bps is not None or self._is_saturated()):
                self._doubt("ifInOctets", WRAPS, came)
        return PolledInterface(
            index=self._index,
            name=self._text("ifName") or self._text("ifDescr"),
            alias=self._text("ifAlias"),
            speed_bps=speed_bps,
            is_up=is_up,
            in_octets=received,
            out_octets=sent,
            counter_bits=counter_bits,
            in_errors=self._whole("ifInErrors", most=MAX_U32),
            out_errors=self._whole("ifOutErrors", most=MAX_U32),
            in_drops=self._whole("ifInDiscards", most=MAX_U32),
            out_drops=self._whole("ifOutDiscards", most=MAX_U32),
        )

    def _raw(self, name: str) -> RawValue | None:
        return self._said.get(name, {}).get(self._index)

    def _whole(
        self, name: str, *, least: int = 0, most: int, unknown: tuple[int, ...] = ()
    ) -> int | None:
        return self._findings.whole(
            self._raw(name), name, COLUMNS[name],
            row=str(self._index), least=least, most=most, unknown=unknown,
        )  # fmt: skip

    def _text(self, name: str) -> str | None:
        return self._findings.text(self._raw(name), name, COLUMNS[name], row=str(self._index))

    def _doubt(self, name: str, reason: str, came: object = "") -> None:
        self._findings.doubt(name, COLUMNS[name], reason, row=str(self._index), came=came)

    def _is_up(self) -> bool | None:
        state = self._whole("ifOperStatus", least=UP, most=MAX_STATE)
        return None if state in (None, UNKNOWN_STATE) else state == UP

    def _is_saturated(self) -> bool:
        return self._raw("ifSpeed") == MAX_U32

    def _speed_bps(self, *, is_up: bool | None) -> int | None:
        mbps = self._whole("ifHighSpeed", most=MAX_MBPS)
        if mbps:
            return mbps * MBPS
        if self._is_saturated():
            self._doubt("ifSpeed", SATURATED, MAX_U32)
            return None
        bps = self._whole("ifSpeed", most=MAX_U32)
        if bps:
            return bps
        if is_up and 0 in (mbps, bps):
            self._doubt("ifHighSpeed" if mbps == 0 else "ifSpeed", ZERO_SPEED)
        return None

    def _octets(self, speed_bps: int | None) -> tuple[int | None, int | None, int | None]:
        """Return octets received and sent, and how many bits count them: both alike."""
        bps = FASTEST_BPS if speed_bps is None else max(speed_bps, PLAUSIBLE_BPS)
        most = min(MAX_U64, bps // 8 * PLAUSIBLE_S)
        wide = [self._counter(name, most) for name in ("ifHCInOctets", "ifHCOutOctets")]
        narrow = [self._counter(name, MAX_U32) for name in ("ifInOctets", "ifOutOctets")]
        if wide == [0, 0] and any(narrow):
            self._doubt("ifHCInOctets", ZERO_64)
            return narrow[0], narrow[1], 32
        # A whole pair before half of one: 32 bits of both tell more than 64 of one.
        for is_enough in (all, any):
            for pair, counter_bits in ((wide, 64), (narrow, 32)):
                if is_enough(value is not None for value in pair):
                    return pair[0], pair[1], counter_bits
        if all(self._raw(name) is None for name in ("ifHCInOctets", "ifInOctets")):
            self._doubt("ifHCInOctets", NO_OCTETS)
        return None, None, None

    def _counter(self, name: str, most: int) -> int | None:
        return self._whole(name, most=most, unknown=(MAX_U32 if most == MAX_U32 else MAX_U64,))


def _wrap_s(speed_bps: int) -> float:
    """Return how long a 32-bit counter lasts on a full interface (34 s at 1 Gbit/s)."""
    return 2**32 * OCTET_BITS / speed_bps
