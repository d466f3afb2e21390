"""What a sheet of evidence rests on, without a word of any language.

By it two editions are compared: a sentence that is put otherwise is no change of a month. No
database is asked here.
"""

import hashlib
from datetime import timedelta

import msgspec

from controller.carriers.sheet import EvidenceSheet, SheetLine
from monitoring.judgement.carrier_evidence import CarrierWord, CaseParts, Parts

_PARTS = ("up", "down", "untold", "planned", "other", "unsettled", "unknown")


def fingerprint(sheet: EvidenceSheet) -> str:
    """Return a digest that is another one where something is known otherwise."""
    found = (sheet.carrier.name, sheet.until, [_line(one) for one in sheet.lines])
    return hashlib.sha256(msgspec.json.encode(found)).hexdigest()


def _line(line: SheetLine) -> object:
    terms, found = line.contract.terms, line.found
    # What was issued before there were tests on it is no other month for it.
    tested = (line.tested.tests, line.tested.nights) if line.tested.tests else ()
    return (
        line.contract.contract_id,
        line.point_name,
        (terms.number, terms.down_bps, terms.up_bps),
        (terms.availability_ratio, terms.repair_minutes),
        (line.period.begins_at, line.period.ends_at),
        _seconds(found.parts),
        found.is_availability_kept,
        [_case(line, one) for one in found.cases],
        sorted(
            (one.maintenance_id, one.period.begins_at, one.period.ends_at, one.reason)
            for one in line.declared
        ),
        *tested,
    )


def _case(line: SheetLine, one: CaseParts) -> object:
    case = one.case
    said = line.said.get(case.outage.began_at)
    verdict = said.verdict if said else None
    return (
        (case.outage.began_at, case.outage.ended_at, case.noticed_at),
        (case.told_at, case.restored_at, case.whose.value),
        _seconds(one.parts),
        (_span(one.repair), one.is_repair_kept, one.neighbours),
        _word(case.word) if case.word else None,
        verdict
        and (
            (verdict.cause.value, verdict.is_certain, verdict.is_recorded, verdict.began_at),
            sorted((fact.key.value, sorted(fact.arguments.items())) for fact in verdict.facts),
        ),
    )


def _word(word: CarrierWord) -> object:
    return word.ticket, word.settled and word.settled.value, word.reason, word.by


def _seconds(parts: Parts) -> list[float]:
    return [getattr(parts, name).total_seconds() for name in _PARTS]


def _span(span: timedelta | None) -> float | None:
    return None if span is None else span.total_seconds()
