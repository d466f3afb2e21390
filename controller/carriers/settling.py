"""Saying of several outages at once whose doing they were."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Engine

from controller.carriers import carrier_queries, entered, service, wording
from controller.carriers.entered import WordEntered
from controller.carriers.sheet import EvidenceSheet, SheetLine
from controller.db.engine import writing
from controller.errors import BadEntry
from monitoring.judgement.carrier_evidence import CarrierWord, CaseParts, Whose


@dataclass(frozen=True, slots=True)
class SettledEntered:
    """The form of several outages: which, whose doing, and why."""

    chosen: Collection[str] = ()
    is_all: bool = False
    settled: str = ""
    reason: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class OutageWord:
    """What is to be noted of one of them."""

    contract_id: str
    point_id: str
    word: CarrierWord


def unsettled(sheet: EvidenceSheet) -> dict[str, tuple[SheetLine, CaseParts]]:
    """Return the outages of a month of which nobody is sure, by the names of their rows."""
    return {
        wording.case_key(line, one): (line, one)
        for line, one in sheet.outages
        if one.case.whose is Whose.UNSETTLED
    }


def words_of(
    sheet: EvidenceSheet, typed: SettledEntered, shown: Sequence[str], *, by: str, now: datetime
) -> list[OutageWord]:
    """Return what is noted of the chosen ones; what was noted of each before stays beside it.

    Who has been settled by somebody else meanwhile is left as it is.

    Args:
        shown: the rows that the person saw; all of them are chosen where all are.

    Raises:
        BadEntry: none is chosen, or it is not said whose doing they were, or why.
    """
    wanted = set(shown) if typed.is_all else set(typed.chosen)
    if not wanted:
        raise BadEntry(
            "Chưa chọn lần mất kết nối nào.", "No outage is chosen: tick them, or all of them."
        )
    if typed.settled not in ("carrier", "other"):
        raise BadEntry("Chưa chọn do bên nào.", "Say whose doing they were.")
    return list(_words(sheet, typed, wanted, by, now))


def _words(
    sheet: EvidenceSheet, typed: SettledEntered, wanted: Collection[str], by: str, now: datetime
) -> Iterator[OutageWord]:
    said = WordEntered(settled=typed.settled, reason=typed.reason)
    entered.word(said, now, by=by, now=now)  # refused, also where none of them is left
    for key, (line, one) in unsettled(sheet).items():
        if key in wanted:
            terms, case = line.contract.terms, one.case
            word = entered.word(said, case.outage.began_at, by=by, now=now)
            if case.word is not None:
                was = case.word
                word = replace(
                    word, told_at=was.told_at, ticket=was.ticket, restored_at=was.restored_at
                )
            yield OutageWord(line.contract.contract_id, terms.point_id, word)


def note_all(engine: Engine, found: Sequence[OutageWord], *, now: datetime) -> None:
    """Note it of all of them, or of none.

    Raises:
        BadEntry: with them too many were noted today.
    """
    with writing(engine) as session:
        today = carrier_queries.words_made_since(session, now - timedelta(days=1))
        if today + len(found) > service.MOST_A_DAY:
            raise service.too_many()
        for one in found:
            carrier_queries.add_word(session, one.point_id, one.word, now)
