"""The points of a meeting: who is in, who speaks, who may be invited next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from contracts.floor import FloorMode, FloorState
from contracts.participants import ParticipantKind
from contracts.relay import Attendee, MeetingState
from contracts.reports import RoomSection
from controller.health import states
from controller.health.states import PointState
from controller.meetings import attendance
from controller.meetings.speech_times import Spoken
from controller.places.service import Point
from controller.web.elements import Badge
from controller.web.i18n.collation import vietnamese
from controller.web.i18n.language import Language


@dataclass(frozen=True, slots=True)
class MeetingRoster:
    """A meeting as its points see it. `spoken`: how long who had the floor; `person` is who looks.

    `hands`: since when who waits for the floor, the first of them first.

    `came` is when each point first came in, where the meeting is over and its log is kept.
    """

    chair_id: str
    points: Sequence[Point]
    floor: FloorState
    attendance: MeetingState | None
    point_states: Mapping[str, PointState]
    spoken: Mapping[str, Spoken]
    is_live: bool
    is_open: bool
    can_act: bool
    expelled: frozenset[str] = frozenset()
    expelled_people: frozenset[str] = frozenset()
    person: str = ""
    rooms: Mapping[str, RoomSection] = field(default_factory=dict)
    hands: Mapping[str, datetime] = field(default_factory=dict)
    came: Mapping[str, datetime] | None = None

    @property
    def may_put_out(self) -> bool:
        """Whether who looks may put somebody out now."""
        return self.can_act and self.is_open

    @property
    def speakers(self) -> tuple[str, ...]:
        """Who speaks in a discussion, as the relay hears it, and who spoke before."""
        return self.attendance.speakers if self.attendance else ()

    def sessions_of(self, point_id: str) -> list[Attendee]:
        """Return what a point has at the relay now."""
        attendees = self.attendance.attendees if self.attendance else ()
        return [
            one
            for one in attendees
            if one.subject == point_id
            and one.participant_kind is ParticipantKind.POINT
            and one.is_connected
        ]

    @property
    def sharing(self) -> Attendee | None:
        """Who shares content now."""
        attendees = self.attendance.attendees if self.attendance else ()
        shared = [one for one in attendees if one.direction == "share" and one.is_connected]
        return shared[-1] if shared else None

    def watchers(self) -> frozenset[str]:
        """Return whose browser is in and who was put out, by the names they sign in with."""
        attendees = self.attendance.attendees if self.attendance else ()
        people = [one for one in attendees if one.participant_kind is ParticipantKind.PERSON]
        return self.expelled_people.union(one.subject for one in people)

    def taking_part(self) -> dict[str, Attendee]:
        """Return the people who take part by a browser now, as the floor names them."""
        attendees = self.attendance.attendees if self.attendance else ()
        return {who: one for one in attendees if (who := attendance.taking_part(one))}

    def arrivals(self) -> dict[str, Attendee]:
        """Return the points whose session at the relay is connected."""
        if self.attendance is None:
            return {}
        return {
            one.subject: one
            for one in self.attendance.attendees
            if one.participant_kind is ParticipantKind.POINT
            and one.is_connected
            and one.direction != "share"
        }


def without_picture(attendance: MeetingState | None) -> frozenset[str]:
    """Return the points of which the relay gets sound and no picture."""
    attendees = attendance.attendees if attendance else ()
    return frozenset(
        one.subject
        for one in attendees
        if one.participant_kind is ParticipantKind.POINT
        and one.is_connected
        and one.direction == "publish"
        and one.sends == ("audio",)
    )


@dataclass(frozen=True, slots=True)
class PutOut:
    """The button that puts somebody out, or lets in again who is out; `name` for people."""

    kind: str
    subject: str
    name: str
    is_out: bool


@dataclass(frozen=True, slots=True)
class Seat:
    """One point's line."""

    point_id: str
    name: str
    badge: Badge
    second: str
    is_speaker: bool
    is_present: bool
    action: str
    action_name: str
    action_spoken: str
    is_first: bool
    put_out: PutOut | None
    is_person: bool = False
    has_hand: bool = False
    queue: str = ""


@dataclass(frozen=True, slots=True)
class Watcher:
    """A person who watches, or was put out."""

    user_name: str
    name: str
    is_out: bool
    put_out: PutOut | None


def watchers(roster: MeetingRoster, names: Mapping[str, str]) -> tuple[Watcher, ...]:
    """Return the people who are in, and those who were put out; for whoever may act."""
    if not roster.may_put_out:
        return ()
    watching = roster.watchers() - {one.subject for one in roster.taking_part().values()}
    shown = [_watcher(roster, one, names.get(one, one)) for one in watching]
    return tuple(sorted(shown, key=lambda one: vietnamese(one.name)))


def _watcher(roster: MeetingRoster, user_name: str, name: str) -> Watcher:
    is_out = user_name in roster.expelled_people
    button = PutOut(ParticipantKind.PERSON.value, user_name, name, is_out)
    return Watcher(
        user_name, name, is_out, button if is_out or user_name != roster.person else None
    )


@dataclass(frozen=True, slots=True)
class NextPoint:
    """Who is invited by the primary button."""

    id: str
    name: str


def may_be_given(roster: MeetingRoster, who: str) -> bool:
    """Return whether somebody is in the meeting and has not the floor."""
    is_in = who in roster.arrivals() or who in roster.taking_part()
    return is_in and who not in roster.floor.holders


def next_point(roster: MeetingRoster, names: Mapping[str, str]) -> NextPoint | None:
    """Return whose turn it is: who has waited longest and is in, else a point in protocol order.

    Args:
        names: of points and people, as the floor names them.

    Returns:
        None: it is nobody's.
    """
    if roster.floor.mode is FloorMode.DISCUSSION:
        return None
    for who in roster.hands:
        if may_be_given(roster, who):
            return NextPoint(who, names.get(who, who))
    order = [point for point in roster.points if point.point_id != roster.chair_id]
    present = roster.arrivals()
    last = roster.floor.speaker or roster.floor.previous_speaker
    ids = [str(point.point_id) for point in order]
    after = ids.index(last) + 1 if last in ids else 0
    turn = [*order[after:], *order[:after]]
    free = [p for p in turn if p.point_id in present and p.point_id not in roster.floor.holders]
    waiting = [p for p in free if p.point_id not in roster.spoken] or free
    return NextPoint(waiting[0].point_id, waiting[0].name) if waiting else None


def seats(
    words: Language, now: datetime, roster: MeetingRoster, first: NextPoint | None
) -> tuple[Seat, ...]:
    """Return every invited point in protocol order. `first`: whose turn it is."""
    present = roster.arrivals()
    return tuple(
        _seat(words, now, roster, point, present.get(point.point_id), first)
        for point in roster.points
    )


def _seat(
    words: Language,
    now: datetime,
    roster: MeetingRoster,
    point: Point,
    arrival: Attendee | None,
    first: NextPoint | None,
) -> Seat:
    holds = point.point_id in roster.floor.holders
    may_act = roster.can_act and roster.is_live and point.point_id != roster.chair_id
    action = act_on(roster, point.point_id, is_present=arrival is not None) if may_act else ""
    action_name, action_spoken = said_of(words, action, point.name)
    return Seat(
        point_id=point.point_id,
        name=point.name,
        badge=_badge(words, roster, point, is_present=arrival is not None, holds=holds),
        second=_second(words, now, roster, point, arrival, holds=holds),
        is_speaker=holds or roster.speakers[:1] == (point.point_id,),
        is_present=arrival is not None,
        action=action,
        action_name=action_name,
        action_spoken=action_spoken,
        put_out=_put_out(roster, point),
        is_first=first is not None and first.id == point.point_id and action == "grant",
        has_hand=point.point_id in roster.hands,
        queue=in_queue(roster, point.point_id, may_act=may_act and action == "grant"),
    )


def in_queue(roster: MeetingRoster, who: str, *, may_act: bool) -> str:
    """Return what is done beside somebody with the queue: `ask`, `drop` or nothing."""
    if who in roster.hands:
        return "drop" if roster.can_act and roster.is_live else ""
    return "ask" if may_act else ""


def _put_out(roster: MeetingRoster, point: Point) -> PutOut | None:
    is_out = point.point_id in roster.expelled
    is_in = point.point_id in roster.arrivals() and point.point_id != roster.chair_id
    if not (roster.may_put_out and (is_out or is_in)):
        return None
    return PutOut(ParticipantKind.POINT.value, point.point_id, point.name, is_out)


def act_on(roster: MeetingRoster, who: str, *, is_present: bool) -> str:
    """Return what the button beside somebody does: the floor, or in a discussion the microphone."""
    if who in roster.floor.holders:
        return "withdraw"
    if roster.floor.mode is FloorMode.DISCUSSION:
        if who in roster.floor.muted:
            return "unmute"
        return "mute" if is_present else ""
    return "grant" if is_present else ""


def said_of(words: Language, action: str, name: str) -> tuple[str, str]:
    """Return what stands on that button, and what it says to whoever does not see it."""
    match action:
        case "grant":
            spoken = words.gettext("Invite %(name)s to speak", name=name)
            return words.gettext("Invite"), spoken
        case "withdraw":
            spoken = words.gettext("Withdraw the floor from %(name)s", name=name)
            return words.gettext("Withdraw"), spoken
        case "mute":
            spoken = words.gettext("Turn off the microphone of %(name)s", name=name)
            return words.gettext("Turn off"), spoken
        case "unmute":
            spoken = words.gettext("Turn on the microphone of %(name)s", name=name)
            return words.gettext("Turn on"), spoken
    return "", ""


def _badge(
    words: Language, roster: MeetingRoster, point: Point, *, is_present: bool, holds: bool
) -> Badge:
    if holds:
        return Badge("floor", "state-floor", words.gettext("Has the floor"))
    if roster.came is not None:
        return _attended(words, has_come=point.point_id in roster.came)
    if not is_present:
        state = roster.point_states.get(point.point_id, PointState.UNKNOWN)
        is_missed = roster.is_open and state is PointState.UP
        return states.of_point(PointState.UNKNOWN if is_missed else state, words)
    if point.point_id in roster.floor.muted:
        return Badge("muted", "state-muted", words.gettext("Muted"))
    return Badge("tick", "state-up", words.gettext("Present"))


def _attended(words: Language, *, has_come: bool) -> Badge:
    if has_come:
        return Badge("tick", "state-up", words.gettext("Came in"))
    return Badge("down", "state-down", words.gettext("Did not come in"))


def _second(
    words: Language,
    now: datetime,
    roster: MeetingRoster,
    point: Point,
    arrival: Attendee | None,
    *,
    holds: bool,
) -> str:
    parts: list[str] = []
    if point.point_id == roster.chair_id:
        parts.append(words.gettext("chair's point"))
    if holds:
        parts.append(words.gettext("has the floor"))
    if roster.speakers[:1] == (point.point_id,):
        parts.append(words.gettext("speaking now"))
    if point.point_id in roster.expelled:
        parts.append(words.gettext("put out of the meeting"))
    elif arrival is None:
        parts.append(_absence(words, now, roster, point))
    elif not holds:
        parts.append(words.gettext("in since %(time)s", time=words.moment(arrival.joined_at, now)))
    if point.point_id in without_picture(roster.attendance):
        parts.append(only_sound(words, roster.rooms.get(point.point_id)))
    if arrival is not None and point.point_id in roster.floor.muted:
        parts.append(words.gettext("microphone off"))
    known = roster.spoken.get(point.point_id)
    if known is not None and not holds:
        parts.append(spoke(words, known, now))
    return " · ".join(parts)


def spoke(words: Language, known: Spoken, now: datetime) -> str:
    """Return how often and how long somebody had the floor."""
    times = words.ngettext("spoke once", "spoke %(n)s times", known.count)
    return f"{times}, {words.duration(known.total(now))}"


def only_sound(words: Language, room: RoomSection | None) -> str:
    """Return that a point sends sound alone, and why, where its camera says so."""
    camera = room.camera if room is not None else None
    if camera is None or camera.state in ("open", "closed"):
        return words.gettext("sound only")
    return words.gettext("sound only, camera %(state)s", state=states.of_device(words, camera))


def _absence(words: Language, now: datetime, roster: MeetingRoster, point: Point) -> str:
    if roster.came is not None:
        at = roster.came.get(point.point_id)
        if at is None:
            return words.gettext("did not come in")
        return words.gettext("came in %(time)s", time=words.moment(at, now))
    state = roster.point_states.get(point.point_id, PointState.UNKNOWN)
    if not roster.is_open:
        return states.of_point(state, words).word
    if state is PointState.UP:
        return words.gettext("not in yet")
    return words.gettext("not in: %(state)s", state=states.of_point(state, words).word.lower())
