"""The people who take part in a meeting by a browser: a line each, as points have one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from contracts.floor import FloorMode
from contracts.participants import ParticipantKind, person_named, speaker_id
from contracts.relay import Attendee
from controller.meetings.tables import MeetingEvent
from controller.meetings.views import player_words
from controller.meetings.views.seats import MeetingRoster, PutOut, Seat, act_on, in_queue, said_of
from controller.web.elements import Badge
from controller.web.i18n.collation import vietnamese
from controller.web.i18n.language import Language


@dataclass(frozen=True, slots=True)
class OwnPart:
    """What the browser of who looks may send, and whether their hand is up."""

    may_speak: bool
    has_hand: bool


@dataclass(frozen=True, slots=True)
class TakingPartView:
    """Who takes part, how who looks stands on the floor, and the texts of taking part."""

    seats: tuple[Seat, ...]
    own: OwnPart
    words: Mapping[str, str]


def view(
    words: Language, now: datetime, roster: MeetingRoster, known: Mapping[str, str]
) -> TakingPartView:
    """Return what the page shows of the people who take part."""
    texts = player_words.of_taking_part(words)
    return TakingPartView(seats(words, now, roster, known), own_part(roster), texts)


def own_part(roster: MeetingRoster) -> OwnPart:
    """Return how who looks stands on the floor."""
    who = speaker_id(roster.person, ParticipantKind.PERSON)
    is_open = roster.floor.mode is FloorMode.DISCUSSION and who not in roster.floor.muted
    may_speak = roster.is_live and (is_open or who in roster.floor.holders)
    return OwnPart(may_speak=may_speak, has_hand=who in roster.hands)


def moved(event: MeetingEvent) -> str:
    """Return whom a move of the floor was about, as the floor names them."""
    return event.point_id or speaker_id(event.subject, ParticipantKind.PERSON)


def names(roster: MeetingRoster, known: Mapping[str, str]) -> dict[str, str]:
    """Return what the people on the floor are called, as the floor names them."""
    floor = roster.floor
    previous = [floor.previous_speaker] if floor.previous_speaker else []
    on_it = [*floor.holders, *floor.muted, *previous, *roster.speakers, *roster.taking_part()]
    people = {who: name for who in on_it if (name := person_named(who)) is not None}
    return {who: known.get(name, name) for who, name in people.items()}


def names_of_all(roster: MeetingRoster, known: Mapping[str, str]) -> dict[str, str]:
    """Return the names of points and people, as the floor names them."""
    return {point.point_id: point.name for point in roster.points} | names(roster, known)


def seats(
    words: Language, now: datetime, roster: MeetingRoster, known: Mapping[str, str]
) -> tuple[Seat, ...]:
    """Return who takes part: raised hands first, in their order, then by name."""
    called = names(roster, known)
    order = list(roster.hands)

    def place(who: str) -> tuple[int, object]:
        return (order.index(who) if who in order else len(order), vietnamese(called[who]))

    present = roster.taking_part()
    return tuple(
        _seat(words, now, roster, who, called[who], present[who])
        for who in sorted(present, key=place)
    )


def _seat(
    words: Language, now: datetime, roster: MeetingRoster, who: str, name: str, arrival: Attendee
) -> Seat:
    holds = who in roster.floor.holders
    may_act = roster.can_act and roster.is_live
    action = act_on(roster, who, is_present=True) if may_act else ""
    action_name, spoken = said_of(words, action, name)
    second = words.gettext("in since %(time)s", time=words.moment(arrival.joined_at, now))
    is_own = arrival.subject == roster.person
    button = PutOut(ParticipantKind.PERSON.value, arrival.subject, name, is_out=False)
    return Seat(
        point_id=who,
        name=name,
        badge=_badge(words, roster, who, holds=holds),
        second=words.gettext("has the floor") if holds else second,
        is_speaker=holds or roster.speakers[:1] == (who,),
        is_present=True,
        action=action,
        action_name=action_name,
        action_spoken=spoken,
        is_first=False,
        put_out=button if roster.may_put_out and not is_own else None,
        is_person=True,
        has_hand=who in roster.hands,
        queue=in_queue(roster, who, may_act=action == "grant"),
    )


def _badge(words: Language, roster: MeetingRoster, who: str, *, holds: bool) -> Badge:
    if holds:
        return Badge("floor", "state-floor", words.gettext("Has the floor"))
    if who in roster.floor.muted:
        return Badge("muted", "state-muted", words.gettext("Muted"))
    return Badge("tick", "state-up", words.gettext("Present"))
