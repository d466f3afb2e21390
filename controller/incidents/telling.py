"""Puts an incident into words, and one message for each channel into the queue."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from contracts.ids import PointId
from controller.centre import service as centre
from controller.health import service as health
from controller.health.service import Began, Cause
from controller.incidents import (
    channel_queries,
    incident_queries,
    missed_words,
    text_rows,
    wording,
)
from controller.incidents.channel_queries import HELD, WAITING
from controller.incidents.duty import duty_queries
from controller.incidents.duty.ladder import Climb, LadderRung, counts_since, due
from controller.incidents.duty.receivers import Directory, Receiver
from controller.incidents.letter_texts import ALERT, RECOVERY
from controller.incidents.tables import AlertMessage, IncidentRow
from controller.incidents.taking_room import take_room
from controller.incidents.urgency import Urgency, urgency
from controller.incidents.wording import Advice, Happened, Letter
from controller.places import service as places
from controller.web.i18n.catalogue import chosen
from controller.web.i18n.language import Language
from monitoring.judgement.coincidence import Reach
from monitoring.judgement.incidents import DOWN, Turn
from monitoring.judgement.priority import Priority

CausesOf = Callable[[Collection[Began]], Mapping[Began, Cause]]
"""Asked why points were out, as their own pages say it."""

LETTERS_IN = "vi"
_RANKS = {Reach.CENTRE: 0, Reach.UNIT: 1, Reach.POINT: 2}
_RANK_OF_PROBLEM, RANK_OF_RECOVERY = 3, 4


@dataclass(frozen=True, slots=True)
class InWords:
    """An incident in words: what happened, and whose it is."""

    happened: Happened
    advice: Advice


def in_words(
    session: Session,
    words: Language,
    row: IncidentRow,
    now: datetime,
    causes_of: CausesOf,
    *,
    still: int = 0,
) -> InWords:
    """Return what is said of an incident, with the names of some of its points."""
    points = incident_queries.points_of(session, row.number or 0)
    ids = [one.point_id for one in points[: wording.NAMES_SHOWN]]
    names = _Names.of(session, ids, [row.unit_id])
    outage = _lone_outage(row, ids, len(points))
    at_point = causes_of((outage,)).get(outage) if outage else None
    return _told(words, row, names, ids, len(points), now, still, at_point)


def all_in_words(
    session: Session,
    words: Language,
    rows: Sequence[IncidentRow],
    now: datetime,
    causes_of: CausesOf,
) -> list[InWords]:
    """Return what is said of incidents in a list, where of many points none is named."""
    firsts = incident_queries.first_points(session, [row.number or 0 for row in rows])
    names = _Names.of(
        session, [point_id for point_id, _ in firsts.values()], {row.unit_id for row in rows}
    )
    found = []
    shown = [firsts.get(row.number or 0, ("", 0)) for row in rows]
    outages = [
        _lone_outage(row, [first], count) for row, (first, count) in zip(rows, shown, strict=True)
    ]
    causes = causes_of([one for one in outages if one is not None])
    for row, (first, count), outage in zip(rows, shown, outages, strict=True):
        at_point = causes.get(outage) if outage else None
        ids = [first] if first else []
        found.append(_told(words, row, names, ids, count, now, 0, at_point))
    return found


def _lone_outage(row: IncidentRow, point_ids: Sequence[str], count: int) -> Began | None:
    """Return which outage an incident is, where it is that of one point."""
    is_lone = row.key == DOWN and count == 1 and bool(point_ids)
    return (PointId(point_ids[0]), row.began_at) if is_lone else None


@dataclass(frozen=True, slots=True)
class _Names:
    """What points and units are called."""

    points: Mapping[str, str]
    units: Mapping[str, str]

    @classmethod
    def of(cls, session: Session, point_ids: Iterable[str], unit_ids: Iterable[str]) -> "_Names":
        found = places.points_by_id(session, point_ids)
        names = {str(one): point.name for one, point in found.items()}
        return cls(names, places.unit_names(session, unit_ids))


def _told(
    words: Language,
    row: IncidentRow,
    names: _Names,
    point_ids: Sequence[str],
    count: int,
    now: datetime,
    still: int,
    at_outage: Cause | None,
) -> InWords:
    happened = Happened(
        key=row.key,
        reach=Reach(row.reach),
        unit_name=names.units.get(row.unit_id, row.unit_id),
        names=tuple(names.points.get(one, one) for one in point_ids),
        count=count,
        began_at=row.began_at,
        over_at=row.over_at,
        still=still,
        because=at_outage.what if at_outage else "",
    )
    own = centre.advice(words, now, row.key, row.evidence)
    if own is not None:
        return InWords(happened, wording.of_centre(words, own.what, own.remedy))
    missed = missed_words.advice(words, now, row.key, row.evidence)
    if missed is not None:
        return InWords(happened, missed)
    found = at_outage or health.cause(words, now, row.key, row.evidence, row.began_at)
    at_point = Advice(found.what, found.whose, found.remedy) if found else None
    return InWords(happened, wording.advice(words, happened, at_point))


@dataclass(frozen=True, slots=True)
class Occasion:
    """Why a message goes out: a Turn's value or one of these words, and what it begins with."""

    what: str
    lead: str = ""

    @property
    def story(self) -> str:
        """What the incident's story calls it."""
        return "queued" if self.what == Turn.TOLD.value else self.what


FIRST = Occasion(Turn.TOLD.value)
WIDER = Occasion(Turn.WIDER.value, wording.GOES_FURTHER)
RISEN = Occasion("raised", wording.RAISED)
UNANSWERED = Occasion("step", wording.UNANSWERED)
SUMMARY, ANSWER = "summary", "answer"


@dataclass(frozen=True, slots=True)
class Teller:
    """Puts messages of one incident into the queue, for whoever they are."""

    session: Session
    row: IncidentRow
    now: datetime
    link: str
    directory: Directory
    urgency: Urgency

    @classmethod
    def of(cls, session: Session, row: IncidentRow, now: datetime, link: str) -> "Teller":
        """Return it, with how pressing the incident is now."""
        points = incident_queries.points_of(session, row.number or 0)
        how = urgency(session, row, points, now)
        return cls(session, row, now, link, Directory.at(session, now), how)

    def of_rungs(self, rungs: Iterable[LadderRung]) -> list[Receiver]:
        """Return whom rungs mean for this incident, each once."""
        points = incident_queries.points_of(self.session, self.row.number or 0)
        above = places.units_followed(self.session, [one.point_id for one in points])
        units = {unit_id for path in above.values() for unit_id in path}
        is_centre = Reach(self.row.reach) is Reach.CENTRE
        found = [
            receiver
            for rung in rungs
            for receiver in self.directory.of_target(
                rung.target, () if is_centre else units, is_centre=is_centre
            )
        ]
        return list(dict.fromkeys(found))

    def told_before(self) -> dict[Receiver, datetime | None]:
        """Return who was told of it or of a part, and until when all of that is held from them."""
        found: dict[Receiver, datetime | None] = {}
        numbers = incident_queries.with_parts(self.session, self.row.number or 0)
        for one in channel_queries.of_incidents(self.session, numbers):
            receiver = Receiver.of(one)
            if one.what in (SUMMARY, ANSWER) or not self.directory.has(receiver):
                continue
            held_until = one.held_until if one.state == HELD else None
            found[receiver] = held_until if found.get(receiver, held_until) else None
        return found

    def put(
        self,
        occasion: Occasion,
        letter: Letter,
        receivers: Mapping[Receiver, datetime | None],
        *,
        takes: bool,
    ) -> list[str]:
        """Write a message for each receiver; return what they are called.

        Args:
            receivers: and until when it is held from them, whatever the hour.
        """
        words, names = chosen(LETTERS_IN), []
        for receiver, held in receivers.items():
            until = held or self.directory.held_until(receiver, self.urgency.priority, self.now)
            name = self.directory.name_of(receiver)
            self.session.add(self._message(occasion, letter, receiver, name, until, takes=takes))
            if until is None and takes:
                self._drop_held(receiver)
            text = (
                words.gettext("%(name)s (from %(time)s)", name=name, time=words.time(until))
                if until
                else name
            )
            names.append(text)
        return names

    def _message(
        self,
        occasion: Occasion,
        letter: Letter,
        receiver: Receiver,
        name: str,
        until: datetime | None,
        *,
        takes: bool,
    ) -> AlertMessage:
        return AlertMessage(
            number=self.row.number or 0,
            channel_id=receiver.channel_id,
            channel_name=name,
            person_id=receiver.person_id,
            address=receiver.address,
            what=occasion.what,
            rank=_rank(self.row, occasion.what, self.urgency.priority),
            priority=self.urgency.priority.value,
            title=letter.title,
            text=letter.text,
            takes=takes,
            queued_at=self.now,
            state=HELD if until else WAITING,
            held_until=until,
        )

    def _drop_held(self, receiver: Receiver) -> None:
        """What goes through says more than what was held of the same."""
        messages = channel_queries.of_incident(self.session, self.row.number or 0)
        ids = [one.message_id for one in messages if Receiver.of(one) == receiver]
        channel_queries.sum_up(self.session, ids, self.now)

    def alert(self, occasion: Occasion, causes_of: CausesOf, to: Iterable[Receiver]) -> list[str]:
        """Tell receivers that something is wrong, with a link by which to take care of it."""
        words = chosen(LETTERS_IN)
        told = in_words(self.session, words, self.row, self.now, causes_of)
        address = f"{self.link}/incidents/{self.row.number}"
        room = take_room(words, self.link)
        letter = wording.alert(
            words,
            self.now,
            told.happened,
            told.advice,
            address,
            lead=occasion.lead,
            meets_at=self.urgency.meets_at,
            room=room,
            text=text_rows.text_of(self.session, ALERT),
        )
        return self.put(occasion, letter, dict.fromkeys(to), takes=room > 0)


def as_told(
    session: Session, row: IncidentRow, kind: str, text: str, link: str, causes_of: CausesOf
) -> Letter:
    """Return what a text would have said of an incident, when it was told or was over."""
    words, over_at = chosen(LETTERS_IN), row.over_at
    now = row.told_at if kind == ALERT else over_at or row.told_at
    told, address = in_words(session, words, row, now, causes_of), f"{link}/incidents/{row.number}"
    if kind == RECOVERY:
        what = told.advice.what
        return wording.recovery(words, now, told.happened, what, address, text=text)
    room = take_room(words, link)
    return wording.alert(words, now, told.happened, told.advice, address, room=room, text=text)


def queue(
    session: Session,
    row: IncidentRow,
    turn: Turn,
    now: datetime,
    link: str,
    causes_of: CausesOf,
    *,
    still: int = 0,
) -> list[str]:
    """Write a message for everybody who is to know now; return what they are called."""
    telling = Teller.of(session, row, now, link)
    if turn is Turn.RECOVERED:
        words = chosen(LETTERS_IN)
        told = in_words(session, words, row, now, causes_of, still=still)
        address = f"{link}/incidents/{row.number}"
        text = text_rows.text_of(session, RECOVERY)
        letter = wording.recovery(words, now, told.happened, told.advice.what, address, text=text)
        return telling.put(Occasion(turn.value), letter, telling.told_before(), takes=False)
    told_at, before, priority = row.told_at, Priority(row.priority), telling.urgency.priority
    row.priority_since = counts_since(
        before, row.priority_since or told_at, priority, told_at=told_at, now=now
    )
    row.priority = priority.value
    ladder, number = duty_queries.ladder(session), row.number or 0
    climbed = duty_queries.climbed(session, number)
    if turn is Turn.WIDER:
        again = telling.of_rungs(one for one in ladder if one.step in climbed)
        return telling.alert(WIDER, causes_of, dict.fromkeys((*telling.told_before(), *again)))
    rungs = due(ladder, Climb(told_at, priority, now), now)
    duty_queries.climb(session, number, [one.step for one in rungs], now)
    return telling.alert(FIRST, causes_of, telling.of_rungs(rungs))


def why_nobody(session: Session) -> str:
    """Return what the story says where nobody is told now: of nobody, or not yet."""
    return "later" if channel_queries.of_people(session) else "nobody"


def _rank(row: IncidentRow, what: str, priority: Priority) -> int:
    if what == Turn.RECOVERED.value:
        return RANK_OF_RECOVERY
    if priority is Priority.LOW:
        return _RANK_OF_PROBLEM
    rank = _RANKS[Reach(row.reach)]
    return min(rank, _RANKS[Reach.UNIT]) if priority is Priority.HIGH else rank
