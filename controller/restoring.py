"""What a restored database must not bring back: sessions that ended, codes that were used,
certificates that were revoked since. What the present one knows of certificates is kept.
"""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_OF_POINTS = "certificate_sha256, certificate_expires_at, enrolled_at, point_id"


@dataclass(frozen=True, slots=True)
class Identities:
    """Rows of the database that is to be replaced, which may be of another version."""

    columns: Sequence[str] = ()  # of a certificate's row
    certificates: Sequence[tuple[Any, ...]] = ()
    points: Sequence[tuple[Any, ...]] = ()


def identities(state: Path) -> Identities:
    """Return what a database knows of certificates; nothing where it is none, or damaged."""
    if not state.exists():
        return Identities()
    try:
        with closing(sqlite3.connect(f"file:{state}?mode=ro", uri=True)) as old:
            # The names are ours, above.
            certificates = old.execute("SELECT * FROM point_certificate")
            columns = [column[0] for column in certificates.description]
            points = old.execute(f"SELECT {_OF_POINTS} FROM point")  # noqa: S608
            return Identities(columns, certificates.fetchall(), points.fetchall())
    except sqlite3.DatabaseError:
        return Identities()


def forget_what_ended(state: Path, known: Identities) -> None:
    """Take out of a restored database, of the newest form, what has ended since it was copied.

    Raises:
        sqlite3.DatabaseError: it cannot be written.
    """
    with closing(sqlite3.connect(state)) as new, new:
        for table in ("web_session", "enrolment_code", "media_grant"):
            new.execute(f"DELETE FROM {table}")  # noqa: S608 - one of the three
        _keep_certificates(new, known)
        new.executemany(
            "UPDATE point SET certificate_sha256 = ?, certificate_expires_at = ?, "
            "enrolled_at = ? WHERE point_id = ?",
            known.points,
        )


def _keep_certificates(new: sqlite3.Connection, known: Identities) -> None:
    """Write the rows in the columns of both; what either leaves empty is as the other has it."""
    columns = {row[1]: row[3] for row in new.execute("PRAGMA table_info(point_certificate)")}
    both = [name for name in known.columns if name in columns]
    places = {name: f"?{at}" for at, name in enumerate(both, 1)}
    values = {name: "''" for name, is_needed in columns.items() if is_needed} | places
    kept = [f"{name} = COALESCE(NULLIF(excluded.{name}, ''), {name})" for name in both]
    if "point_id" not in places:
        return
    # The names are the table's own.
    new.executemany(
        f"INSERT INTO point_certificate ({', '.join(values)}) "  # noqa: S608
        f"SELECT {', '.join(values.values())} "
        f"WHERE {places['point_id']} IN (SELECT point_id FROM point) "
        f"ON CONFLICT (serial) DO UPDATE SET {', '.join(kept)}",
        [[row[known.columns.index(name)] for name in both] for row in known.certificates],
    )
