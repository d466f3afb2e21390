"""Carriers, contracts, notes and issued sheets as rows: read into values, and added to."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy
from sqlalchemy import func
from sqlmodel import Session, col, select

from controller.audit.service import COMMAND_LINE
from controller.carriers.line_contract import LineContract, Terms
from controller.carriers.tables import (
    Carrier,
    CarrierWordRow,
    EvidenceSheetRow,
    LineContractRow,
)
from monitoring.judgement.carrier_evidence import CarrierWord, Whose


@dataclass(frozen=True, slots=True)
class IssuedSheet:
    """A sheet that was issued, without its files."""

    carrier_id: str
    month: str
    edition: int
    issued_at: datetime
    issued_by: str
    document: str


@dataclass(frozen=True, slots=True)
class ContractNumber:
    """A contract by its number, for who looks for one."""

    contract_id: str
    number: str
    point_id: str
    carrier_id: str


def numbers(session: Session) -> list[ContractNumber]:
    """Return the number of each contract that was not withdrawn."""
    row = LineContractRow
    newest = sqlalchemy.select(func.max(col(row.revision))).group_by(col(row.contract_id))
    query = sqlalchemy.select(
        col(row.contract_id), col(row.number), col(row.point_id), col(row.carrier_id)
    ).where(col(row.revision).in_(newest), col(row.is_withdrawn).is_(False))
    return [ContractNumber(*found) for found in session.connection().execute(query)]


def carriers(session: Session) -> list[Carrier]:
    """Return all carriers but those that were removed, by name."""
    query = select(Carrier).where(col(Carrier.removed_at).is_(None))
    return sorted(session.exec(query), key=lambda one: (one.name, one.carrier_id))


def removed(session: Session) -> list[Carrier]:
    """Return the carriers that were removed, the last one first."""
    query = select(Carrier).where(col(Carrier.removed_at).is_not(None))
    return list(session.exec(query.order_by(col(Carrier.removed_at).desc())))


def carrier(session: Session, carrier_id: str) -> Carrier | None:
    """Return one carrier, also one that was removed; None: there is no such."""
    return session.get(Carrier, carrier_id)


def revisions(session: Session) -> list[LineContract]:
    """Return every revision of every contract."""
    query = select(LineContractRow).order_by(col(LineContractRow.revision))
    return [_contract(row) for row in session.exec(query)]


def revisions_of(session: Session, contract_id: str) -> list[LineContract]:
    """Return the history of one contract, as it was made."""
    query = (
        select(LineContractRow)
        .where(LineContractRow.contract_id == contract_id)
        .order_by(col(LineContractRow.revision))
    )
    return [_contract(row) for row in session.exec(query)]


def revisions_of_points(session: Session, point_ids: Collection[str]) -> list[LineContract]:
    """Return every revision of every contract of some points; a contract keeps its point."""
    query = select(LineContractRow).where(col(LineContractRow.point_id).in_(list(point_ids)))
    return [_contract(row) for row in session.exec(query.order_by(col(LineContractRow.revision)))]


def has_issued(session: Session, carrier_id: str) -> bool:
    """Return whether evidence for a carrier was ever issued."""
    query = select(EvidenceSheetRow.sheet_id).where(EvidenceSheetRow.carrier_id == carrier_id)
    return session.exec(query.limit(1)).first() is not None


def contracts_made_since(session: Session, since: datetime) -> int:
    """Return how many revisions people made since a time; a file is no person's typing."""
    query = select(func.count()).where(
        col(LineContractRow.made_at) >= since, col(LineContractRow.made_by) != COMMAND_LINE
    )
    return int(session.exec(query).one())


def words(session: Session, point_ids: Collection[str]) -> dict[str, list[CarrierWord]]:
    """Return what was noted last of each outage of points."""
    query = select(CarrierWordRow).order_by(col(CarrierWordRow.word_id))
    found: dict[str, dict[datetime, CarrierWord]] = {}
    for row in session.exec(query.where(col(CarrierWordRow.point_id).in_(list(point_ids)))):
        own = found.setdefault(row.point_id, {})
        own.pop(row.outage_began_at, None)  # the newest last, whichever outage it is about
        own[row.outage_began_at] = _word(row)
    return {point_id: list(own.values()) for point_id, own in found.items()}


def words_made_since(session: Session, since: datetime) -> int:
    """Return how many notes were made since a time."""
    query = select(func.count()).where(col(CarrierWordRow.made_at) >= since)
    return int(session.exec(query).one())


def issued(session: Session, carrier_id: str, month: str) -> list[IssuedSheet]:
    """Return the editions of a month, the first one first."""
    row = EvidenceSheetRow
    # Columns, not objects: the files are read where one is asked for.
    query = (
        sqlalchemy.select(
            col(row.carrier_id),
            col(row.month),
            col(row.edition),
            col(row.issued_at),
            col(row.issued_by),
            col(row.document),
        )
        .where(col(row.carrier_id) == carrier_id, col(row.month) == month)
        .order_by(col(row.edition))
    )
    return [IssuedSheet(*found) for found in session.connection().execute(query)]


def file_of(
    session: Session, carrier_id: str, month: str, edition: int, *, is_pdf: bool
) -> bytes | None:
    """Return a file as it was issued; None: there is no such edition."""
    row = EvidenceSheetRow
    query = select(row.pdf if is_pdf else row.xlsx).where(
        row.carrier_id == carrier_id, row.month == month, row.edition == edition
    )
    return session.exec(query).first()


def add(session: Session, row: Carrier | EvidenceSheetRow) -> None:
    """Add a row."""
    session.add(row)


def add_contract(session: Session, one: LineContract) -> None:
    """Add a revision; its number is the database's to give."""
    terms = one.terms
    session.add(
        LineContractRow(
            contract_id=one.contract_id,
            point_id=terms.point_id,
            carrier_id=terms.carrier_id,
            number=terms.number,
            down_bps=terms.down_bps,
            up_bps=terms.up_bps,
            availability_ratio=terms.availability_ratio,
            repair_minutes=terms.repair_minutes,
            begins_on=terms.begins_on.isoformat(),
            ends_on=terms.ends_on.isoformat() if terms.ends_on else "",
            made_at=one.made_at,
            made_by=one.made_by,
            is_withdrawn=one.is_withdrawn,
        )
    )


def add_word(session: Session, point_id: str, one: CarrierWord, now: datetime) -> None:
    """Add what was noted of an outage."""
    session.add(
        CarrierWordRow(
            point_id=point_id,
            outage_began_at=one.outage_began_at,
            told_at=one.told_at,
            ticket=one.ticket,
            restored_at=one.restored_at,
            settled=one.settled.value if one.settled else "",
            reason=one.reason,
            made_at=now,
            made_by=one.by,
        )
    )


def _contract(row: LineContractRow) -> LineContract:
    return LineContract(
        contract_id=row.contract_id,
        revision=row.revision or 0,
        terms=Terms(
            point_id=row.point_id,
            carrier_id=row.carrier_id,
            number=row.number,
            down_bps=row.down_bps,
            up_bps=row.up_bps,
            availability_ratio=row.availability_ratio,
            repair_minutes=row.repair_minutes,
            begins_on=date.fromisoformat(row.begins_on),
            ends_on=date.fromisoformat(row.ends_on) if row.ends_on else None,
        ),
        made_at=row.made_at,
        made_by=row.made_by,
        is_withdrawn=row.is_withdrawn,
    )


def _word(row: CarrierWordRow) -> CarrierWord:
    return CarrierWord(
        outage_began_at=row.outage_began_at,
        told_at=row.told_at,
        ticket=row.ticket,
        restored_at=row.restored_at,
        settled=Whose(row.settled) if row.settled else None,
        reason=row.reason,
        by=row.made_by,
    )
