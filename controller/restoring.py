"""What a restored database must not bring back: sessions that ended, codes that were used,
certificates that were revoked since. What the present one knows of certificates is kept.
"""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_CERTIFICATES = "serial, point_id, sha256, issued_at, expires_at, ended_at, why_ended"
_OF_POINTS = "certificate_sha256, certificate_expires_at, enrolled_at, point_id"


@dataclass(frozen=True, slots=True)
class Identities:
    """Rows of the database that is to be replaced."""

    certificates: Sequence[tuple[Any, ...]] = ()
    points: Sequence[tuple[Any, ...]] = ()


def identities(state: Path) -> Identities:
    """Return what a database knows of certificates; nothing where it is none, or damaged."""
    if not state.exists():
        return Identities()
    try:
        with closing(sqlite3.connect(f"file:{state}?mode=ro", uri=True)) as old:
            # The names are ours, above.
            certificates = old.execute(f"SELECT {_CERTIFICATES} FROM point_certificate")  # noqa: S608
            points = old.execute(f"SELECT {_OF_POINTS} FROM point")  # noqa: S608
            return Identities(certificates.fetchall(), points.fetchall())
    except sqlite3.DatabaseError:
        return Identities()


def forget_what_ended(state: Path, known: Identities) -> None:
    """Take out of a restored database what has ended since it was copied.

    Raises:
        sqlite3.DatabaseError: it cannot be written.
    """
    with closing(sqlite3.connect(state)) as new, new:
        tables = {row[0] for row in new.execute("SELECT name FROM sqlite_master")}
        for table in tables & {"web_session", "enrolment_code", "media_grant"}:
            new.execute(f"DELETE FROM {table}")  # noqa: S608 - one of the three
        if "point_certificate" in tables:
            new.executemany(
                f"INSERT OR REPLACE INTO point_certificate ({_CERTIFICATES}) "  # noqa: S608
                "SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7 WHERE ?2 IN (SELECT point_id FROM point)",
                known.certificates,
            )
        new.executemany(
            "UPDATE point SET certificate_sha256 = ?, certificate_expires_at = ?, "
            "enrolled_at = ? WHERE point_id = ?",
            known.points,
        )
