"""What the centre has of one outage by MQTT: the point's own record, and what it saw itself.

The record comes late, newest first and with holes. Reports of one outbox are numbered
without any, so that it can be told whether something is still to come.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from monitoring.judgement.availability import Outage
from monitoring.judgement.periods import Period


class WordKind(Enum):
    """What a point's session with the broker said; values as stored."""

    BIRTH = "birth"
    GOODBYE = "goodbye"
    WILL = "will"
    FOUND = "found"


@dataclass(frozen=True, slots=True)
class Word:
    """A birth, a goodbye that the agent sent itself, or the last will that the broker sent.

    A session that was there already when the centre came to listen is FOUND: born some time before.
    `run_id` of a birth and of what was found: which start of the agent; empty: it does not say.
    """

    kind: WordKind
    at: datetime
    run_id: str = ""


@dataclass(frozen=True, slots=True)
class Sample:
    """What a report of health says of the way out; None: it says nothing of it.

    `gateway` empty: there is no way out. `carrier_lost`: the interface whose cable is dead.
    `is_nameless`: no name server found the centre; `is_unknown_name`: and one said so.
    `false_name`: where one said that it is, and it is not.
    `is_unprobed`: nothing could be sent.
    """

    gateway: str | None = None
    gateway_answers: bool | None = None
    probes_sent: int = 0
    probes_received: int = 0
    carrier_lost: str = ""
    is_nameless: bool = False
    is_unknown_name: bool = False
    false_name: str = ""
    is_unprobed: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """One report of the point; `sample` None: it is of another kind.

    `booted_at`: when the machine had started, by its monotonic clock.
    """

    outbox: int
    seq: int
    boot: int
    at: datetime
    booted_at: datetime
    sample: Sample | None = None


@dataclass(frozen=True, slots=True)
class BatteryWord:
    """What the point's power supply said: the mains are gone, or are back."""

    at: datetime
    on_battery: bool


@dataclass(frozen=True, slots=True)
class WayWord:
    """What the point saw of its way to the centre when it traced it, in the outage.

    Attributes:
        ending: as in contracts/way.py; `hop` and `address`: the last that answered, 0: none did.
        usual: who usually answers next; empty: that is not known.
        left: how many hops usually follow; None: that is not known.
    """

    at: datetime
    ending: str
    hop: int = 0
    address: str = ""
    usual: str = ""
    left: int | None = None


@dataclass(frozen=True, slots=True)
class AddressWord:
    """That the point came from another address than before, as the centre saw it."""

    at: datetime
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """All of it, in any order.

    Attributes:
        others_down: other points that went down in the same minute; `points`: all that are heard.
        unit_down: those of them in the point's own unit.
        follows_blindness: the centre had not been listening until it began.
        maintenance: when people declared some of the point, whatever came of it.
    """

    outage: Outage
    records: Sequence[Record] = ()
    words: Sequence[Word] = ()
    battery: Sequence[BatteryWord] = ()
    ways: Sequence[WayWord] = ()
    addresses: Sequence[AddressWord] = ()
    others_down: int = 0
    points: int = 1
    unit_down: int = 0
    has_twins: bool = False
    follows_blindness: bool = False
    maintenance: Sequence[Period] = ()


LEAD = timedelta(minutes=2)
"""How long before an outage its point's record is looked at."""
DECIDES = timedelta(minutes=10)
"""How long after its beginning a record still says what began it."""
BATTERY_LEAD = timedelta(hours=4)
"""How long a power supply carries a point before it is empty."""
TOGETHER = timedelta(seconds=60)
"""Outages that begin within so much of each other are one event."""
EARLY = timedelta(seconds=60)
"""So long before the declared time people may begin: of a point only its last word is known."""
