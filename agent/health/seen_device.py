"""From polls of a device to what is reported of it: rates, and no more than there is room for.

What ports counted of errors and drops is told where it is any; of most ports it is none, and takes
no byte.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import msgspec
from msgspec import UNSET, UnsetType

from contracts.devices import (
    Faults,
    PoeCondition,
    SeenDevice,
    SeenInterface,
    SeenNeighbour,
    SeenPoe,
    SeenSensor,
    SeenUps,
    SnmpBody,
)
from monitoring.collectors.snmp.fault_counts import Counted, FaultCounts, has_run_on
from monitoring.collectors.snmp.rates import rates
from monitoring.collectors.snmp.report import DeviceReport, PoePort, PolledInterface, UpsState

MAX_BODY_BYTES = 40 * 1024
MOST_ROWS = 64
MOST_FRAMES = 10**12
FAULTS: tuple[Faults, ...] = ("errors", "drops")
TOLD_POWER = ("delivering", "fault")
MAX_TEXT, MAX_SENTENCE, MAX_SENTENCES = 80, 200, 5
SHORT_TEXT, SHORT_SENTENCE = 24, 80
# Rows, and characters of a text and of a sentence. By the last step all devices fit, whatever
# they say: what is left of each is under a kilobyte.
_STEPS = (
    *((rows, MAX_TEXT, MAX_SENTENCE) for rows in (32, 16, 8, 4, 2)),
    (2, SHORT_TEXT, SHORT_SENTENCE),
    (0, SHORT_TEXT, SHORT_SENTENCE),
)
_Powered = TypeVar("_Powered", PoePort, SeenPoe)
_encoder = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True)
class Polled:
    """One poll. `read_s` (monotonic): when it was."""

    report: DeviceReport
    read_s: float


def seen(
    head: SeenDevice,
    now: Polled,
    before: Polled | None,
    *,
    answered_at: datetime,
    counts: FaultCounts | None = None,
) -> SeenDevice:
    """Return what is said of a device that has answered.

    Args:
        head: whom, when and by which list it was asked.
        counts: what its ports counted since that was told.
    """
    report = now.report
    since = before if before is not None and has_run_on(before.report, report) else None
    known = {row.index: row for row in since.report.interfaces} if since else {}
    span_s = now.read_s - since.read_s if since else 0.0
    faults = counts.counted if counts else {}
    uncounted = _uncounted(faults)
    ports = [
        _interface(row, known.get(row.index), span_s, faults.get(row.index), uncounted)
        for row in report.interfaces
    ]
    return msgspec.structs.replace(
        head,
        answer="answers",
        answered_at=answered_at,
        name=_text(report.sys_name),
        description=_text(report.sys_descr),
        uptime_s=report.uptime_s,
        interfaces_total=len(ports),
        interfaces_up=sum(one.is_up is True for one in ports),
        interfaces=tuple(_first(ports, MOST_ROWS)),
        ups=_ups(report.ups),
        neighbours=tuple(
            SeenNeighbour(
                local_port=_text(one.local_port), name=_text(one.sys_name), port=_text(one.port_id)
            )
            for one in report.neighbours[:32]
        ),
        sensors=tuple(
            SeenSensor(name=_text(one.name) or "", kind=one.kind, unit=one.unit, value=one.value)
            for one in report.sensors[:32]
        ),
        counted_s=round(counts.span_s) if counts and len(uncounted) < len(FAULTS) else UNSET,
        uncounted=uncounted if len(uncounted) < len(FAULTS) else (),
        poe=tuple(map(_poe, _first_poe(report.poe, MOST_ROWS))),
        problems=tuple(_cut(one, MAX_SENTENCE) for one in report.problems[:MAX_SENTENCES]),
        problems_total=len(report.problems),
    )


def without_counts(device: SeenDevice) -> SeenDevice:
    """Return a device as it is told of once more: what its ports counted was told."""
    if device.counted_s is UNSET:
        return device
    ports = tuple(
        msgspec.structs.replace(one, errors=UNSET, drops=UNSET) for one in device.interfaces
    )
    return msgspec.structs.replace(device, counted_s=UNSET, uncounted=(), interfaces=ports)


def body_of(devices: Iterable[SeenDevice], *, is_metered: bool) -> SnmpBody:
    """Return the report of all devices: fewer rows, then shorter texts, until there is room.

    Args:
        is_metered: ports that give no power, because nothing hangs there, take no byte either.
    """
    shown = tuple(_without_idle(one) if is_metered else one for one in devices)
    body = SnmpBody(devices=shown)
    for rows, text, sentence in _STEPS:
        if len(_encoder.encode(body)) <= MAX_BODY_BYTES:
            break
        body = SnmpBody(devices=tuple(_shortened(one, rows, text, sentence) for one in shown))
    return body


def is_on_battery(device: SeenDevice) -> bool:
    """Say whether it is a power supply that the mains have left."""
    return device.ups is not None and device.ups.on_battery is True


def urgent(device: SeenDevice) -> object:
    """Return what is reported at once where it is another than before."""
    return device.answer, device.asked_total, is_on_battery(device)


def signature(device: SeenDevice) -> object:
    """Return what is news besides, when the pause between two reports is over; rates are not."""
    ups = (device.ups.on_battery, device.ups.replace_battery) if device.ups else None
    # Of a large device others are shown where others have errors: that is no news.
    is_whole = len(device.interfaces) == device.interfaces_total
    ports = {one.index: one.is_up for one in device.interfaces} if is_whole else {}
    power = {one.port: one.state for one in device.poe if one.state in TOLD_POWER}
    return ups, device.interfaces_up, ports, power


def _uncounted(faults: Mapping[int, Counted]) -> tuple[Faults, ...]:
    """Return what is known of none of the ports."""
    return tuple(
        what for what in FAULTS if all(getattr(one, what) is None for one in faults.values())
    )


def _interface(
    row: PolledInterface,
    before: PolledInterface | None,
    span_s: float,
    counted: Counted | None,
    uncounted: Sequence[Faults],
) -> SeenInterface:
    in_bps, out_bps = rates(before, row, span_s=span_s)

    def told(what: Faults, count: int | None) -> int | UnsetType | None:
        is_nothing = count == 0 or what in uncounted
        return UNSET if is_nothing else count and min(count, MOST_FRAMES)

    faults = counted or Counted()
    return SeenInterface(
        index=row.index,
        name=_text(row.name),
        alias=_text(row.alias) or None,
        speed_bps=row.speed_bps,
        is_up=row.is_up,
        in_bps=in_bps,
        out_bps=out_bps,
        errors=told("errors", faults.errors),
        drops=told("drops", faults.drops),
    )


def _first(ports: list[SeenInterface], most: int) -> list[SeenInterface]:
    """Return as many as there is room for: those with errors, that are up, then by number."""

    def rank(one: SeenInterface) -> tuple[bool, bool, int]:
        return not (isinstance(one.errors, int) and one.errors), one.is_up is not True, one.index

    chosen = sorted(ports, key=rank)[:most]
    return sorted(chosen, key=lambda one: one.index)


def _first_poe(ports: Sequence[_Powered], most: int) -> list[_Powered]:
    """Return as many as there is room for: faults, those that give power, then the others."""
    rank = {"fault": 0, "other_fault": 0, "delivering": 1}
    chosen = sorted(range(len(ports)), key=lambda place: rank.get(ports[place].state, 2))[:most]
    return [ports[place] for place in sorted(chosen)]


def _poe(port: PoePort) -> SeenPoe:
    state: PoeCondition = "fault" if port.state == "other_fault" else port.state
    return SeenPoe(
        port=_text(port.port) or "",
        index=port.index,
        state=state,
        power_class=port.power_class,
        power_w=port.power_w,
    )


def _without_idle(device: SeenDevice) -> SeenDevice:
    poe = tuple(one for one in device.poe if one.state in TOLD_POWER)
    return msgspec.structs.replace(device, poe=poe) if device.poe else device


def _shortened(device: SeenDevice, rows: int, text: int, sentence: int) -> SeenDevice:
    return msgspec.structs.replace(
        device,
        name=_short(device.name, text),
        description=_short(device.description, text),
        interfaces=tuple(
            msgspec.structs.replace(one, name=_short(one.name, text), alias=_short(one.alias, text))
            for one in _first(list(device.interfaces), rows)
        ),
        neighbours=tuple(
            SeenNeighbour(
                local_port=_short(one.local_port, text),
                name=_short(one.name, text),
                port=_short(one.port, text),
            )
            for one in device.neighbours[: rows // 2]
        ),
        sensors=tuple(
            msgspec.structs.replace(one, name=one.name[:text])
            for one in device.sensors[: rows // 2]
        ),
        poe=tuple(
            msgspec.structs.replace(one, port=one.port[:text])
            for one in _first_poe(device.poe, rows)
        ),
        problems=tuple(one[:sentence] for one in device.problems[: min(MAX_SENTENCES, rows)]),
    )


def _short(text: str | None, most: int) -> str | None:
    return text and text[:most]


def _ups(state: UpsState | None) -> SeenUps | None:
    if state is None:
        return None
    return SeenUps(
        charge_percent=state.charge_percent,
        runtime_s=state.runtime_s,
        load_percent=state.load_percent,
        on_battery=state.on_battery,
        replace_battery=state.replace_battery,
    )


def _text(text: str | None) -> str | None:
    return None if text is None else _cut(" ".join(text.split()), MAX_TEXT)


def _cut(text: str, most: int) -> str:
    return text.replace("\0", "")[:most]
