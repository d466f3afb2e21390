"""Where on the way to the centre a point's loss or delay is, put to what is said of it."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

import msgspec
from sqlmodel import Session, col, select

from contracts.ids import PointId
from contracts.way import WayBody
from controller.ingest.told_order import newest_first
from controller.ingest.way_tables import WayTrace
from monitoring.judgement.problem import Argument, Problem
from monitoring.judgement.timing import AHEAD_TOLERANCE
from monitoring.judgement.way_compared import WHOLE
from monitoring.judgement.way_place import PLACED, WayPlace, place_of
from runtime.guard import guarded

_bodies = msgspec.json.Decoder(WayBody)
EARLY = timedelta(minutes=10)
"""A trace begins with the third bad sample; the loss is judged over minutes."""


def placed(
    session: Session,
    point_id: PointId,
    problems: Iterable[Problem],
    old: Iterable[Problem],
    gateway: str | None,
    now: datetime,
) -> list[Problem]:
    """Return problems, those of the way with where it is as far as a trace meanwhile shows it.

    Args:
        old: what was wrong before, with since when.
    """
    found = list(problems)
    began = {one.key: one.arguments.get("since") for one in old if one.key in PLACED}
    for place, one in enumerate(found):
        if one.key in PLACED:
            with guarded("stored_way", point_id=point_id):
                since = began.get(one.key) or now
                found[place] = _placed(session, point_id, one, since, now, gateway)
    return found


def _placed(
    session: Session,
    point_id: PointId,
    problem: Problem,
    began_at: object,
    now: datetime,
    gateway: str | None,
) -> Problem:
    if not isinstance(began_at, datetime):
        return problem
    of_point = select(WayTrace).where(WayTrace.point_id == point_id)
    of_point = of_point.order_by(*newest_first(WayTrace)).limit(1)
    # What stands later than now was placed there by a clock that ran ahead.
    meanwhile = col(WayTrace.at).between(began_at - EARLY, now + AHEAD_TOLERANCE)
    traced = session.exec(of_point.where(WayTrace.reason != "usual", meanwhile)).first()
    if traced is None:
        return problem
    before = of_point.where(WayTrace.reason == "usual", col(WayTrace.at) < traced.at)
    usual = session.exec(before.where(col(WayTrace.ending).in_(sorted(WHOLE)))).first()
    place = place_of(
        problem,
        _bodies.decode(traced.body),
        _bodies.decode(usual.body) if usual else None,
        gateway,
    )
    return problem if place is None else _with(problem, place)


def _with(problem: Problem, place: WayPlace) -> Problem:
    mark = "" if place.is_sure else "?"
    said: dict[str, Argument] = {
        "way_place": place.place.value + mark, "way_hop": place.hop, "way_address": place.address,
    }  # fmt: skip
    return replace(problem, arguments={**problem.arguments, **said})
