"""The line under the pictures: what was done last and still stands, and the button that undoes it.

What was undone is in the log; here the move before it stands again, so that one key takes back
move after move.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from contracts.participants import ParticipantKind, speaker_id
from controller.meetings.messages.tables import ScreenMessage
from controller.meetings.tables import MeetingEvent
from controller.meetings.views import meeting_log
from controller.meetings.views.seats import MeetingRoster, PutOut
from controller.web.i18n.language import Language


@dataclass(frozen=True, slots=True)
class LastMove:
    """What was done, and what undoes it: a place of the meeting's and the fields sent there."""

    time: str
    text: str
    undo: str
    fields: tuple[tuple[str, str], ...]
    can_undo: bool


@dataclass(frozen=True, slots=True)
class MoveFacts:
    """What may be undone. `floor`: the newest move of floor or removal; `messages`: on screens.

    `locked`: where the meeting is locked, that it was; `handed_over`: where a deputy leads it.
    `stepped`: the newest step of the agenda, where the meeting is at `item`.
    """

    floor: Sequence[MeetingEvent]
    dropped: MeetingEvent | None
    locked: MeetingEvent | None
    messages: Sequence[ScreenMessage]
    has_floor_undo: bool
    handed_over: MeetingEvent | None = None
    stepped: MeetingEvent | None = None
    item: int | None = None


def view(
    words: Language,
    now: datetime,
    facts: MoveFacts,
    roster: MeetingRoster,
    names: Mapping[str, str],
    people: Mapping[str, str],
    *,
    can_act: bool,
) -> LastMove | None:
    """Return the newest of what may be undone; None: nothing was done."""
    found: list[tuple[datetime, LastMove]] = []
    if facts.floor:
        line = meeting_log.lines(words, now, facts.floor, names, 1, people)[0]
        is_possible = roster.may_put_out if line.put_out else can_act and facts.has_floor_undo
        undo, fields = _undo(line.put_out)
        move = LastMove(line.time, line.text, undo, fields, is_possible)
        found.append((facts.floor[-1].happened_at, move))
    dropped = facts.dropped
    if dropped is not None and _stands(dropped, roster):
        line = meeting_log.lines(words, now, [dropped], names, 1, people)[0]
        fields = (("who", _who(dropped)), ("action", "restore"))
        move = LastMove(line.time, line.text, "queue", fields, can_act)
        found.append((dropped.happened_at, move))
    if facts.handed_over is not None:
        line = meeting_log.lines(words, now, [facts.handed_over], names, 1, people)[0]
        move = LastMove(line.time, line.text, "chair", (("action", "back"),), can_act)
        found.append((facts.handed_over.happened_at, move))
    if facts.stepped is not None and facts.item is not None and _is_at(facts.stepped, facts.item):
        line = meeting_log.lines(words, now, [facts.stepped], names, 1, people)[0]
        before = (("seen", str(facts.item)), ("item", facts.stepped.subject), ("undo", "yes"))
        move = LastMove(line.time, line.text, "agenda", before, can_act)
        found.append((facts.stepped.happened_at, move))
    if facts.locked is not None:
        line = meeting_log.lines(words, now, [facts.locked], names, 1, people)[0]
        move = LastMove(line.time, line.text, "lock", (("locked", "no"),), can_act)
        found.append((facts.locked.happened_at, move))
    if facts.messages:
        newest = facts.messages[0]
        fields = (("message_id", str(newest.message_id)),)
        text = words.gettext(
            "Message to %(who)s: “%(detail)s”",
            who=names.get(newest.point_id or "", words.gettext("everyone")),
            detail=newest.text,
        )
        said = meeting_log.by(newest.sent_by, people, text)
        at = words.time_exact(newest.sent_at)
        move = LastMove(at, said, "messages/take-back", fields, can_act)
        found.append((newest.sent_at, move))
    return max(found, key=lambda one: one[0])[1] if found else None


def _undo(put_out: PutOut | None) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Return what takes back the newest move of the floor, or of who is put out."""
    if put_out is None:
        return "floor", (("action", "undo"),)
    fields = (("subject", put_out.subject), ("participant_kind", put_out.kind))
    return "put-out", (*fields, ("undo", "yes")) if put_out.is_out else fields


def _is_at(stepped: MeetingEvent, item: int) -> bool:
    """Return whether the meeting is where a step has led it, and it is known from where."""
    return stepped.detail.startswith(f"{item + 1}. ") and stepped.subject != ""


def _who(event: MeetingEvent) -> str:
    return event.point_id or speaker_id(event.subject, ParticipantKind.PERSON)


def _stands(dropped: MeetingEvent, roster: MeetingRoster) -> bool:
    """Return whether who was taken out of the queue neither waits again nor has the floor."""
    who = _who(dropped)
    return bool(dropped.detail) and who not in roster.hands and who not in roster.floor.holders
