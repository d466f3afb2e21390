"""What points' lines are sold for: by the carrier's contract, else by the figure of the point."""

from collections.abc import Collection
from datetime import datetime

from sqlmodel import Session

from controller.carriers import carrier_queries, line_contract
from controller.places.service import Point
from monitoring.judgement.contracted import Contracted


def of_points(session: Session, points: Collection[Point], now: datetime) -> dict[str, Contracted]:
    """Return what is known of each point's line, by point; without those of which nothing is."""
    found = {
        one.point_id: Contracted.one_figure(one.contract_rate_bps)
        for one in points
        if one.contract_rate_bps
    }
    known = carrier_queries.revisions_of_points(session, [one.point_id for one in points])
    for held in line_contract.standing(known):
        if held.holds_at(now):
            terms = held.terms
            found[terms.point_id] = Contracted(terms.down_bps, terms.up_bps)
    return found
