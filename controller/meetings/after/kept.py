"""What is kept of a meeting that is over, as one document. Pure.

Names are kept as they were: a unit that is merged later tears no minutes apart.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import Enum
from typing import ClassVar, Literal

from contracts.message import Instant, Message, Part, Sentence, ShortText
from controller.meetings.after.rules import Leaving

MAX_BYTES = 8 * 1024 * 1024
# Of one participant; who comes and goes more often than that is told to.
MAX_GAPS = 200
MAX_SPEECHES = 5000


class MachineSeen(Enum):
    """What the centre knows of the point's machine during a gap."""

    OUT = "out"
    HEARD = "heard"
    UNKNOWN = "unknown"


class KeptSpan(Part, frozen=True):
    """A time in which somebody was in."""

    began_at: Instant
    ended_at: Instant


class KeptGap(Part, frozen=True):
    """A time in which somebody was interrupted, within the meeting's hours.

    `cause` is that of the outage it lies in; empty: it lies in none. `together`: how many
    participants were cut off at that moment, this one among them.
    """

    began_at: Instant
    ended_at: Instant
    leaving: Leaving
    has_come_back: bool = True
    known: MachineSeen = MachineSeen.UNKNOWN
    cause: ShortText = ""
    is_certain: bool = False
    is_declared: bool = False
    together: int = 1

    @property
    def length(self) -> timedelta:
        """How long it was."""
        return self.ended_at - self.began_at


class KeptRehearsal(Part, frozen=True):
    """How a point came out of its last rehearsal that says something, and why.

    `verdict`: a PointVerdict; `cause`: a word of the rehearsals'; empty: nothing is wrong.
    """

    verdict: ShortText
    judged_at: Instant
    cause: ShortText = ""


class KeptParticipant(Part, frozen=True):
    """One who was invited, or took part without that (`is_invited`).

    `rehearsal` None: it was in none.
    """

    subject: ShortText
    name: ShortText
    unit: ShortText = ""
    is_invited: bool = True
    spans: tuple[KeptSpan, ...] = ()
    gaps: tuple[KeptGap, ...] = ()
    rehearsal: KeptRehearsal | None = None

    @property
    def came_at(self) -> datetime | None:
        """When they first came in."""
        return self.spans[0].began_at if self.spans else None

    @property
    def left_at(self) -> datetime | None:
        """When they last left."""
        return self.spans[-1].ended_at if self.spans else None

    @property
    def length(self) -> timedelta:
        """How long they were in."""
        return sum((one.ended_at - one.began_at for one in self.spans), timedelta())

    @property
    def cuts(self) -> tuple[KeptGap, ...]:
        """The gaps that interrupted them; who left in order was not interrupted."""
        return tuple(one for one in self.gaps if one.leaving is Leaving.CUT)

    @property
    def gone(self) -> timedelta:
        """How long they were interrupted."""
        return sum((one.length for one in self.cuts), timedelta())


class KeptSpeech(Part, frozen=True):
    """One time somebody had the floor."""

    who: ShortText
    name: ShortText
    began_at: Instant
    ended_at: Instant

    @property
    def length(self) -> timedelta:
        """How long it was."""
        return self.ended_at - self.began_at


class KeptAgendaItem(Part, frozen=True):
    """An item of the agenda: when it was planned, and when it was held, where that is known."""

    title: Sentence
    planned_from: Instant
    planned_until: Instant
    speaker: ShortText = ""
    began_at: Instant | None = None
    ended_at: Instant | None = None


class KeptRecord(Message, frozen=True, kw_only=True):
    """All that is kept: the hours in which it was held, participants in protocol order, speeches.

    `is_heard`: a relay said of anybody at all that they came in. `agenda`: in its order.
    """

    max_bytes: ClassVar[int] = MAX_BYTES
    schema_version: Literal[1] = 1
    held_from: Instant
    held_until: Instant
    is_heard: bool
    participants: tuple[KeptParticipant, ...]
    speeches: tuple[KeptSpeech, ...] = ()
    agenda: tuple[KeptAgendaItem, ...] = ()

    @property
    def rehearsed(self) -> tuple[tuple[KeptParticipant, KeptRehearsal], ...]:
        """Those who were rehearsed, in protocol order, with what came of it."""
        return tuple((one, one.rehearsal) for one in self.participants if one.rehearsal)

    @property
    def came(self) -> int:
        """How many of those invited came in."""
        return sum(one.is_invited and bool(one.spans) for one in self.participants)


class Changed(Enum):
    """What became different of somebody, or of the whole; values as kept."""

    HOURS = "hours"
    WHO = "who"
    TIMES = "times"
    GAPS = "gaps"
    CAUSES = "causes"
    SPEECHES = "speeches"
    REHEARSAL = "rehearsal"
    AGENDA = "agenda"


def differences(before: KeptRecord, after: KeptRecord) -> Iterator[tuple[Changed, str]]:
    """Return what is different, with the subject it is about; empty: it is of the whole.

    What was not kept before, because nobody kept it then, is not told as different.
    """
    if (before.held_from, before.held_until) != (after.held_from, after.held_until):
        yield Changed.HOURS, ""
    known = {one.subject: one for one in before.participants}
    for one in after.participants:
        was = known.pop(one.subject, None)
        if was is None:
            yield Changed.WHO, one.subject
            continue
        if was.spans != one.spans:
            yield Changed.TIMES, one.subject
        if _bare(was.gaps) != _bare(one.gaps):
            yield Changed.GAPS, one.subject
        elif was.gaps != one.gaps:
            yield Changed.CAUSES, one.subject
        if was.rehearsal is not None and was.rehearsal != one.rehearsal:
            yield Changed.REHEARSAL, one.subject
    for subject in known:
        yield Changed.WHO, subject
    if before.speeches != after.speeches:
        yield Changed.SPEECHES, ""
    if before.agenda and before.agenda != after.agenda:
        yield Changed.AGENDA, ""


def _bare(gaps: tuple[KeptGap, ...]) -> list[tuple[datetime, datetime, Leaving]]:
    return [(one.began_at, one.ended_at, one.leaving) for one in gaps]
