"""What a restored database keeps of the one that it replaces, and of itself."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest
from alembic import command

from controller.db.engine import open_engine, writer
from controller.db.migrate import configuration
from controller.errors import InstallationError
from controller.installation import bring_to_newest
from controller.restoring import forget_what_ended, identities

NEWEST, BEFORE_KEYS = "head", "s0006"
THEN = "2026-11-27 01:00:00.000000"


class Kept(NamedTuple):
    """What these tests are about of a certificate; a key is kept from s0007 on."""

    serial: str
    ended_at: str | None
    key: str = ""


def make(path: Path, revision: str, *certificates: Kept) -> Path:
    """Make a database of a version, with a point's certificates."""
    engine = open_engine(f"sqlite:///{path}")
    with writer(engine).begin() as connection:
        command.upgrade(configuration("state", connection), revision)
    engine.dispose()
    with closing(sqlite3.connect(path)) as made, made:
        insert(made, "point", point_id="p-b", owner="party")
        for one in certificates:
            key = {} if revision == BEFORE_KEYS else {"public_key": one.key}
            insert(
                made, "point_certificate", serial=one.serial, point_id="p-b", sha256=one.serial,
                issued_at=THEN, expires_at=THEN, ended_at=one.ended_at,
                why_ended="revoked" if one.ended_at else "", **key,
            )  # fmt: skip
    return path


def insert(made: sqlite3.Connection, table: str, **given: object) -> None:
    """Add a row; what else it needs is zero."""
    needed = [row[1] for row in made.execute(f"PRAGMA table_info({table})") if row[3]]
    values = dict.fromkeys(needed, 0) | given
    marks = ", ".join("?" * len(values))
    columns = ", ".join(values)
    made.execute(f"INSERT INTO {table} ({columns}) VALUES ({marks})", [*values.values()])  # noqa: S608


def restored(restored: Path, replaced: Path) -> list[Kept]:
    """Put one database into the other's place; return its certificates."""
    bring_to_newest(f"sqlite:///{restored}", "state")
    forget_what_ended(restored, identities(replaced))
    with closing(sqlite3.connect(restored)) as read:
        rows = read.execute("SELECT serial, ended_at, public_key FROM point_certificate")
        return sorted(Kept(*row) for row in rows)


@pytest.mark.parametrize("of_restored", [NEWEST, BEFORE_KEYS])
@pytest.mark.parametrize("of_replaced", [NEWEST, BEFORE_KEYS])
def test_what_has_ended_stays_ended_and_each_certificate_has_its_key_from_whichever_knows_it(
    tmp_path: Path, of_replaced: str, of_restored: str
) -> None:
    replaced = make(
        tmp_path / "replaced", of_replaced,
        Kept("1", THEN, "key 1"), Kept("2", None, "key 2"), Kept("3", None, "key 3"),
        Kept("4", None, "key 4"),
    )  # fmt: skip
    backup = make(
        tmp_path / "backup", of_restored,
        Kept("1", None, "key 1"), Kept("2", None, "key 2"), Kept("3", THEN, "key 3"),
    )  # fmt: skip
    has_key = NEWEST in (of_replaced, of_restored)
    both = [Kept("1", THEN, "key 1"), Kept("2", None, "key 2"), Kept("3", THEN, "key 3")]
    since = Kept("4", None, "key 4" if of_replaced == NEWEST else "")
    expected = [*both, since] if has_key else [one._replace(key="") for one in (*both, since)]
    assert restored(backup, replaced) == expected


def test_a_backup_of_a_later_version_is_refused_with_a_sentence(tmp_path: Path) -> None:
    later = make(tmp_path / "later", NEWEST)
    with closing(sqlite3.connect(later)) as made, made:
        made.execute("UPDATE state_version SET version_num = 's9999'")
    with pytest.raises(InstallationError, match="later version"):
        bring_to_newest(f"sqlite:///{later}", "state")
