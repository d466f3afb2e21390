"""`diemcau-controller` with one rule replaced: `python -m … BREAK ingest|web --config FILE`.

Nothing of this is in the product: the rule is replaced in this process before it starts.
"""

import sys
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection

from contracts.ids import PointId
from controller import cli
from controller.incidents.parcel import Delivery
from controller.incidents.postman import Errand, Postman
from controller.ingest import store
from controller.ingest.arrivals import Arrival, kind_of
from controller.ingest.notices import Notices
from controller.ingest.rows import Keyed
from monitoring.judgement import incidents, outage_cause, presence
from monitoring.judgement.coincidence import Reach, Together, Units
from monitoring.judgement.outage_cause import OutageCause
from monitoring.judgement.outage_evidence import Evidence
from monitoring.judgement.outage_record import OwnRecord
from monitoring.judgement.presence import Presence, PresenceLimits

LOST = 7
_write = store._write
_note = Notices.note
_count = 0


def _never_due(point: Presence, now: datetime, limits: PresenceLimits) -> presence.Step:
    """Whoever was heard once stays as it was."""
    del now, limits
    return point, ()


def _forgetful(connection: Connection, batch: list[Keyed]) -> None:
    """Every seventh report is acknowledged and never stored."""
    global _count
    kept = []
    for keyed in batch:
        _count += 1
        if _count % LOST:
            kept.append(keyed)
    _write(connection, kept)


def _another_cause(own: OwnRecord, evidence: Evidence) -> tuple[OutageCause, bool]:
    """Whatever the point's record says, the room's network is to blame."""
    del own, evidence
    return OutageCause.LAN, True


def _each_alone(
    fell: Mapping[PointId, datetime], known: Units, out: Collection[PointId] = ()
) -> list[Together]:
    """Nothing has to do with anything."""
    del known, out
    return [Together(Reach.POINT, "", (point_id,)) for point_id in fell]


def _without_traps(self: Notices, new: Sequence[Arrival]) -> None:
    """What devices say unasked is stored, and no page is told."""
    _note(self, [one for one in new if kind_of(one.report.body) != "traps"])


async def _thrown_away(self: Postman, errand: Errand) -> Delivery:
    """A letter counts as sent and never was."""
    del self, errand
    return Delivery("sent")


def apply(breakage: str) -> None:
    """Replace the rule that the breakage names."""
    if breakage == "stale-presence":
        vars(presence)["due"] = _never_due
    elif breakage == "lost-report":
        vars(store)["_write"] = _forgetful
    elif breakage == "wrong-cause":
        vars(outage_cause)["_of_record"] = _another_cause
    elif breakage == "alert-storm":
        vars(incidents)["together"] = _each_alone
    elif breakage == "silent-trap":
        Notices.note = _without_traps  # type: ignore[method-assign]
    elif breakage == "lost-alert":
        Postman._outcome = _thrown_away  # type: ignore[method-assign]


if __name__ == "__main__":
    apply(sys.argv[1])
    raise SystemExit(cli.main(sys.argv[2:]))
