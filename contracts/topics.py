"""Every topic: who writes it, and how it is delivered. Topic strings occur only here.

dc/point/{point}/report|beat|status|applied            written by the point
dc/point/{point}/desired/{document}, .../live, .../held written by the centre
dc/relay/{relay}/status|state|event                    written by the relay
dc/relay/{relay}/meeting/{meeting}                     written by the centre
dc/centre/change                                       between the centre's processes
dc/centre/ingest                                       from ingest to itself
dc/centre/ingest/state                                 how ingest is, for the web process
dc/centre/web                                          from the web process to itself
$SYS/broker/...                                        the broker's own figures
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, get_args

from contracts.errors import MalformedTopic
from contracts.ids import ID_PATTERN, MeetingId, PointId, RelayId

ROOT = "dc"
EVERYTHING = f"{ROOT}/#"
ALL_RELAY_MEETINGS = f"{ROOT}/relay/+/meeting/+"

Document = Literal["schedule", "policy", "probes", "devices", "test", "rehearsal"]
_DOCUMENTS = get_args(Document)
_POINT_LEAVES = frozenset(("report", "beat", "status", "applied", "live", "held"))
BrokerFigure = Literal["clients/connected", "publish/messages/dropped", "store/messages/bytes"]
BROKER_FIGURES = get_args(BrokerFigure)
_BROKER = "$SYS/broker"


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic with how it is published."""

    name: str
    qos: Literal[0, 1]
    is_retained: bool


def report(point: PointId) -> Topic:
    """One measurement."""
    return Topic(f"{ROOT}/point/{point}/report", 1, is_retained=False)


def beat(point: PointId) -> Topic:
    """That a point is there, where its line is charged by volume."""
    return Topic(f"{ROOT}/point/{point}/beat", 0, is_retained=False)


def point_status(point: PointId) -> Topic:
    """Birth and last will of a point's session."""
    return Topic(f"{ROOT}/point/{point}/status", 1, is_retained=True)


def applied(point: PointId) -> Topic:
    """Which desired document a point has taken over."""
    return Topic(f"{ROOT}/point/{point}/applied", 1, is_retained=False)


def desired(point: PointId, document: Document) -> Topic:
    """A desired document of a point."""
    return Topic(f"{ROOT}/point/{point}/desired/{document}", 1, is_retained=True)


def live(point: PointId) -> Topic:
    """What a point's screen says now."""
    return Topic(f"{ROOT}/point/{point}/live", 1, is_retained=True)


def held(point: PointId) -> Topic:
    """Which reports of a point the centre holds."""
    return Topic(f"{ROOT}/point/{point}/held", 0, is_retained=False)


def relay_status(relay: RelayId) -> Topic:
    """Birth and last will of a relay's session."""
    return Topic(f"{ROOT}/relay/{relay}/status", 1, is_retained=True)


def relay_state(relay: RelayId) -> Topic:
    """Everything a relay holds."""
    return Topic(f"{ROOT}/relay/{relay}/state", 0, is_retained=False)


def relay_event(relay: RelayId) -> Topic:
    """One thing that happened at a relay."""
    return Topic(f"{ROOT}/relay/{relay}/event", 1, is_retained=False)


def relay_meeting(relay: RelayId, meeting: MeetingId) -> Topic:
    """What a relay should do for one meeting."""
    return Topic(f"{ROOT}/relay/{relay}/meeting/{meeting}", 1, is_retained=True)


def change() -> Topic:
    """Something was committed."""
    return Topic(f"{ROOT}/centre/change", 0, is_retained=False)


def ingest_alive() -> Topic:
    """Ingest's beat to itself, through the queue of the reports: QoS 1 as they have it."""
    return Topic(f"{ROOT}/centre/ingest", 1, is_retained=False)


def ingest_state() -> Topic:
    """How ingest is, by its own word."""
    return Topic(f"{ROOT}/centre/ingest/state", 0, is_retained=False)


def web_echo() -> Topic:
    """What the web process sends to itself, to see that the broker hands it on."""
    return Topic(f"{ROOT}/centre/web", 0, is_retained=False)


def broker_figure(name: BrokerFigure) -> str:
    """Return where Mosquitto tells one of its figures."""
    return f"{_BROKER}/{name}"


def all_of_points(leaf: Literal["report", "beat", "status", "applied"]) -> str:
    """Return the subscription for one kind of message of every point."""
    return f"{ROOT}/point/+/{leaf}"


def all_of_relays(leaf: Literal["status", "state", "event"]) -> str:
    """Return the subscription for one kind of message of every relay."""
    return f"{ROOT}/relay/+/{leaf}"


def desired_of(point: PointId) -> str:
    """Return the subscription for all desired documents of a point."""
    return f"{ROOT}/point/{point}/desired/+"


def meetings_of(relay: RelayId) -> str:
    """Return the subscription for all meetings of a relay."""
    return f"{ROOT}/relay/{relay}/meeting/+"


def written_by_point(point: PointId) -> tuple[str, ...]:
    """Return all topics that a point may write."""
    return tuple(made(point).name for made in (report, beat, point_status, applied))


def read_by_point(point: PointId) -> tuple[str, ...]:
    """Return the subscriptions for all that a point may read."""
    return (desired_of(point), live(point).name, held(point).name)


def written_by_relay(relay: RelayId) -> tuple[str, ...]:
    """Return all topics that a relay may write."""
    return (relay_status(relay).name, relay_state(relay).name, relay_event(relay).name)


def read_by_relay(relay: RelayId) -> tuple[str, ...]:
    """Return the subscriptions for all that a relay may read."""
    return (meetings_of(relay),)


def read_by_recorder() -> tuple[str, ...]:
    """Return the subscriptions for all that a recorder may read; it writes nothing."""
    return (ALL_RELAY_MEETINGS, all_of_relays("event"), all_of_relays("state"))


@dataclass(frozen=True, slots=True)
class PointTopic:
    """A parsed topic below a point; `leaf` is e.g. "report" or "desired/schedule"."""

    point_id: PointId
    leaf: str


@dataclass(frozen=True, slots=True)
class RelayTopic:
    """A parsed topic below a relay; `meeting_id` only where the leaf is "meeting"."""

    relay_id: RelayId
    leaf: str
    meeting_id: MeetingId | None = None


@lru_cache(maxsize=4096)
def parse(topic: str) -> PointTopic | RelayTopic:
    """Return whose topic this is.

    Raises:
        MalformedTopic: it is none that a builder of this file makes.
    """
    words = topic.split("/")
    if not all(re.fullmatch(ID_PATTERN, word) for word in words):
        raise MalformedTopic(topic)
    match words:
        case ["dc", "point", point, leaf] if leaf in _POINT_LEAVES:
            return PointTopic(PointId(point), leaf)
        case ["dc", "point", point, "desired", document] if document in _DOCUMENTS:
            return PointTopic(PointId(point), f"desired/{document}")
        case ["dc", "relay", relay, ("status" | "state" | "event") as leaf]:
            return RelayTopic(RelayId(relay), leaf)
        case ["dc", "relay", relay, "meeting", meeting]:
            return RelayTopic(RelayId(relay), "meeting", MeetingId(meeting))
    raise MalformedTopic(topic)
