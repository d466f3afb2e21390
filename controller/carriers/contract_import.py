"""Contracts of many lines taken over from a file: as a whole, or not at all."""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Engine
from sqlmodel import Session

from controller.carriers import carrier_queries, contract_file, entered, line_contract, service
from controller.carriers.contract_file import ContractRow
from controller.carriers.entered import CarrierEntered
from controller.carriers.line_contract import LineContract, Terms
from controller.carriers.tables import Carrier
from controller.db.engine import writing
from controller.errors import BadEntry, PlaceImportError
from controller.places import service as places
from controller.places.place_file import BadPlaces, Mistake

MOST_TOLD = 20
"""Mistakes that are listed; who mends them tries again."""


@dataclass(frozen=True, slots=True)
class ImportedContracts:
    """What came of a file."""

    carriers_added: int = 0
    contracts_added: int = 0
    contracts_changed: int = 0
    contracts_known: int = 0


def import_contracts(
    engine: Engine, content: bytes, *, actor: str, now: datetime
) -> ImportedContracts:
    """Take over a file: carriers by name, contracts by point and number.

    Raises:
        PlaceImportError: something is wrong with it; nothing was changed.
    """
    try:
        rows = list(contract_file.rows(content))  # before anybody has to wait for the database
        with writing(engine) as session:
            return _Taking(session, actor, now).take(rows)
    except BadPlaces as exc:
        raise PlaceImportError(str(exc)) from exc


class _Taking:
    """One file on its way into the database."""

    def __init__(self, session: Session, actor: str, now: datetime) -> None:
        self._session, self._actor, self._now = session, actor, now
        self._carriers = {one.name.casefold(): one for one in service.carriers(session)}
        self._held: dict[str, list[LineContract]] = {}
        for one in service.contracts(session):
            self._held.setdefault(one.terms.point_id, []).append(one)
        self._rows: dict[tuple[str, str], str] = {}
        self._points = {one.point_id for one in places.points(session, at=now)}
        self._done = ImportedContracts()

    def take(self, rows: list[ContractRow]) -> ImportedContracts:
        mistakes: list[Mistake] = []
        for row in rows:
            try:
                self._take(row)
            except BadEntry as exc:
                mistakes.append(Mistake(row.place, exc.message_vi, exc.message_en))
            if len(mistakes) >= MOST_TOLD:
                break
        if mistakes:
            raise BadPlaces(*mistakes)
        return self._done

    def _take(self, row: ContractRow) -> None:
        terms = entered.terms(row.typed)
        if terms.point_id not in self._points:
            raise BadEntry(
                f"Không có điểm cầu “{terms.point_id}”.", f"There is no point “{terms.point_id}”."
            )
        key = (terms.point_id, terms.number)
        before = self._rows.setdefault(key, row.place)
        if before != row.place:
            raise _doubled(terms, before)
        terms = replace(terms, carrier_id=self._carrier(row.carrier))
        held = self._held.setdefault(terms.point_id, [])
        known = next((one for one in held if one.terms.number == terms.number), None)
        if known is not None and known.terms == terms:
            self._add(contracts_known=1)
            return
        name = known.contract_id if known else ""
        other = line_contract.in_the_way(terms, held, changed=name)
        if other is not None:
            raise service.taken(other)
        one = LineContract(name or secrets.token_hex(6), 0, terms, self._now, self._actor)
        carrier_queries.add_contract(self._session, one)
        self._held[terms.point_id] = [of for of in held if of is not known] + [one]
        self._add(**{"contracts_changed" if known else "contracts_added": 1})

    def _carrier(self, typed: str) -> str:
        name, _ = entered.carrier(CarrierEntered(typed))
        known = self._carriers.get(name.casefold())
        if known is None:
            if len(self._carriers) >= service.MOST_CARRIERS:
                raise service.too_many_carriers()
            known = Carrier(carrier_id=secrets.token_hex(4), name=name, made_at=self._now)
            carrier_queries.add(self._session, known)
            self._session.flush()
            self._carriers[name.casefold()] = known
            self._add(carriers_added=1)
        return known.carrier_id

    def _add(self, **counts: int) -> None:
        self._done = replace(
            self._done, **{name: getattr(self._done, name) + n for name, n in counts.items()}
        )


def _doubled(terms: Terms, before: str) -> BadEntry:
    """Return the refusal of a second row of one contract: who renews it gives it a number."""
    line = before.partition(" ")[2]
    return BadEntry(
        f"Hợp đồng {terms.number} của điểm cầu “{terms.point_id}” đã có ở dòng {line}.",
        f"Contract {terms.number} of the point “{terms.point_id}” is in row {line} already.",
    )
