"""`diemcau-controller` with one rule replaced: `python -m … BREAK ingest --config FILE`.

Nothing of this is in the product: the rule is replaced in this process before it starts.
"""

import sys
from datetime import datetime

from sqlalchemy import Connection

from controller import cli
from controller.ingest import store
from controller.ingest.rows import Keyed
from monitoring.judgement import presence
from monitoring.judgement.presence import Presence, PresenceLimits

LOST = 7
_write = store._write
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


def apply(breakage: str) -> None:
    """Replace the rule that the breakage names."""
    if breakage == "stale-presence":
        vars(presence)["due"] = _never_due
    elif breakage == "lost-report":
        vars(store)["_write"] = _forgetful


if __name__ == "__main__":
    apply(sys.argv[1])
    raise SystemExit(cli.main(sys.argv[2:]))
