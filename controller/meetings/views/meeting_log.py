"""The log of a meeting in sentences."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from contracts.floor import FloorMode
from contracts.participants import ParticipantKind
from controller.meetings.tables import Meeting, MeetingEvent
from controller.meetings.views.seats import PutOut
from controller.places.owner import OWNER_NAMES
from controller.web.elements import Crumb
from controller.web.i18n.language import N_, Language

FLOOR_KINDS = frozenset(
    (
        *("floor_given", "floor_taken", "mode_changed", "muted", "unmuted", "floor_undone"),
        *("on_stage", "stage_left"),
    )
)

REMOVAL_KINDS = frozenset(("put_out", "let_back"))

QUEUE_KINDS = frozenset(("asked_floor", "left_queue", "back_in_queue", "admitted"))

MOVE_KINDS = FLOOR_KINDS | REMOVAL_KINDS

# What one move does to many.
_OF_MANY = frozenset(("muted", "unmuted"))

CONTENT_KINDS = frozenset(("content_began", "content_ended"))

_TEXTS = {
    "meeting_drafted": N_("Draft made"),
    "meeting_scheduled": N_("Meeting set"),
    "meeting_entered": N_("Entered after it was held"),
    "meeting_edited": N_("Meeting changed"),
    "meeting_corrected": N_("What was held was corrected"),
    "meeting_began": N_("The meeting began"),
    "meeting_ended": N_("The meeting was ended"),
    "meeting_cancelled": N_("The meeting was cancelled"),
    "meeting_restored": N_("The meeting was had back"),
    "relay_ended": N_("The relay closed the meeting"),
    "forwarding_began": N_("Pictures and sound began"),
    "joined": N_("%(who)s came in"),
    "left": N_("%(who)s left"),
    "cut": N_("%(who)s was cut off"),
    "back": N_("%(who)s is back"),
    "refused": N_("%(who)s was refused: its certificate is none that the centre accepts"),
    "content_began": N_("%(who)s shares a screen"),
    "content_ended": N_("%(who)s stopped sharing"),
    "put_out": N_("%(who)s was put out of the meeting"),
    "let_back": N_("%(who)s may come in again"),
    "floor_given": N_("%(who)s was invited to speak"),
    "floor_taken": N_("The floor was withdrawn from %(who)s"),
    "muted": N_("%(who)s was muted"),
    "unmuted": N_("%(who)s was unmuted"),
    "on_stage": N_("%(who)s was put on the main picture"),
    "stage_left": N_("The chair's point is on the main picture again"),
    "asked_floor": N_("%(who)s asks for the floor"),
    "hand_up": N_("%(who)s asks for the floor at its room"),
    "hand_down": N_("%(who)s asks for the floor no more, at its room"),
    "left_queue": N_("%(who)s was taken out of the queue for the floor"),
    "back_in_queue": N_("%(who)s is back in the queue for the floor"),
    "chair_handed_over": N_("%(who)s leads the meeting in place of the chair %(detail)s"),
    "chair_taken_back": N_("The chair leads the meeting again, from %(who)s"),
    "meeting_locked": N_("The meeting was locked: latecomers wait outside"),
    "meeting_unlocked": N_("The meeting was unlocked"),
    "admitted": N_("%(who)s was let in late"),
    "message_sent": N_("Message to %(who)s: “%(detail)s”"),
    "message_taken_back": N_("The message to %(who)s was taken back: “%(detail)s”"),
    "speech_time_set": N_("Each speech lasts %(minutes)s minutes"),
    "speech_time_ended": N_("Speeches have no time any more"),
    "agenda_moved": N_("Agenda: %(detail)s"),
    "agenda_moved_back": N_("Agenda, taken back to: %(detail)s"),
    "floor_undone": N_("The last move was taken back"),
    "mode_changed": N_("Mode: %(mode)s"),
    "recording_began": N_("Recording began"),
    "recording_stopped": N_("Recording stopped"),
    "rooms_asked": N_("Rooms were asked for: %(owners)s"),
    "rooms_agreed": N_("Rooms were agreed: %(owners)s"),
    "rooms_refused": N_("Rooms were not agreed: %(owners)s"),
    "rooms_withdrawn": N_("Rooms were taken back: %(owners)s"),
    "rooms_reinstated": N_("Rooms were agreed after all: %(owners)s"),
    "rooms_expired": N_("Nobody answered for the rooms in time: %(owners)s"),
    "rooms_taken": N_("Rooms were taken without asking, for an emergency: %(owners)s"),
    "rooms_displaced": N_("Rooms are held no more, for a meeting that goes before: %(detail)s"),
    "roll_call_closed": N_("The roll call was closed"),
    "roll_call_reopened": N_("The roll call was opened again: %(mode)s"),
    "minutes_locked": N_("The minutes were locked"),
    "minutes_unlocked": N_("The minutes were unlocked: %(mode)s"),
    "minutes_signed": N_("A signed file of the minutes was taken back"),
}

MODES = (
    (FloorMode.DISCUSSION, N_("Discussion"), N_("All points may speak")),
    (FloorMode.ONE_MIC, N_("One microphone"), N_("One point speaks, the others are silent")),
    (FloorMode.CONFERENCE, N_("Conference"), N_("Several points may hold the floor")),
)


@dataclass(frozen=True, slots=True)
class LogLine:
    """One thing that happened. `is_move`: taken back by undoing; `put_out` names whose removal."""

    key: str
    time: str
    text: str
    is_move: bool
    put_out: PutOut | None = None


@dataclass(frozen=True, slots=True)
class WholeLogView:
    """All that a meeting's log has."""

    meeting_id: str
    title: str
    crumbs: tuple[Crumb, ...]
    facts: str
    count: str
    lines: tuple[LogLine, ...]


def whole(
    words: Language,
    now: datetime,
    meeting: Meeting,
    events: Sequence[MeetingEvent],
    names: Mapping[str, str],
    people: Mapping[str, str],
    *,
    is_cut: bool,
) -> WholeLogView:
    """Return the page of a meeting's log. `is_cut`: there is more than the page takes."""
    told = lines(words, now, events, names, len(events), people)
    back = f"/meetings/{meeting.meeting_id}"
    meetings = Crumb(words.gettext("Meetings"), "/meetings")
    return WholeLogView(
        meeting_id=meeting.meeting_id,
        title=meeting.title,
        crumbs=(meetings, Crumb(meeting.title, back), Crumb(words.gettext("Log"))),
        facts=words.day(meeting.begins_at),
        count=words.gettext("the last %(n)s lines", n=words.number(len(told)))
        if is_cut
        else words.ngettext("%(n)s line", "%(n)s lines", len(told)),
        lines=told,
    )


def lines(
    words: Language,
    now: datetime,
    events: Sequence[MeetingEvent],
    names: Mapping[str, str],
    shown: int,
    people: Mapping[str, str],
) -> tuple[LogLine, ...]:
    """Return the newest events first."""
    known = (one for one in events if one.kind in _TEXTS and not _is_viewer(one))
    told = _together(_once(known))
    newest = reversed(told[-shown:] if shown else [])
    return tuple(_line(words, now, alike, names, people) for alike in newest)


def _line(
    words: Language,
    now: datetime,
    alike: Sequence[MeetingEvent],
    names: Mapping[str, str],
    people: Mapping[str, str],
) -> LogLine:
    last = alike[-1]
    return LogLine(
        key=f"e{last.event_id}",
        time=_time(words, last.happened_at, now),
        text=by(
            last.actor, people, _text_of_all(words, alike) or _text(words, last, names, people)
        ),
        is_move=last.kind in MOVE_KINDS,
        put_out=_put_out(last, names, people) if last.kind in REMOVAL_KINDS else None,
    )


def _together(events: Iterable[MeetingEvent]) -> list[list[MeetingEvent]]:
    """Put together the microphones that one move turned off or on."""
    told: list[list[MeetingEvent]] = []
    for one in events:
        last = told[-1][-1] if told else None
        is_of_many = one.kind in _OF_MANY and one.floor_epoch is not None
        if last and is_of_many and (last.kind, last.floor_epoch) == (one.kind, one.floor_epoch):
            told[-1].append(one)
        else:
            told.append([one])
    return told


def _text_of_all(words: Language, alike: Sequence[MeetingEvent]) -> str:
    """Return what is said of several microphones; empty for anything else."""
    count, last = len(alike), alike[-1]
    if count == 1:
        return ""
    if last.kind == "muted":
        return words.ngettext("%(n)s microphone turned off", "%(n)s microphones turned off", count)
    return words.ngettext("%(n)s microphone turned on", "%(n)s microphones turned on", count)


def by(actor: str, people: Mapping[str, str], text: str) -> str:
    """Return it with who did it, and the account beside where others are called the same."""
    if not actor:
        return text
    name = people.get(actor, actor)
    is_shared = sum(one == name for one in people.values()) > 1
    return f"{text} ({name}, {actor})" if is_shared else f"{text} ({name})"


def _once(events: Iterable[MeetingEvent]) -> Iterator[MeetingEvent]:
    """Leave out what a point's second session repeats: it comes in with its first, leaves with
    its last, and is cut off and back as one."""
    here: dict[str, set[str | None]] = {}
    cut: dict[str, set[str | None]] = {}
    for one in events:
        if one.kind not in ("joined", "left", "cut", "back"):
            yield one
            continue
        point = one.point_id or ""
        others, cuts = here.get(point), cut.setdefault(point, set())
        match one.kind:
            case "joined":
                is_new = not others
                here.setdefault(point, set()).add(one.direction)
            case "left":
                is_new = others is None or others == {one.direction}
                here.setdefault(point, set()).discard(one.direction)
                cuts.discard(one.direction)
            case "cut":
                is_new = not cuts
                cuts.add(one.direction)
            case _:
                is_new = cuts <= {one.direction}
                cuts.discard(one.direction)
        if is_new:
            yield one


def _time(words: Language, at: datetime, now: datetime) -> str:
    is_old = words.date(at) != words.date(now)
    return words.moment(at, now) if is_old else words.time_exact(at)


def _is_viewer(event: MeetingEvent) -> bool:
    """People who watch in a browser come and go; the log is about points."""
    return event.kind in ("joined", "left", "cut", "back") and event.point_id is None


def _put_out(event: MeetingEvent, names: Mapping[str, str], people: Mapping[str, str]) -> PutOut:
    kind, subject, known = ParticipantKind.PERSON, event.detail, people
    if event.point_id:
        kind, subject, known = ParticipantKind.POINT, event.point_id, names
    return PutOut(kind.value, subject, known.get(subject, subject), event.kind == "put_out")


def _text(
    words: Language, event: MeetingEvent, names: Mapping[str, str], people: Mapping[str, str]
) -> str:
    if event.kind in REMOVAL_KINDS:
        who = _put_out(event, names, people).name
    else:
        known, subject = (names, event.point_id) if event.point_id else (people, event.subject)
        who = known.get(subject or "", subject)
    if not who:
        who = words.gettext("everyone")
    mode = next(
        (words.gettext(name) for known, name, _ in MODES if known.value == event.detail),
        event.detail,
    )
    return words.gettext(
        _TEXTS[event.kind],
        who=who,
        mode=mode,
        minutes=event.detail,
        detail=event.detail,
        owners=_owners(words, event.detail),
    )


def _owners(words: Language, detail: str) -> str:
    """Return owners and the reason as `holding.said_of` keeps them."""
    named, _, reason = detail.partition(" ")
    known = {owner.value: words.gettext(name) for owner, name in OWNER_NAMES.items()}
    said = ", ".join(known.get(one, one) for one in named.split(","))
    return f"{said}. {reason}" if reason else said
