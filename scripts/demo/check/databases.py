"""The databases and the points' files, read from outside."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from scripts.demo.plan import Plan

Key = tuple[str, int]


def query(file: Path, sql: str, values: Sequence[object] = ()) -> list[tuple[object, ...]]:
    """Return the rows of a query; the file is opened for reading only."""
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=5)) as connection:
        return connection.execute(sql, values).fetchall()


def series(plan: Plan) -> Path:
    """Where the series database is."""
    return plan.centre / "db" / "series" / "series.db"


def kept_by_point(plan: Plan, point_id: str) -> dict[Key, int]:
    """Return (outbox, seq) → measured at (ms) of every report in a point's file."""
    rows = query(
        plan.point(point_id) / "outbox.db", "SELECT outbox_id, seq, measured_at_ms FROM report"
    )
    return {(str(o), int(str(s))): int(str(m)) for o, s, m in rows}


def held_by_centre(plan: Plan, point_id: str) -> list[tuple[Key, int]]:
    """Return ((outbox, seq), measured at (ms)) of every report of a point at the centre."""
    rows = query(
        series(plan),
        "SELECT o.outbox_id, r.seq, r.measured_at FROM report r"
        " JOIN outbox o USING (outbox_key) WHERE r.point_id = ?",
        (point_id,),
    )
    return [((str(o), int(str(s))), int(str(m))) for o, s, m in rows]


def downs(plan: Plan, since_ms: float) -> list[tuple[str, int]]:
    """Return (point, from when on) of everything called down at or after an instant."""
    rows = query(
        series(plan),
        "SELECT point_id, began_at FROM presence_interval WHERE state = 'down' AND noticed_at >= ?",
        (int(since_ms),),
    )
    return [(str(point_id), int(str(began))) for point_id, began in rows]


def last_report_ms(plan: Plan, point_id: str) -> int:
    """Return when the newest report the centre holds of a point was measured."""
    rows = query(series(plan), "SELECT max(measured_at) FROM report WHERE point_id = ?",
                 (point_id,))  # fmt: skip
    return int(str(rows[0][0] or 0))
