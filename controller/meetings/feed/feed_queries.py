"""Units' calendars as rows."""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from controller.meetings.feed.tables import UnitFeed


def feed(session: Session, unit_id: str) -> UnitFeed | None:
    """Return a unit's calendar; None: it has none."""
    return session.get(UnitFeed, unit_id)


def feeds(session: Session) -> dict[str, UnitFeed]:
    """Return the units that have a calendar."""
    return {one.unit_id: one for one in session.exec(select(UnitFeed))}


def put(session: Session, unit_id: str, secret_sha256: str, actor: str, now: datetime) -> None:
    """Have a unit's calendar, in place of one before; of two at once the last one counts."""
    is_postgres = session.get_bind().dialect.name == "postgresql"
    insert = (postgresql if is_postgres else sqlite).insert(UnitFeed)
    row = {"secret_sha256": secret_sha256, "made_at": now, "made_by": actor}
    session.execute(
        insert.values(unit_id=unit_id, **row).on_conflict_do_update(
            index_elements=["unit_id"], set_=row
        )
    )


def remove(session: Session, unit_id: str) -> bool:
    """Have a unit's calendar no more; False: it had none."""
    gone = session.exec(delete(UnitFeed).where(col(UnitFeed.unit_id) == unit_id))
    return gone.rowcount == 1
