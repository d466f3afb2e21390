"""Contracts: which hold, what is in the way, and what people type of them."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from controller.carriers import entered, line_contract
from controller.carriers.entered import TermsEntered, WordEntered
from controller.carriers.line_contract import LineContract, Terms
from controller.errors import BadEntry
from monitoring.judgement.carrier_evidence import Promise

NOW = datetime(2026, 11, 3, 8, tzinfo=UTC)
TERMS = Terms("p-b", "c", "HĐ-1", 50_000_000, 20_000_000, 0.99995, 90, date(2026, 3, 1))
ONE = LineContract("k1", 1, TERMS, NOW, "office")


def test_the_last_revision_of_each_counts_and_a_withdrawn_one_no_more() -> None:
    changed = replace(ONE, revision=3, terms=replace(TERMS, number="HĐ-2"))
    other = LineContract("k2", 2, replace(TERMS, point_id="p-a"), NOW, "office")
    assert line_contract.standing([changed, other, ONE]) == [other, changed]
    assert line_contract.standing([ONE, replace(ONE, revision=9, is_withdrawn=True)]) == []


@pytest.mark.parametrize(
    ("begins", "ends", "is_in_the_way"),
    [
        (date(2026, 1, 1), date(2026, 2, 28), False),
        (date(2026, 1, 1), date(2026, 3, 1), True),
        (date(2027, 1, 1), None, True),
    ],
)
def test_a_point_has_one_line_at_a_time(
    begins: date, ends: date | None, is_in_the_way: bool
) -> None:
    terms = replace(TERMS, begins_on=begins, ends_on=ends)
    assert (line_contract.in_the_way(terms, [ONE]) is ONE) is is_in_the_way
    assert line_contract.in_the_way(terms, [ONE], changed="k1") is None
    assert line_contract.in_the_way(replace(terms, point_id="p-a"), [ONE]) is None


def test_a_contract_holds_whole_days_of_vietnam() -> None:
    period = replace(TERMS, ends_on=date(2026, 3, 31)).period
    assert period.begins_at == datetime(2026, 2, 28, 17, tzinfo=UTC)
    assert period.ends_at == datetime(2026, 3, 31, 17, tzinfo=UTC)


def test_what_is_kept_can_be_typed_again() -> None:
    for one in (TERMS, replace(TERMS, availability_ratio=None, repair_minutes=None,
                               down_bps=1_000_000_000, ends_on=date(2027, 1, 1))):  # fmt: skip
        assert entered.terms(entered.typed_of(one)) == one
    assert TERMS.promise == Promise(0.99995, timedelta(minutes=90))


@pytest.mark.parametrize(
    "wrong",
    [
        {"down": "1.000"},
        {"up": "NaN"},
        {"up": "-5"},
        {"promised": "49,9"},
        {"repair": "9" * 30},
        {"begins_on": "2026-02-30"},
        {"number": "HĐ\x00"},
        {"number": "a" * 61},
    ],
)
def test_what_nobody_can_mean_is_refused(wrong: dict[str, str]) -> None:
    typed: TermsEntered = replace(entered.typed_of(TERMS), **wrong)
    with pytest.raises(BadEntry):
        entered.terms(typed)


@pytest.mark.parametrize(
    "wrong",
    [
        {"told": "2026-11-04T00:00"},
        {"told": "2026-10-01T00:00"},
        {"told": "9" * 40},
        {"told": "0001-01-01T00:00"},
        {"restored": "2026-11-02T12:00"},
        {"settled": "other"},
        {"ticket": "\n"},
    ],
)
def test_what_cannot_have_been_spoken_of_an_outage_is_refused(wrong: dict[str, str]) -> None:
    began_at = datetime(2026, 11, 2, 8, tzinfo=UTC)
    with pytest.raises(BadEntry):
        entered.word(replace(WordEntered(), **wrong), began_at, by="office", now=NOW)
