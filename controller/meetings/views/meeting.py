"""One meeting's own page: who is in, who speaks, what can be done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from contracts.floor import FloorMode
from contracts.meeting_times import opens_at
from contracts.participants import ParticipantKind
from controller.meetings.meeting_state import MeetingPhase, may_be_ended, may_be_restored
from controller.meetings.relays_now import RelayNow
from controller.meetings.tables import Meeting, MeetingEvent
from controller.meetings.views import (
    badges,
    floor_actions,
    grid,
    last_move,
    meeting_log,
    messages,
    outside,
    people,
    player_words,
    relays,
    said,
)
from controller.meetings.views import lines as line_views
from controller.meetings.views import queue as queues
from controller.meetings.views import seats as seating
from controller.meetings.views.agenda import AgendaView
from controller.meetings.views.deputy import DeputyView
from controller.meetings.views.floor_actions import FloorActions
from controller.meetings.views.grid import Tile
from controller.meetings.views.guests import GuestsView
from controller.meetings.views.invitations import InvitationsView
from controller.meetings.views.last_move import LastMove, MoveFacts
from controller.meetings.views.lines import LineFacts, LinesView
from controller.meetings.views.meeting_log import LogLine
from controller.meetings.views.messages import MessagesView
from controller.meetings.views.outside import LockView
from controller.meetings.views.people import TakingPartView
from controller.meetings.views.queue import QueueView
from controller.meetings.views.rooms import RoomsView
from controller.meetings.views.seats import MeetingRoster, Seat, Watcher
from controller.meetings.views.series import series_crumb
from controller.recordings.view import RecordingNow, ShelfView
from controller.settings import SpreadingSettings
from controller.web.elements import Badge, Crumb
from controller.web.i18n.language import N_, Language

_KEYS = (
    ("N", N_("invite the next point")),
    ("1–9", N_("invite from the queue")),
    ("T", N_("withdraw the floor")),
    ("M", N_("mute all")),
    ("Z", N_("take the last move back")),
    ("H", N_("hand the meeting over to a deputy")),
    ("G", N_("show all points")),
    ("D", N_("call the roll")),
    ("/", N_("search")),
    ("?", N_("show the keys")),
    ("Esc", N_("close")),
)


@dataclass(frozen=True, slots=True)
class Caption:
    """What stands under a picture; `since` in ISO form for the ticking clock.

    `limit_s`: how long a speech should last.
    """

    name: str
    note: str
    since: str = ""
    tag: str = ""
    limit_s: int | None = None
    of_limit: str = ""


@dataclass(frozen=True, slots=True)
class Key:
    """One key and what it does."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class ConsoleView:
    """All the page shows."""

    meeting_id: str
    title: str
    phase: str
    badge: Badge
    facts: str
    crumbs: tuple[Crumb, ...]
    elapsed: str
    elapsed_since: str
    can_act: bool
    can_end: bool
    can_cancel: bool
    can_repeat: bool
    can_restore: bool
    is_playable: bool
    no_pictures: str
    stage: Caption
    speaker: Caption | None
    speaker_id: str
    speaker_hint: str
    floor_epoch: int
    floor: FloorActions
    seats: tuple[Seat, ...]
    queue: QueueView
    people: TakingPartView
    watchers: tuple[Watcher, ...]
    present: str
    present_count: str
    lines: LinesView
    log: tuple[LogLine, ...]
    has_older_log: bool
    last_move: LastMove | None
    messages: MessagesView
    lock: LockView
    keys: tuple[Key, ...]
    player_words: Mapping[str, str]
    recording: RecordingNow
    relay_notes: tuple[str, ...]
    shelf: ShelfView
    content: Caption | None
    can_share: bool
    share_words: Mapping[str, str]
    tiles: tuple[Tile, ...]
    has_arrivals: bool
    grid_words: Mapping[str, str]
    guests: GuestsView | None
    series: Crumb | None
    is_in_person: bool = False
    invitations: InvitationsView | None = None
    held_rooms: RoomsView | None = None
    agenda: AgendaView | None = None
    deputy: DeputyView | None = None


@dataclass(frozen=True, slots=True)
class ConsoleFacts:
    """What the view is made from."""

    meeting: Meeting
    roster: MeetingRoster
    events: Sequence[MeetingEvent]
    moves: MoveFacts
    people: Mapping[str, str]
    relays: Sequence[RelayNow]
    spreading: SpreadingSettings
    is_office: bool
    recording: RecordingNow
    shelf: ShelfView
    log_shown: int
    lines: LineFacts
    admitted: Sequence[str] | None = None
    host: str = ""
    guests: GuestsView | None = None
    series_place: tuple[int, int] | None = None


def view(words: Language, now: datetime, facts: ConsoleFacts) -> ConsoleView:
    """Return the page's view."""
    meeting, roster = facts.meeting, facts.roster
    kept = MeetingPhase(meeting.state)
    phase = MeetingPhase.LIVE if roster.is_live else kept
    names = people.names_of_all(roster, facts.people)
    arrivals = roster.arrivals()
    can_act = facts.is_office and roster.is_live
    log = meeting_log.lines(words, now, facts.events, names, facts.log_shown + 1, facts.people)
    begun = meeting.live_at if roster.is_live else None
    first = seating.next_point(roster, names) if can_act else None
    present, present_count = _present(words, facts, len(arrivals.keys() & names.keys()))
    return ConsoleView(
        meeting_id=meeting.meeting_id,
        title=meeting.title,
        phase=phase.value,
        badge=badges.of_meeting(phase.value, words),
        facts=said.line(words, meeting, names, len(roster.points), facts.host),
        crumbs=(Crumb(words.gettext("Meetings"), "/meetings"), Crumb(meeting.title)),
        elapsed=_elapsed(now - begun) if begun else "",
        elapsed_since=_iso(begun) if begun else "",
        can_act=can_act,
        can_end=facts.is_office and may_be_ended(kept, meeting.begins_at, now=now),
        can_cancel=facts.is_office and kept in (MeetingPhase.DRAFT, MeetingPhase.SCHEDULED),
        can_repeat=facts.is_office and not roster.is_live,
        can_restore=facts.is_office and may_be_restored(phase, meeting.begins_at, now=now),
        is_playable=roster.is_open,
        no_pictures=_no_pictures(words, meeting, phase, now),
        stage=_stage(words, roster, names),
        speaker=_speaker(words, now, facts, names),
        speaker_id=roster.floor.speaker or "",
        speaker_hint=_speaker_hint(words, roster, can_act=can_act),
        floor_epoch=roster.floor.epoch,
        floor=floor_actions.view(words, roster, first, meeting.speech_s, names),
        seats=seating.seats(words, now, roster, first),
        queue=queues.view(words, now, roster, names),
        people=people.view(words, now, roster, facts.people),
        watchers=seating.watchers(roster, facts.people),
        present=present,
        present_count=present_count,
        lines=line_views.view(words, now, facts.lines),
        log=log[: facts.log_shown],
        has_older_log=len(log) > facts.log_shown,
        last_move=_last_move(words, now, facts, names, can_act=can_act),
        messages=messages.view(words, roster.points, facts.moves.messages, names, may_send=can_act),
        lock=outside.view(words, now, roster, facts.admitted, {**facts.people, **names}),
        keys=tuple(Key(key, words.gettext(name)) for key, name in _KEYS),
        player_words=player_words.in_language(words),
        recording=facts.recording,
        relay_notes=_relay_notes(words, facts),
        shelf=facts.shelf,
        content=_content(roster, names, facts.people),
        can_share=facts.is_office and roster.is_open,
        share_words=player_words.of_sharing(words),
        tiles=grid.tiles(words, roster, names),
        has_arrivals=bool(arrivals),
        grid_words=player_words.of_grid(words),
        guests=facts.guests,
        series=series_crumb(words, meeting, facts.series_place),
    )


def _last_move(
    words: Language,
    now: datetime,
    facts: ConsoleFacts,
    names: Mapping[str, str],
    *,
    can_act: bool,
) -> LastMove | None:
    known = facts.people
    return last_move.view(words, now, facts.moves, facts.roster, names, known, can_act=can_act)


def _elapsed(span: timedelta) -> str:
    total = max(0, int(span.total_seconds()))
    return f"{total // 3600:02}:{total // 60 % 60:02}:{total % 60:02}"


def _iso(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat()


def is_playable(meeting: Meeting, now: datetime) -> bool:
    """Return whether points and people may be at the relay: from a little before the hour on."""
    phase = MeetingPhase(meeting.state)
    if not meeting.is_joined:
        return False
    if phase is MeetingPhase.LIVE:
        return True
    return phase is MeetingPhase.SCHEDULED and now >= opens_at(meeting.begins_at)


def _no_pictures(words: Language, meeting: Meeting, phase: MeetingPhase, now: datetime) -> str:
    if phase is MeetingPhase.ENDED:
        return words.gettext(
            "The meeting ended %(time)s. Its log is kept on this page.",
            time=words.moment(meeting.ended_at or meeting.ends_at, now),
        )
    if phase is MeetingPhase.CANCELLED:
        return words.gettext("The meeting was cancelled.")
    return words.gettext(
        "Pictures and sound come from %(time)s on. The points join by themselves.",
        time=words.moment(opens_at(meeting.begins_at), now),
    )


def _speaker(
    words: Language, now: datetime, facts: ConsoleFacts, names: Mapping[str, str]
) -> Caption | None:
    if facts.roster.floor.mode is FloorMode.DISCUSSION:
        return _last_heard(words, facts.roster, names)
    speaker = facts.roster.floor.speaker
    if speaker is None:
        return None
    known = facts.roster.spoken.get(speaker)
    given = known.since if known is not None else None
    limit_s = facts.meeting.speech_s if given else None
    return Caption(
        names.get(speaker, speaker),
        _elapsed(now - given)[3:] if given else "",
        _iso(given) if given else "",
        words.gettext("Has the floor"),
        limit_s,
        words.gettext("of %(time)s", time=words.duration(timedelta(seconds=limit_s)))
        if limit_s
        else "",
    )


def _last_heard(words: Language, roster: MeetingRoster, names: Mapping[str, str]) -> Caption | None:
    heard = roster.speakers
    point = next((one for one in heard if one != roster.chair_id), None)
    if point is None:
        return None
    is_now = point == heard[0]
    tag = words.gettext("Speaking now") if is_now else words.gettext("Spoke last")
    return Caption(names.get(point, point), "", tag=tag)


def _content(
    roster: MeetingRoster, names: Mapping[str, str], people: Mapping[str, str]
) -> Caption | None:
    sharing = roster.sharing
    if sharing is None:
        return None
    known = names if sharing.participant_kind is ParticipantKind.POINT else people
    return Caption(known.get(sharing.subject, sharing.subject), "")


def _stage(words: Language, roster: MeetingRoster, names: Mapping[str, str]) -> Caption:
    there = {*roster.arrivals(), *roster.taking_part()}
    put = roster.floor.on_stage
    shown = put if put in there else roster.chair_id
    is_speaking = roster.speakers[:1] == (shown,)
    return Caption(
        names.get(shown, shown),
        "" if shown in there else words.gettext("not in yet"),
        tag=words.gettext("Speaking now") if is_speaking else words.gettext("Main picture"),
    )


def _speaker_hint(words: Language, roster: MeetingRoster, *, can_act: bool) -> str:
    if roster.floor.mode is FloorMode.DISCUSSION:
        return floor_actions.who_may_discuss(words, roster)
    if can_act:
        return words.gettext("Invite a point from the list.")
    return words.gettext("The chair's point is on the main picture.")


def _relay_notes(words: Language, facts: ConsoleFacts) -> tuple[str, ...]:
    roster = facts.roster
    if not roster.is_open:
        return ()
    return relays.notes(words, facts.relays, facts.spreading, is_live=roster.is_live)


def _present(words: Language, facts: ConsoleFacts, count: int) -> tuple[str, str]:
    """Return how many points are in, or came in, as a sentence and as a figure."""
    came, invited = facts.roster.came, [one.point_id for one in facts.roster.points]
    if came is None and not facts.roster.is_open:
        return words.ngettext("%(n)s invited", "%(n)s invited", len(invited)), f"{len(invited)}"
    there = count if came is None else sum(one in came for one in invited)
    said = {"in": there, "all": len(invited)}
    figure = f"{there}/{len(invited)}"
    if came is not None:
        return words.gettext("%(in)s of %(all)s came in", **said), figure
    if not facts.relays[0].is_online:
        return words.gettext("the relay does not report who is in"), figure
    return words.gettext("%(in)s of %(all)s are in", **said), figure
