"""Why two of the province's points were out: one still is, of one its own record has come."""

from datetime import datetime, timedelta

from controller.ingest.cause_rows import evidence_text
from controller.ingest.cause_tables import OutageVerdict
from monitoring.judgement.outage_cause import FactKey, OutageCause, OutageFact

GATEWAY = OutageFact(FactKey.GATEWAY_SILENT, {"address": "192.168.1.1"})


def unsure(point_id: str, began_at: datetime) -> OutageVerdict:
    """Return what is said while an outage lasts."""
    not_closed = OutageFact(FactKey.NOT_CLOSED, {"at": began_at + timedelta(seconds=95)})
    return _row(point_id, began_at, OutageCause.LINE, [not_closed], began_at)


def corrected(point_id: str, began_at: datetime) -> list[OutageVerdict]:
    """Return what was said first, and what the point's own record says."""
    own = _row(point_id, began_at, OutageCause.LAN, [GATEWAY], began_at + timedelta(hours=1))
    own.own_began_at, own.is_certain, own.is_recorded = began_at, True, True
    return [unsure(point_id, began_at), own]


def _row(
    point_id: str,
    began_at: datetime,
    cause: OutageCause,
    facts: list[OutageFact],
    judged_at: datetime,
) -> OutageVerdict:
    return OutageVerdict(
        point_id=point_id,
        outage_began_at=began_at,
        judged_at=judged_at,
        noticed_at=began_at + timedelta(seconds=25),
        cause=cause.value,
        is_certain=False,
        is_recorded=False,
        evidence=evidence_text(facts),
    )
