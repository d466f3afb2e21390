"""Who waits outside a meeting that is locked, for whoever may let them in."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from contracts.participants import ParticipantKind, speaker_id
from contracts.relay import Outside
from controller.meetings.views.seats import MeetingRoster, PutOut
from controller.web.i18n.language import Language


@dataclass(frozen=True, slots=True)
class WaitsOutside:
    """One who waits. `refuse` keeps them out until that is undone."""

    who: str
    name: str
    waits: str
    waits_since: str
    admit_spoken: str
    refuse: PutOut


@dataclass(frozen=True, slots=True)
class LockView:
    """Whether the meeting is locked, and who waits outside, the first of them first."""

    is_locked: bool
    outside: tuple[WaitsOutside, ...]
    note: str


def view(
    words: Language,
    now: datetime,
    roster: MeetingRoster,
    admitted: Collection[str] | None,
    names: Mapping[str, str],
) -> LockView:
    """Return the lock.

    Args:
        admitted: who comes in, by the database; None: the meeting is not locked.
    """
    state = roster.attendance
    asks = state.outside if state is not None and admitted is not None else ()
    known = frozenset(admitted or ())
    shown = [one for one in asks if _who(one) not in known and not _is_refused(roster, one)]
    note = words.ngettext("%(n)s waits outside", "%(n)s wait outside", len(shown))
    return LockView(
        is_locked=admitted is not None,
        outside=tuple(_waits(words, now, one, names) for one in shown),
        note=note if shown else "",
    )


def _waits(words: Language, now: datetime, one: Outside, names: Mapping[str, str]) -> WaitsOutside:
    who = _who(one)
    name = names.get(who) or names.get(one.subject, one.subject)
    return WaitsOutside(
        who=who,
        name=name,
        waits=words.duration(now - one.since),
        waits_since=one.since.astimezone(UTC).isoformat(),
        admit_spoken=words.gettext("Let %(name)s in", name=name),
        refuse=PutOut(one.participant_kind.value, one.subject, name, is_out=False),
    )


def _who(one: Outside) -> str:
    return speaker_id(one.subject, one.participant_kind)


def _is_refused(roster: MeetingRoster, one: Outside) -> bool:
    is_point = one.participant_kind is ParticipantKind.POINT
    return one.subject in (roster.expelled if is_point else roster.expelled_people)
