"""What is wrong at a point, judged from its last reports and its presence.

Pure rules over values. A point that is up with a serious problem is shown as
degraded; what is merely worth knowing changes no state. What can be said, and from where
on, is in problem.py; texts are in health_texts.py.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from contracts.clock_error import is_clock_known
from contracts.reports import (
    DiskSection,
    HealthBody,
    HostSection,
    InterfaceFacts,
    InterfaceRate,
    InventoryBody,
    Report,
)
from monitoring.judgement.battery import BatteryAsk, ReplacedBattery, battery_problems
from monitoring.judgement.contract_problems import LineSold, contract_problems
from monitoring.judgement.lan import lan_problems
from monitoring.judgement.machine import machine_problems
from monitoring.judgement.mains import SupplyWord, mains_problems
from monitoring.judgement.ports import PortErrors, port_problems
from monitoring.judgement.presence import PresenceState
from monitoring.judgement.problem import Argument, Problem, ProblemKey, Severity, Thresholds
from monitoring.judgement.uplink import uplink_problems
from monitoring.judgement.way_out import left_way, way_of


@dataclass(frozen=True, slots=True)
class LineWindow:
    """The line over the last minutes; one report alone has too few probes for a loss.

    `loss_up_ratio`, `loss_down_ratio`: the parts of the loss, where it is known which way.
    """

    probes_sent: int = 0
    probes_received: int = 0
    rtt_ms: float | None = None
    jitter_ms: float | None = None
    loss_up_ratio: float | None = None
    loss_down_ratio: float | None = None

    @property
    def loss_ratio(self) -> float | None:
        """Lost of sent; None: nothing was sent."""
        if not self.probes_sent:
            return None
        return max(0.0, (self.probes_sent - self.probes_received) / self.probes_sent)


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a judgement rests on.

    `health` has the newest of each section. `twins_since`: two machines use the point's name.
    `sold`: the line beside its contract.
    `refused`: desired documents that it could not take over, and what it says of each.
    `supplies`: what its power supplies said of late; `battery_asks`: those that ask for another
    battery, `replaced`: which were, as people said. `earlier_ways`: the interfaces that led out
    before, the likeliest first. `ports`: those of its switches that damaged frames of late;
    `ports_before`: those of which that was a problem until now.
    """

    state: PresenceState
    since: datetime | None
    health: Report | None = None
    inventory: InventoryBody | None = None
    line: LineWindow = field(default_factory=LineWindow)
    twins_since: datetime | None = None
    refused: Mapping[str, str] = field(default_factory=dict)
    sold: LineSold = field(default_factory=LineSold)
    supplies: tuple[SupplyWord, ...] = ()
    battery_asks: tuple[BatteryAsk, ...] = ()
    replaced: tuple[ReplacedBattery, ...] = ()
    earlier_ways: tuple[str, ...] = ()
    ports: tuple[PortErrors, ...] = ()
    ports_without_power: Mapping[str, str] = field(default_factory=dict)
    ports_before: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Judgement:
    """The state to show, since when, and what is wrong, worst first."""

    state: PresenceState
    since: datetime | None
    problems: tuple[Problem, ...] = ()


def problems_of(facts: Facts, limits: Thresholds) -> tuple[Problem, ...]:
    """Return what is wrong with a point, worst first. Where it was not heard nothing is known."""
    if facts.state is PresenceState.DOWN:
        return (_said(ProblemKey.SILENT, facts.since),)
    if facts.state is PresenceState.DEGRADED:
        return (_said(ProblemKey.REPORTS_SILENT, facts.since),)
    if facts.state is not PresenceState.UP:
        return ()
    return _sorted(_problems(facts, limits))


def standing(
    state: PresenceState | None,
    since: datetime | None,
    problems: Iterable[Problem],
    *,
    is_centre_listening: bool,
) -> Judgement:
    """Return what to show of a point, by its presence and what was judged to be wrong.

    Args:
        state: None: the point was never heard.
    """
    if state is None:
        return _unknown(since, ProblemKey.NEVER_HEARD)
    if not is_centre_listening or state is PresenceState.UNKNOWN:
        return _unknown(since, ProblemKey.CENTRE_BLIND)
    ordered = _sorted(problems)
    is_serious = any(problem.severity is Severity.SERIOUS for problem in ordered)
    if state is PresenceState.UP and is_serious:
        state = PresenceState.DEGRADED
    return Judgement(state, since, ordered)


def _unknown(since: datetime | None, key: ProblemKey) -> Judgement:
    return Judgement(PresenceState.UNKNOWN, since, (_said(key, since),))


def _said(key: ProblemKey, since: datetime | None) -> Problem:
    arguments: dict[str, Argument] = {} if since is None else {"since": since}
    return Problem(key, Severity.SERIOUS, arguments)


_RANK = {key: rank for rank, key in enumerate(ProblemKey)}


def _sorted(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(problems, key=lambda p: (p.severity is not Severity.SERIOUS, _RANK[p.key])))


def _problems(facts: Facts, limits: Thresholds) -> Iterator[Problem]:
    if facts.twins_since is not None:
        yield Problem(ProblemKey.TWINS, Severity.SERIOUS, {"since": facts.twins_since})
    for document, said in sorted(facts.refused.items()):
        refusal = {"name": document, "problem": said}
        yield Problem(ProblemKey.DOCUMENT_REFUSED, Severity.SERIOUS, refusal)
    yield from mains_problems(facts.supplies)
    yield from battery_problems(facts.battery_asks, facts.replaced)
    yield from port_problems(facts.ports, facts.ports_without_power, facts.ports_before, limits)
    report = facts.health
    if report is None or not isinstance(report.body, HealthBody):
        return
    if left := left_way(way := way_of(report.body), facts.earlier_ways):
        yield Problem(ProblemKey.FAILED_OVER, Severity.SERIOUS, {"name": left, "through": way})
    else:
        yield from contract_problems(facts.sold, limits)
    yield from figure_problems(report.body, facts.line, limits)
    yield from _interface_problems(report.body, facts, limits)
    yield from lan_problems(report.body, limits)
    yield from uplink_problems(report.body, limits)
    if not is_clock_known(report.clock):
        yield Problem(ProblemKey.CLOCK_UNKNOWN, Severity.SERIOUS)
    for failure in report.body.failures:
        arguments = {"collector": failure.collector, "error": failure.error}
        yield Problem(ProblemKey.COLLECTOR_FAILED, Severity.MINOR, arguments)


def figure_problems(body: HealthBody, line: LineWindow, limits: Thresholds) -> Iterator[Problem]:
    """Give what the line's and the machine's own figures say, in no order."""
    yield from _line_problems(body, line, limits)
    yield from _device_problems(body, limits)


def _line_problems(body: HealthBody, line: LineWindow, limits: Thresholds) -> Iterator[Problem]:
    gateway, link = body.gateway, body.line
    is_centre_reached = link is not None and link.received > 0
    # Many a router answers no ping and forwards all the same: then nothing is wrong.
    is_silent = gateway is not None and gateway.rtt_ms is None and not is_centre_reached
    if gateway is not None and gateway.address is not None and is_silent:
        arguments = {"address": gateway.address}
        yield Problem(ProblemKey.GATEWAY_SILENT, Severity.SERIOUS, arguments)
    if link is not None and link.sent and not link.received and not line.probes_received:
        yield Problem(ProblemKey.CENTRE_UNREACHED, Severity.SERIOUS)
        return
    loss_ratio = line.loss_ratio
    has_enough = line.probes_sent >= limits.loss_min_probes
    if loss_ratio is not None and has_enough and loss_ratio > limits.loss_ratio:
        lost = {"percent": round(100 * loss_ratio, 1), **_lost_ways(line, limits)}
        yield Problem(ProblemKey.LOSS, Severity.SERIOUS, lost)
    if line.rtt_ms is not None and line.rtt_ms > limits.rtt_ms:
        yield Problem(ProblemKey.SLOW, Severity.SERIOUS, {"rtt_ms": round(line.rtt_ms)})
    if line.jitter_ms is not None and line.jitter_ms > limits.jitter_ms:
        yield Problem(ProblemKey.JITTER, Severity.MINOR, {"jitter_ms": round(line.jitter_ms)})
    # Pictures and reports go on: what we send is small. What others send may be larger.
    above_bytes = link.figures.get("swallowed_above_bytes") if link is not None else None
    if above_bytes is not None:
        yield Problem(ProblemKey.SWALLOWS_LARGE, Severity.MINOR, {"above_bytes": int(above_bytes)})


def _lost_ways(line: LineWindow, limits: Thresholds) -> dict[str, float]:
    """Return the directions that lose enough to be named."""
    ways = {"up_percent": line.loss_up_ratio, "down_percent": line.loss_down_ratio}
    return {
        name: round(100 * ratio, 1)
        for name, ratio in ways.items()
        if ratio is not None and ratio >= limits.loss_way_ratio
    }


def _interface_problems(body: HealthBody, facts: Facts, limits: Thresholds) -> Iterator[Problem]:
    known = {f.name: f for f in facts.inventory.interfaces} if facts.inventory else {}
    for interface in body.interfaces.rates if body.interfaces else ():
        if _has_frame_errors(interface, limits):
            ratio = interface.recent_errors / max(1, interface.recent_packets)
            arguments: dict[str, Argument] = {
                "name": interface.name,
                "percent": round(100 * min(1.0, ratio), 1),
            }
            yield Problem(ProblemKey.INTERFACE_ERRORS, Severity.SERIOUS, arguments)
        about = known.get(interface.name)
        if about is not None and about.is_uplink:
            yield from _uplink_problems(interface, about, limits)


def _has_frame_errors(interface: InterfaceRate, limits: Thresholds) -> bool:
    """A tunnel's errors are nobody's trouble, and a few of millions are no broken cable."""
    return (
        interface.kind == "physical"
        and interface.recent_errors >= limits.frame_errors_min
        and interface.recent_errors > limits.frame_error_ratio * interface.recent_packets
    )


def _uplink_problems(
    interface: InterfaceRate, about: InterfaceFacts, limits: Thresholds
) -> Iterator[Problem]:
    if not interface.has_carrier:
        yield Problem(ProblemKey.NO_CARRIER, Severity.SERIOUS, {"name": about.name})
        return
    if about.duplex == "half":
        yield Problem(ProblemKey.HALF_DUPLEX, Severity.SERIOUS, {"name": about.name})
    if about.speed_bps is not None and 0 < about.speed_bps <= limits.slow_bps:
        arguments: dict[str, Argument] = {
            "name": about.name,
            "mbps": round(about.speed_bps / 1e6),
        }
        yield Problem(ProblemKey.SLOW_INTERFACE, Severity.SERIOUS, arguments)


def _device_problems(body: HealthBody, limits: Thresholds) -> Iterator[Problem]:
    host, disk = body.host or HostSection(), body.disk or DiskSection()
    if body.room is not None and body.room.media == "stuck":
        yield Problem(ProblemKey.MEDIA_STUCK, Severity.SERIOUS)
    devices = body.devices
    if devices is not None and devices.held and devices.unwanted_s >= HELD_FOR_S:
        first = devices.held[0]
        arguments = {"device": first.device, "holder": first.holder or "?"}
        yield Problem(ProblemKey.DEVICE_OPEN, Severity.SERIOUS, arguments)
    measured = (
        (ProblemKey.DISK_FULL, Severity.SERIOUS, disk.disk_ratio, limits.disk_ratio),
        (ProblemKey.INODES_FULL, Severity.SERIOUS, disk.inode_ratio, limits.inode_ratio),
        (ProblemKey.MEMORY_FULL, Severity.SERIOUS, host.memory_ratio, limits.memory_ratio),
        (ProblemKey.PROCESSOR_BUSY, Severity.MINOR, host.cpu_ratio, limits.cpu_ratio),
    )
    for key, severity, ratio, limit in measured:
        if ratio is not None and ratio > limit:
            yield Problem(key, severity, {"percent": round(100 * ratio)})
    yield from machine_problems(body, limits)
    if host.temperature_c is not None and host.temperature_c > limits.temperature_c:
        yield Problem(ProblemKey.HOT, Severity.MINOR, {"celsius": round(host.temperature_c)})


HELD_FOR_S = 10
"""Sound servers keep a card open for some seconds after the last that recorded."""
RECENT = timedelta(minutes=10)
"""Over how long the line's window is looked at."""
