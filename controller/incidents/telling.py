"""Puts an incident into words, and one message for each channel into the queue."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from contracts.ids import PointId
from controller.health import service as health
from controller.health.service import Began, Cause
from controller.incidents import channel_queries, incident_queries, wording
from controller.incidents.tables import AlertMessage, IncidentRow
from controller.incidents.wording import Advice, Happened, Letter
from controller.places import service as places
from controller.web.i18n.catalogue import chosen
from controller.web.i18n.language import Language
from monitoring.judgement.coincidence import Reach
from monitoring.judgement.incidents import DOWN, Turn

CausesOf = Callable[[Collection[Began]], Mapping[Began, Cause]]
"""Asked why points were out, as their own pages say it."""

LETTERS_IN = "vi"
_RANKS = {Reach.CENTRE: 0, Reach.UNIT: 1, Reach.POINT: 2}
_RANK_OF_PROBLEM, _RANK_OF_RECOVERY = 3, 4


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
    names = _Names.of(session, ids, now)
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
    names = _Names.of(session, [point_id for point_id, _ in firsts.values()], now)
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
    def of(cls, session: Session, point_ids: Iterable[str], now: datetime) -> "_Names":
        found = places.points_by_id(session, point_ids)
        return cls(
            {str(one): point.name for one, point in found.items()},
            {one.unit_id: one.name for one in places.units(session, at=now)},
        )


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
    found = at_outage or health.cause(words, now, row.key, row.evidence, row.began_at)
    at_point = Advice(found.what, found.whose, found.remedy) if found else None
    return InWords(happened, wording.advice(words, happened, at_point))


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
    """Write a message for every channel; return the channels' names."""
    words = chosen(LETTERS_IN)
    told = in_words(session, words, row, now, causes_of, still=still)
    address = f"{link}/incidents/{row.number}"
    letter = _letter(words, told, turn, now, address)
    channels = channel_queries.channels(session)
    session.add_all(
        AlertMessage(
            number=row.number or 0,
            channel_id=channel.channel_id,
            channel_name=channel.name,
            what=turn.value,
            rank=_rank(row, turn),
            title=letter.title,
            text=letter.text,
            queued_at=now,
        )
        for channel in channels
    )
    return [channel.name for channel in channels]


def _letter(words: Language, told: InWords, turn: Turn, now: datetime, link: str) -> Letter:
    if turn is Turn.RECOVERED:
        return wording.recovery(words, now, told.happened, told.advice.what, link)
    is_wider = turn is Turn.WIDER
    return wording.alert(words, now, told.happened, told.advice, link, is_wider=is_wider)


def _rank(row: IncidentRow, turn: Turn) -> int:
    if turn is Turn.RECOVERED:
        return _RANK_OF_RECOVERY
    if Reach(row.reach) is Reach.POINT and row.key != DOWN:
        return _RANK_OF_PROBLEM
    return _RANKS[Reach(row.reach)]
