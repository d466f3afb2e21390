"""What a restored database keeps of the one that it replaces."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from controller import restoring


@pytest.mark.parametrize("later", ["replaced", "restored"])
def test_certificates_stay_ended_whichever_of_the_two_is_of_a_later_version(
    tmp_path: Path, later: str
) -> None:
    for name in ("replaced", "restored"):
        own = ", public_key TEXT NOT NULL" if name == later else ""
        with closing(sqlite3.connect(tmp_path / name)) as made, made:
            made.execute(
                "CREATE TABLE point (point_id TEXT, certificate_sha256 TEXT,"
                " certificate_expires_at TEXT, enrolled_at TEXT)"
            )
            made.execute("INSERT INTO point VALUES ('p-b', 'new', '2027', '2026')")
            made.execute(
                "CREATE TABLE point_certificate (serial TEXT PRIMARY KEY, point_id TEXT NOT NULL,"
                f" ended_at TEXT{own})"
            )
            ended = "2026" if name == "replaced" else None
            row = ("1", "p-b", ended, "key")[: 4 if name == later else 3]
            made.execute(
                "INSERT INTO point_certificate VALUES (?, ?, ?, ?)"
                if name == later
                else "INSERT INTO point_certificate VALUES (?, ?, ?)",
                row,
            )
    restoring.forget_what_ended(tmp_path / "restored", restoring.identities(tmp_path / "replaced"))
    with closing(sqlite3.connect(tmp_path / "restored")) as read:
        rows = read.execute("SELECT serial, ended_at FROM point_certificate").fetchall()
    assert rows == [("1", "2026")]
