"""A carrier that was entered by mistake: removed, and had back."""

from datetime import datetime

from sqlalchemy import Engine

from controller.carriers import carrier_queries, service
from controller.db.engine import writing
from controller.errors import Conflict


def remove(engine: Engine, carrier_id: str, *, now: datetime) -> str:
    """Remove a carrier that has no contract; return its name.

    Raises:
        NotFound: there is no such carrier.
        Conflict: it has contracts, or evidence was issued for it, which has to be explained.
    """
    with writing(engine) as session:
        one = service.carrier_of(session, carrier_id)
        if carrier_queries.has_issued(session, carrier_id):
            raise Conflict(
                "evidence_issued",
                f"Đã phát hành bằng chứng cho “{one.name}” nên không xóa được.",
                f"Evidence was issued for “{one.name}”: it cannot be removed.",
            )
        held = [of for of in service.contracts(session) if of.terms.carrier_id == carrier_id]
        if held:
            raise Conflict(
                "has_contracts",
                f"“{one.name}” còn {len(held)} hợp đồng: rút lại trước, hoặc đổi sang nhà mạng "
                "đúng.",
                f"“{one.name}” has contracts ({len(held)}): withdraw them first, or give them "
                "the right carrier.",
            )
        one.removed_at = one.removed_at or now
        carrier_queries.add(session, one)
        return one.name


def restore(engine: Engine, carrier_id: str) -> str:
    """Have a carrier back that was removed; return its name.

    Raises:
        NotFound: there is no such carrier.
        BadEntry: another has its name by now, or there are too many.
    """
    with writing(engine) as session:
        one = service.carrier_of(session, carrier_id)
        if one.removed_at is not None:
            service.refuse_one_more(session, one.name)
            one.removed_at = None
            carrier_queries.add(session, one)
        return one.name
