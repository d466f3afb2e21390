"""The faults that are made for real at a point, and what is expected of each, before anything runs.

`part` is what breaks: two faults of different parts can be there at once (outage_pairs.py).
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

from monitoring.judgement.outage_cause import OutageCause as Cause
from monitoring.judgement.problem import ProblemKey
from tests.lab.outage_bench import Bench


class Part(IntEnum):
    """What breaks, the nearest to the machine first: of two at once that alone can be seen."""

    MACHINE = 0
    ROOM = 1
    LINE = 2
    NAMES = 3
    CENTRE = 4


@dataclass(frozen=True, slots=True)
class Fault:
    """How it is made and mended, how long it stays at least, and what is expected.

    `cause` None: no outage of the point, what the centre does not hear is unknown. `problem`:
    what is told of it while the point is up. `moves`: the point goes on by its second line.
    `is_dormant`: it does nothing to a session that stands. `blinds`: the centre hears nobody.
    `is_single`: made alone; the pairs of a seed stay those that were measured without it.
    """

    name: str
    part: Part
    cause: Cause | None
    make: Callable[[Bench], object]
    mend: Callable[[Bench], object]
    lasts_s: float = 16.0
    problem: ProblemKey | None = None
    moves: bool = False
    is_dormant: bool = False
    blinds: bool = False
    is_single: bool = False


def _machine(
    name: str,
    cause: Cause,
    make: Callable[[Bench], object],
    mend: Callable[[Bench], object],
    lasts_s: float = 16.0,
) -> Fault:
    return Fault(name, Part.MACHINE, cause, make, mend, lasts_s)


def _blocked(name: str, part: Part, cause: Cause | None, place: str, *rules: str) -> Fault:
    """A fault by rules of nft in one place: the point, its router or the centre."""
    table = name.replace(" ", "_").replace(",", "")
    return Fault(
        name,
        part,
        cause,
        lambda b: b.point.block(place, table, *(b.filled(rule) for rule in rules)),
        lambda b: b.point.unblock(place, table),
    )


def _uplink(name: str, *commands: str) -> Fault:
    """Something of the point's own way out is wrong, inside the machine."""
    return Fault(
        name,
        Part.ROOM,
        Cause.LAN,
        lambda b: b.point.spoil_uplink(name, *(b.filled(one) for one in commands)),
        lambda b: b.point.restore_uplink(name),
    )


def _moved(name: str, *commands: str, also: str = "") -> Fault:
    """The fixed line goes and what manages the machine's lines takes the second one."""

    def make(bench: Bench) -> None:
        bench.point.spoil_uplink(name, *(bench.filled(one) for one in commands))
        if also == "cable":
            bench.point.pull_cable(name)
        if also == "line":
            bench.point.block("router", "moved", *_ALL_OF_THE_LINE)
        bench.point.dial()

    def mend(bench: Bench) -> None:
        if also == "cable":
            bench.point.plug_cable(name)
        if also == "line":
            bench.point.unblock("router", "moved")
        bench.point.restore_uplink(name)
        bench.point.hang_up()

    failed_over = ProblemKey.FAILED_OVER
    return Fault(name, Part.ROOM, None, make, mend, problem=failed_over, moves=True)


def _names(name: str, how: str, *, ends_session: bool = True, is_single: bool = False) -> Fault:
    """The name server goes wrong; where the session ends as well, it cannot come back."""

    def make(bench: Bench) -> None:
        bench.resolver.become(how)
        if ends_session:
            bench.point.end_sessions(bench.broker.port)

    return Fault(
        name,
        Part.NAMES,
        Cause.DNS if ends_session else None,
        make,
        lambda b: b.resolver.become("right"),
        problem=None if ends_session else _TOLD_OF_NAMES[how],
        is_dormant=not ends_session,
        is_single=is_single,
    )


_TOLD_OF_NAMES = {
    "dead": ProblemKey.DNS_SILENT,
    "unknown": ProblemKey.DNS_WITHOUT_CENTRE,
    "refuses": ProblemKey.DNS_WITHOUT_CENTRE,
    "lies": ProblemKey.DNS_ELSEWHERE,
}
_ALL_OF_THE_LINE = ("forward oifname wan drop", "forward iifname wan drop")
_NO_DEFAULT = "route del default via {net}.2.1 dev uplink"

FAULTS: tuple[Fault, ...] = (
    # Power: nothing more leaves the machine, and it starts anew.
    _machine("power cut", Cause.POWER, Bench.power_off, Bench.power_on),
    _machine("power cut for long", Cause.POWER, Bench.power_off, Bench.power_on, 30.0),
    _machine("power cut behind a UPS", Cause.POWER, Bench.power_off_behind_ups,
             Bench.power_on_behind_ups),
    _machine("power cut with the router", Cause.POWER, Bench.power_off_with_router,
             Bench.power_on_with_router),
    _machine("plug pulled and put in again", Cause.POWER, Bench.power_off, Bench.power_on, 10.0),
    # The machine or the agent on it.
    _machine("agent killed", Cause.DEVICE, lambda b: b.point.kill("kill"),
             lambda b: b.point.switch_on("kill")),
    _machine("agent killed for long", Cause.DEVICE, lambda b: b.point.kill("kill"),
             lambda b: b.point.switch_on("kill"), 30.0),
    _machine("agent killed twice", Cause.DEVICE, Bench.kill_twice,
             lambda b: b.point.switch_on("kill")),
    _machine("agent hangs", Cause.DEVICE, lambda b: b.point.freeze(),
             lambda b: b.point.thaw(), 40.0),
    _machine("agent ended in order", Cause.PLANNED, lambda b: b.point.stop("stop"),
             lambda b: b.point.switch_on("stop")),
    _machine("agent ended in order for long", Cause.PLANNED, lambda b: b.point.stop("stop"),
             lambda b: b.point.switch_on("stop"), 30.0),
    _machine("machine shut down in order", Cause.PLANNED, lambda b: b.point.stop("stop"),
             lambda b: b.point.reboot("stop")),
    # The room's network.
    Fault("cable out", Part.ROOM, Cause.LAN, lambda b: b.point.pull_cable("cable"),
          lambda b: b.point.plug_cable("cable")),
    Fault("router gone", Part.ROOM, Cause.LAN, lambda b: b.point.hang_router(),
          lambda b: b.point.restart_router()),
    _blocked("switch dead between", Part.ROOM, Cause.LAN, "router",
             "input iifname lan drop", "forward iifname lan drop", "forward oifname lan drop",
             "output oifname lan drop"),
    _blocked("switch loses what comes from the point", Part.ROOM, Cause.LAN, "router",
             "input iifname lan drop", "forward iifname lan drop"),
    _blocked("switch loses what goes to the point", Part.ROOM, Cause.LAN, "router",
             "forward oifname lan drop", "output oifname lan drop"),
    _uplink("interface down", "link set uplink down"),
    _uplink("address lost", "address flush dev uplink"),
    _uplink("way out lost", _NO_DEFAULT),
    _uplink("a stranger's way out", "route replace default via {net}.2.99 dev uplink metric 100"),
    # The carrier's line behind the router.
    Fault("line cut", Part.LINE, Cause.LINE, lambda b: b.point.cut_line(),
          lambda b: b.point.mend_line()),
    Fault("line cut for long", Part.LINE, Cause.LINE, lambda b: b.point.cut_line(),
          lambda b: b.point.mend_line(), 30.0),
    _blocked("line swallows all", Part.LINE, Cause.LINE, "router", *_ALL_OF_THE_LINE),
    _blocked("line swallows what goes up", Part.LINE, Cause.LINE, "router",
             "forward oifname wan drop"),
    _blocked("line swallows what comes down", Part.LINE, Cause.LINE, "router",
             "forward iifname wan drop"),
    _blocked("carrier says unreachable", Part.LINE, Cause.LINE, "router",
             "forward oifname wan reject"),
    _blocked("carrier has lost the way back", Part.LINE, Cause.LINE, "centre",
             "output oifname {line} drop"),
    Fault("modem off", Part.LINE, Cause.LINE, lambda b: b.point.modem_off(),
          lambda b: b.point.modem_on()),
    # Names alone: probes pass, and a session that ends does not come back.
    _names("name server dead", "dead"),
    _names("name server knows no centre", "unknown"),
    _names("name server refuses", "refuses"),
    _names("name server fails", "fails"),
    _names("name server dead and the session stands", "dead", ends_session=False),
    _names("name server refuses and the session stands", "refuses", ends_session=False),
    _names("name server lies", "lies", is_single=True),
    _names("name server shows its own page", "shows its own page", is_single=True),
    _names("name server lies and the session stands", "lies", ends_session=False, is_single=True),
    # The centre.
    Fault("broker killed", Part.CENTRE, None, lambda b: b.broker.kill(),
          lambda b: b.broker.start(), blinds=True),
    Fault("broker killed for long", Part.CENTRE, None, lambda b: b.broker.kill(),
          lambda b: b.broker.start(), 30.0, blinds=True),
    Fault("ingest killed", Part.CENTRE, None, Bench.kill_ingest, Bench.start_ingest,
          blinds=True),
    Fault("reflector killed", Part.CENTRE, None, Bench.kill_reflector, Bench.start_reflector,
          problem=ProblemKey.LOSS),
    _blocked("the centre's door closed", Part.CENTRE, Cause.CENTRE, "centre",
             "input ip saddr {net}.0.0/16 tcp dport {port} drop"),
    _blocked("the centre's door refuses", Part.CENTRE, Cause.CENTRE, "centre",
             "input ip saddr {net}.0.0/16 tcp dport {port} reject with tcp reset"),
    # The second line takes over, and gives back.
    _moved("cable out and 4G takes over", _NO_DEFAULT, also="cable"),
    _moved("line dead and 4G takes over", _NO_DEFAULT, also="line"),
    _moved("interface down and 4G takes over", "link set uplink down"),
    _moved("address lost and 4G takes over", "address flush dev uplink"),
)  # fmt: skip
