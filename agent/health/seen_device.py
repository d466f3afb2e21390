"""From polls of a device to what is reported of it: rates, and no more than there is room for."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import msgspec

from contracts.devices import (
    SeenDevice,
    SeenInterface,
    SeenNeighbour,
    SeenSensor,
    SeenUps,
    SnmpBody,
)
from monitoring.collectors.snmp.rates import rates
from monitoring.collectors.snmp.report import DeviceReport, PolledInterface, UpsState

MAX_BODY_BYTES = 40 * 1024
MOST_ROWS = 64
MAX_TEXT, MAX_SENTENCE, MAX_SENTENCES = 80, 200, 5
SHORT_TEXT, SHORT_SENTENCE = 24, 80
# Rows, and characters of a text and of a sentence. By the last step all devices fit, whatever
# they say: what is left of each is under a kilobyte.
_STEPS = (
    *((rows, MAX_TEXT, MAX_SENTENCE) for rows in (32, 16, 8, 4, 2)),
    (2, SHORT_TEXT, SHORT_SENTENCE),
    (0, SHORT_TEXT, SHORT_SENTENCE),
)
_encoder = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True)
class Polled:
    """One poll. `read_s` (monotonic): when it was."""

    report: DeviceReport
    read_s: float


def seen(
    head: SeenDevice, now: Polled, before: Polled | None, *, answered_at: datetime
) -> SeenDevice:
    """Return what is said of a device that has answered.

    Args:
        head: whom, when and by which list it was asked.
    """
    report = now.report
    since = before if before is not None and _is_same_run(before, now) else None
    known = {row.index: row for row in since.report.interfaces} if since else {}
    span_s = now.read_s - since.read_s if since else 0.0
    ports = [_interface(row, known.get(row.index), span_s) for row in report.interfaces]
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
        problems=tuple(_cut(one, MAX_SENTENCE) for one in report.problems[:MAX_SENTENCES]),
        problems_total=len(report.problems),
    )


def body_of(devices: Iterable[SeenDevice]) -> SnmpBody:
    """Return the report of all devices: fewer rows, then shorter texts, until there is room."""
    shown = tuple(devices)
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
    ports = {one.index: one.is_up for one in device.interfaces}
    return ups, device.interfaces_up, ports


def _is_same_run(before: Polled, now: Polled) -> bool:
    """Say whether the device has run on: counters of two runs are not to be compared."""
    then_s, now_s = before.report.uptime_s, now.report.uptime_s
    return then_s is not None and now_s is not None and now_s >= then_s


def _interface(
    row: PolledInterface, before: PolledInterface | None, span_s: float
) -> SeenInterface:
    in_bps, out_bps = rates(before, row, span_s=span_s)
    return SeenInterface(
        index=row.index,
        name=_text(row.name),
        alias=_text(row.alias) or None,
        speed_bps=row.speed_bps,
        is_up=row.is_up,
        in_bps=in_bps,
        out_bps=out_bps,
    )


def _first(ports: list[SeenInterface], most: int) -> list[SeenInterface]:
    """Return as many as there is room for: those that are up first, then by number."""
    chosen = sorted(ports, key=lambda one: (one.is_up is not True, one.index))[:most]
    return sorted(chosen, key=lambda one: one.index)


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
