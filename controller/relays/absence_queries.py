"""Which outer relays are given up for now, and since when."""

from collections.abc import Collection
from datetime import datetime

from sqlmodel import Session, select

from contracts.ids import RelayId
from controller.relays.tables import RelayAbsence


def gone_since(session: Session) -> dict[RelayId, datetime]:
    """Return since when each relay that is given up has been so."""
    return {RelayId(one.relay_id): one.since for one in session.exec(select(RelayAbsence))}


def replace(session: Session, gone: Collection[RelayId], *, now: datetime) -> None:
    """Note which relays are given up from now on; who was so already keeps the time."""
    known = {RelayId(one.relay_id): one for one in session.exec(select(RelayAbsence))}
    for relay_id in known.keys() - set(gone):
        session.delete(known[relay_id])
    for relay_id in set(gone) - known.keys():
        session.add(RelayAbsence(relay_id=relay_id, since=now))
