"""Carriers and what they promise: noting contracts and outages with them, issuing evidence."""

import re
import secrets
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import Engine
from sqlmodel import Session

from controller.carriers import (
    carrier_queries,
    document,
    drawing,
    entered,
    line_contract,
    wording,
)
from controller.carriers.carrier_queries import ContractNumber as ContractNumber
from controller.carriers.carrier_queries import IssuedSheet as IssuedSheet
from controller.carriers.document import Document
from controller.carriers.entered import CarrierEntered
from controller.carriers.line_contract import LineContract, Terms
from controller.carriers.sheet import EvidenceSheet, SheetLine
from controller.carriers.tables import Carrier, EvidenceSheetRow
from controller.db.engine import reading, writing
from controller.errors import BadEntry, BadRequest, Conflict, NotFound
from controller.places import service as places
from controller.web.i18n.catalogue import chosen
from monitoring.judgement.carrier_evidence import CarrierWord, CaseParts

MOST_CARRIERS, MOST_A_DAY, MOST_EDITIONS = 100, 5000, 50


@dataclass(frozen=True, slots=True)
class CarrierDesk:
    """Where contracts and outages are noted, and evidence is issued. Used from worker threads."""

    engine: Engine

    def add(self, typed: CarrierEntered, *, now: datetime) -> str:
        """Add a carrier; return its id.

        Raises:
            BadEntry: its name is none or taken, or there are too many.
        """
        name, phone = entered.carrier(typed)
        with writing(self.engine) as session:
            refuse_one_more(session, name)
            made = secrets.token_hex(4)
            one = Carrier(carrier_id=made, name=name, phone=phone, made_at=now)
            carrier_queries.add(session, one)
        return made

    def rename(self, carrier_id: str, typed: CarrierEntered) -> None:
        """Change what a carrier is called and where outages are told.

        Raises:
            BadEntry: its name is none or taken.
            NotFound: there is no such carrier.
        """
        name, phone = entered.carrier(typed)
        with writing(self.engine) as session:
            one = carrier_of(session, carrier_id)
            if one.name != name:
                _refuse_taken(session, name)
            one.name, one.phone = name, phone
            carrier_queries.add(session, one)

    def agree(
        self, terms: Terms, *, actor: str, now: datetime, contract_id: str = ""
    ) -> LineContract:
        """Note a contract, or how one of them is changed.

        Raises:
            BadEntry: the point has a line on some of these days, or too many were noted today.
            NotFound: there is no such contract, point or carrier.
            Conflict: it was withdrawn.
        """
        with writing(self.engine) as session:
            if contract_id:
                changeable(session, contract_id)
            _check(session, terms, contract_id, now)
            name = contract_id or secrets.token_hex(6)
            one = LineContract(name, 0, terms, made_at=now, made_by=actor)
            carrier_queries.add_contract(session, one)
        return one

    def withdraw(self, contract_id: str, *, actor: str, now: datetime) -> LineContract:
        """Withdraw a contract that was noted by mistake; its history stays.

        Raises:
            NotFound: there is no such contract.
            Conflict: it was withdrawn.
        """
        with writing(self.engine) as session:
            known = changeable(session, contract_id)
            one = replace(known, made_at=now, made_by=actor, is_withdrawn=True)
            carrier_queries.add_contract(session, one)
        return one

    def note(self, point_id: str, word: CarrierWord, *, now: datetime) -> None:
        """Note of an outage what was spoken with the carrier.

        Raises:
            BadEntry: too many were noted today.
        """
        with writing(self.engine) as session:
            if carrier_queries.words_made_since(session, now - timedelta(days=1)) >= MOST_A_DAY:
                raise too_many()
            carrier_queries.add_word(session, point_id, word, now)

    def issue(self, sheet: EvidenceSheet, *, actor: str, called: str, now: datetime) -> int:
        """Keep a sheet with its files as it is now; return its edition.

        Args:
            called: what people call who issues it, for the paper.

        Raises:
            BadRequest: the month is not over, nothing is known of it, or nothing has changed
                since the last edition.
            LettersMissing: there are no letters for the PDF.
        """
        drawing.refuse_nothing(sheet)
        if not sheet.is_over:
            raise BadRequest(
                "month_not_over",
                "Tháng này chưa hết nên chưa phát hành được.",
                "The month is not over: its evidence cannot be issued yet.",
            )
        name, month = sheet.carrier.carrier_id, f"{sheet.span.first_day:%Y-%m}"
        with reading(self.engine) as session:
            before = carrier_queries.issued(session, name, month)
        made = _edition(sheet, before, called or actor, now)
        files = drawing.files_of(made, made_at=now)
        row = EvidenceSheetRow(
            carrier_id=name,
            month=month,
            edition=len(before) + 1,
            issued_at=now,
            issued_by=actor,
            document=document.kept(made),
            pdf=files.pdf,
            xlsx=files.xlsx,
        )
        with writing(self.engine) as session:  # drawn before: who writes waits for nobody's paper
            if len(carrier_queries.issued(session, name, month)) != len(before):
                raise Conflict(
                    "issued_meanwhile",
                    "Người khác vừa phát hành một ấn bản. Mở lại trang.",
                    "Somebody has just issued an edition. Open the page again.",
                )
            carrier_queries.add(session, row)
        return len(before) + 1


def _edition(
    sheet: EvidenceSheet, before: Sequence[IssuedSheet], who: str, now: datetime
) -> Document:
    """Return a sheet as the next edition, with what it says otherwise than the last."""
    words, number = chosen(drawing.PAPER), len(before) + 1
    if number > MOST_EDITIONS:
        raise BadRequest(
            "too_many_editions",
            f"Một tháng có tối đa {MOST_EDITIONS} ấn bản.",
            f"A month has {MOST_EDITIONS} editions at most.",
        )
    said = words.gettext(
        "Edition %(n)s, issued %(date)s %(time)s by %(who)s",
        n=number, date=words.date(now), time=words.time(now), who=who,
    )  # fmt: skip
    made = wording.document(words, sheet, said)
    if not before:
        return made
    last = document.opened(before[-1].document)
    if document.is_same(last, made):
        raise BadRequest(
            "unchanged",
            f"Không có gì thay đổi so với ấn bản {number - 1}.",
            f"Nothing has changed since edition {number - 1}.",
        )
    head = words.gettext("Changed since edition %(n)s:", n=number - 1)
    changes = (head, *document.changes(words, last, made))
    return msgspec.structs.replace(made, changes=changes)


def carrier_of(session: Session, carrier_id: str) -> Carrier:
    """Return a carrier, also one that was removed.

    Raises:
        NotFound: there is no such.
    """
    found = carrier_queries.carrier(session, carrier_id)
    if found is None:
        raise NotFound("nhà mạng", "carrier")
    return found


def named(session: Session, text: str) -> Carrier:
    """Return the carrier with an id or a name, whatever its capitals.

    Raises:
        NotFound: there is no such.
    """
    asked = text.strip().casefold()
    for one in carrier_queries.carriers(session):
        if asked in (one.carrier_id, one.name.casefold()):
            return one
    raise NotFound("nhà mạng", "carrier")


def carriers(session: Session) -> list[Carrier]:
    """Return all carriers, by name."""
    return carrier_queries.carriers(session)


def contracts(session: Session) -> list[LineContract]:
    """Return the contracts that hold or held, by point and beginning."""
    return line_contract.standing(carrier_queries.revisions(session))


def line_of(session: Session, point_id: str, now: datetime) -> tuple[Carrier, LineContract] | None:
    """Return who brings a point's line now, and by which contract; None: none holds."""
    one = held_now(session, now, [point_id]).get(point_id)
    return None if one is None else (carrier_of(session, one.terms.carrier_id), one)


def held_now(
    session: Session, now: datetime, point_ids: Collection[str] | None = None
) -> dict[str, LineContract]:
    """Return the contract that is in force for each line, by point; None: of all points."""
    if point_ids is None:
        known = carrier_queries.revisions(session)
    else:
        known = carrier_queries.revisions_of_points(session, point_ids)
    return {one.terms.point_id: one for one in line_contract.standing(known) if one.holds_at(now)}


def numbers(session: Session) -> list[ContractNumber]:
    """Return the numbers of the contracts that were not withdrawn."""
    return carrier_queries.numbers(session)


def removed(session: Session) -> list[Carrier]:
    """Return the carriers that were removed, the last one first."""
    return carrier_queries.removed(session)


def history(session: Session, contract_id: str) -> list[LineContract]:
    """Return every revision of a contract.

    Raises:
        NotFound: there is no such.
    """
    found = carrier_queries.revisions_of(session, contract_id)
    if not found:
        raise NotFound("hợp đồng", "contract")
    return found


def changeable(session: Session, contract_id: str) -> LineContract:
    """Return a contract that holds.

    Raises:
        NotFound: there is no such.
        Conflict: it was withdrawn.
    """
    known = history(session, contract_id)[-1]
    if known.is_withdrawn:
        raise Conflict("withdrawn", "Hợp đồng này đã được rút lại.", "This contract was withdrawn.")
    return known


def issued(session: Session, carrier_id: str, month: str) -> list[IssuedSheet]:
    """Return the editions of a month, the first one first."""
    return carrier_queries.issued(session, carrier_id, month)


def issued_file(
    session: Session, carrier_id: str, month: str, edition: int, *, is_pdf: bool
) -> bytes:
    """Return a file as it was issued.

    Raises:
        NotFound: there is no such edition.
    """
    found = carrier_queries.file_of(session, carrier_id, month, edition, is_pdf=is_pdf)
    if found is None:
        raise NotFound("ấn bản", "edition")
    return found


def outage_of(
    sheet: EvidenceSheet, contract_id: str, began_at: datetime
) -> tuple[SheetLine, CaseParts]:
    """Return one outage of a line.

    Raises:
        NotFound: the line had none that began then.
    """
    for line, one in sheet.outages:
        is_it = line.contract.contract_id == contract_id
        if is_it and one.case.outage.began_at == began_at:
            return line, one
    raise NotFound("lần mất kết nối", "outage")


def stem(one: Carrier, month: str) -> str:
    """Return the name of a carrier's files of a month, in plain letters."""
    plain = unicodedata.normalize("NFKD", one.name.casefold().replace("đ", "d"))
    words = re.findall("[a-z0-9]+", "".join(char for char in plain if char.isascii()))
    return f"bang-chung-{'-'.join(words)[:60] or one.carrier_id}-{month}"


def without_contract(
    all_points: Iterable[places.Point], held: Iterable[LineContract], now: datetime
) -> list[places.Point]:
    """Return the points that have no contract now."""
    have = {one.terms.point_id for one in held if one.holds_at(now)}
    return [one for one in all_points if one.point_id not in have]


def _refuse_taken(session: Session, name: str) -> None:
    if any(one.name.casefold() == name.casefold() for one in carrier_queries.carriers(session)):
        raise BadEntry(
            f"Đã có nhà mạng tên “{name}”.", f"There is a carrier called “{name}” already."
        )


def refuse_one_more(session: Session, name: str) -> None:
    """Refuse a carrier whose name another has, or that is one too many.

    Raises:
        BadEntry: it is so.
    """
    _refuse_taken(session, name)
    if len(carrier_queries.carriers(session)) >= MOST_CARRIERS:
        raise too_many_carriers()


def _check(session: Session, terms: Terms, contract_id: str, now: datetime) -> None:
    if carrier_of(session, terms.carrier_id).removed_at is not None:
        raise NotFound("nhà mạng", "carrier")
    if places.point(session, terms.point_id, at=now) is None and not contract_id:
        raise NotFound("điểm cầu", "point")
    if carrier_queries.contracts_made_since(session, now - timedelta(days=1)) >= MOST_A_DAY:
        raise too_many()
    other = line_contract.in_the_way(terms, contracts(session), changed=contract_id)
    if other is not None:
        raise taken(other)


def taken(other: LineContract) -> BadEntry:
    """Return the refusal of a contract on days on which the point has another."""
    number, first = other.terms.number, f"{other.terms.begins_on:%d/%m/%Y}"
    return BadEntry(
        f"Điểm cầu này đã có hợp đồng {number} từ {first} trùng ngày: nhập ngày cuối "
        "của hợp đồng đó trước.",
        f"The point has contract {number} from {first} on some of these days: enter the last "
        "day of that one first.",
    )


def too_many_carriers() -> BadEntry:
    """Return the refusal of one carrier more."""
    return BadEntry(
        f"Chỉ khai báo được tối đa {MOST_CARRIERS} nhà mạng.",
        f"There can be {MOST_CARRIERS} carriers at most.",
    )


def too_many() -> BadEntry:
    """Return the refusal of more entries than a day has."""
    return BadEntry(
        f"Đã ghi {MOST_A_DAY} lần trong 24 giờ. Thử lại sau.",
        f"There were {MOST_A_DAY} entries in 24 hours. Try again later.",
    )
