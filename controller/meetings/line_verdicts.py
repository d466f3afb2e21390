"""Who in a meeting has it bad, and why: by what the relay last said of each point's line.

One rule for the page and for what tells open pages to look again. Loss and round trip are judged
where talk suffers, a score of sound by the steps of ITU-T G.109.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, IntEnum
from typing import Protocol

from contracts.participants import ParticipantKind
from contracts.relay import Attendee, RungName, SentKind, TrunkState


class Degree(IntEnum):
    """How it is, worst first."""

    BAD = 0
    FAIR = 1
    UNKNOWN = 2
    GOOD = 3


class JudgedLine(Protocol):
    """What is judged of a line, said now or kept; None: not known."""

    @property
    def sends(self) -> tuple[SentKind, ...] | None:
        """Of which kinds packets come."""

    @property
    def loss_ratio(self) -> float | None:
        """What is lost."""

    @property
    def rtt_ms(self) -> float | None:
        """There and back."""

    @property
    def mos(self) -> float | None:
        """The score of its sound."""

    @property
    def rung(self) -> RungName | None:
        """How much of the pictures it carries."""

    @property
    def is_shed(self) -> bool:
        """Whether its relay's load and not the line says how it is."""

    @property
    def frozen_ratio(self) -> float | None:
        """In what share of the time it held pictures back."""

    @property
    def stalled_ratio(self) -> float | None:
        """In what share of the time none was made."""


class LineFault(Enum):
    """What is wrong, and on which side."""

    SILENT = "silent"
    LOSS_UP = "loss_up"
    LOSS_DOWN = "loss_down"
    FROZEN_UP = "frozen_up"
    VOICE_UP = "voice_up"
    VOICE_DOWN = "voice_down"
    NO_PICTURES_DOWN = "no_pictures_down"
    SMALL_DOWN = "small_down"
    FAR = "far"
    STALLED = "stalled"
    RELAY_BUSY = "relay_busy"
    CONCEALED = "concealed"
    FROZEN_DOWN = "frozen_down"


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that is wrong, with its figure (a ratio, a score, or milliseconds)."""

    cause: LineFault
    degree: Degree
    value: float = 0.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """One point that is in; `up` is what it sends, `down` what it plays."""

    point_id: str
    degree: Degree
    reasons: tuple[Trouble, ...]
    up: Attendee | None
    down: Attendee | None


# From where on it is fair, and from where on bad.
LOSS = (0.02, 0.05)
UNSTEADY = (0.05, 0.20)
RTT_MS = (400.0, 800.0)
MOS = (3.6, 3.1)
_WITHOUT_PEOPLE = ("sound", "content")


def verdicts(attendees: Iterable[Attendee]) -> tuple[Verdict, ...]:
    """Return every point that is in, worst first, those alike as `attendees` has them."""
    points: dict[str, dict[str, Attendee]] = {}
    for one in attendees:
        if one.participant_kind is ParticipantKind.POINT and one.is_connected:
            points.setdefault(one.subject, {})[one.direction] = one
    found = [
        _verdict(name, lines.get("publish"), lines.get("play"))
        for name, lines in points.items()
        if lines.keys() & {"publish", "play"}
    ]
    return tuple(sorted(found, key=lambda one: (one.degree, -len(one.reasons))))


def stalled(attendees: Iterable[Attendee]) -> frozenset[str]:
    """Return the points whose own camera or machine makes no steady picture."""
    return frozenset(who for who, cause, _ in troubles(attendees) if cause is LineFault.STALLED)


def troubles(attendees: Iterable[Attendee]) -> frozenset[tuple[str, LineFault, Degree]]:
    """Return what is wrong with whom, without the figures that change all the time."""
    return frozenset(
        (one.point_id, reason.cause, reason.degree)
        for one in verdicts(attendees)
        for reason in one.reasons
    )


def _verdict(point_id: str, up: Attendee | None, down: Attendee | None) -> Verdict:
    reasons = judged(up, down)
    if reasons:
        return Verdict(point_id, reasons[0].degree, reasons, up, down)
    is_known = any(one.loss_ratio is not None for one in (up, down) if one is not None)
    return Verdict(point_id, Degree.GOOD if is_known else Degree.UNKNOWN, (), up, down)


def judged(up: JudgedLine | None, down: JudgedLine | None) -> tuple[Trouble, ...]:
    """Return what is wrong with a point's lines, worst first."""
    return tuple(sorted(_reasons(up, down), key=lambda one: one.degree))


def played_badly(
    *, concealed_ratio: float | None, frozen_ratio: float | None
) -> tuple[Trouble, ...]:
    """Return what is wrong with what a point hears and sees, by its own player."""
    return (
        *_above(LineFault.CONCEALED, concealed_ratio, LOSS),
        *_above(LineFault.FROZEN_DOWN, frozen_ratio, UNSTEADY),
    )


def relay_busy(rung: RungName | None) -> Trouble:
    """Return what is wrong where the relay has too much to do and sends so much only."""
    degree = Degree.BAD if rung in _WITHOUT_PEOPLE else Degree.FAIR
    return Trouble(LineFault.RELAY_BUSY, degree)


def trunk_degree(line: TrunkState) -> Degree:
    """Return how the line between two relays is, in one direction."""
    found = [one.degree for one in _above(LineFault.LOSS_DOWN, line.loss_ratio, LOSS)]
    if line.rung != "high":
        found.append(Degree.BAD if line.rung in _WITHOUT_PEOPLE else Degree.FAIR)
    return min(found, default=Degree.GOOD)


def _reasons(up: JudgedLine | None, down: JudgedLine | None) -> Iterable[Trouble]:
    if up is not None:
        if up.sends == ():
            yield Trouble(LineFault.SILENT, Degree.BAD)
        yield from _above(LineFault.STALLED, up.stalled_ratio, UNSTEADY)
        if not up.is_shed:
            yield from _above(LineFault.LOSS_UP, up.loss_ratio, LOSS)
            yield from _above(LineFault.FROZEN_UP, up.frozen_ratio, UNSTEADY)
            yield from _below(LineFault.VOICE_UP, up.mos, MOS)
    if down is not None and down.is_shed:
        yield relay_busy(down.rung)
    elif down is not None:
        yield from _above(LineFault.LOSS_DOWN, down.loss_ratio, LOSS)
        yield from _below(LineFault.VOICE_DOWN, down.mos, MOS)
        if down.rung in _WITHOUT_PEOPLE:
            yield Trouble(LineFault.NO_PICTURES_DOWN, Degree.BAD)
        elif down.rung == "low":
            yield Trouble(LineFault.SMALL_DOWN, Degree.FAIR)
    known = [one.rtt_ms for one in (up, down) if one is not None and one.rtt_ms is not None]
    yield from _above(LineFault.FAR, max(known, default=None), RTT_MS)


def _above(cause: LineFault, value: float | None, bounds: tuple[float, float]) -> Iterable[Trouble]:
    fair, bad = bounds
    if value is not None and value >= fair:
        yield Trouble(cause, Degree.BAD if value >= bad else Degree.FAIR, value)


def _below(cause: LineFault, value: float | None, bounds: tuple[float, float]) -> Iterable[Trouble]:
    fair, bad = bounds
    if value is not None and value < fair:
        yield Trouble(cause, Degree.BAD if value < bad else Degree.FAIR, value)
