"""What an uplink begins with: both sides of each limit, and no more than was promised."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.point.line_rate import (
    HOLDS,
    MIN_CONFIDENCE,
    LineRate,
    down_bps,
    keep,
    measured,
    start_bps,
)
from agent.room.documents import Documents
from contracts import codec
from contracts.desired import Policy
from contracts.reports import BandwidthBody

NOW = datetime(2026, 11, 27, 1, 0, tzinfo=UTC)
UNKNOWN = 1_000_000
TICK = timedelta(milliseconds=1)
RATES = st.integers(1_000, 10**9)


def rate(up_bps, age=timedelta()):
    return LineRate(measured_at=NOW - age, up_bps=up_bps, confidence_ratio=0.9)


def train(bps, confidence):
    return BandwidthBody(
        sent=14, received=14, train_bytes=17_192, available_bps=bps, confidence_ratio=confidence
    )


@pytest.mark.parametrize(
    ("age", "begins_with"),
    [
        (timedelta(), 700_000),
        (HOLDS, 700_000),
        (HOLDS + TICK, UNKNOWN),
        (-TICK, UNKNOWN),  # the clock was put back: nobody knows how old it is
    ],
)
def test_a_measurement_holds_for_a_day(age, begins_with):
    assert start_bps(rate(700_000, age), None, unknown_bps=UNKNOWN, now=NOW) == begins_with


@given(up_bps=RATES, contract_bps=RATES)
def test_of_two_the_lower_counts(up_bps, contract_bps):
    begun = start_bps(rate(up_bps), contract_bps, unknown_bps=UNKNOWN, now=NOW)
    assert begun == min(up_bps, contract_bps)


@given(contract_bps=RATES)
def test_a_contract_alone_raises_nothing(contract_bps):
    begun = start_bps(None, contract_bps, unknown_bps=UNKNOWN, now=NOW)
    assert begun == min(contract_bps, UNKNOWN)


def test_a_train_without_verdict_or_unsure_is_none():
    assert measured(train(None, 0.9), None, now=NOW) is None
    assert measured(train(2_000_000, MIN_CONFIDENCE - 0.01), None, now=NOW) is None
    kept = measured(train(2_000_000, MIN_CONFIDENCE), None, now=NOW)
    assert kept is not None and (kept.up_bps, kept.measured_at) == (2_000_000, NOW)
    assert measured(train(None, 0.9), kept, now=NOW + TICK) is None, "it says nothing new"


def test_each_way_is_known_by_its_own_last_train():
    both = msgspec.structs.replace(
        train(2_000_000, 0.9), down_bps=9_000_000, down_confidence_ratio=MIN_CONFIDENCE
    )
    known = measured(both, None, now=NOW)
    assert known is not None and down_bps(known, now=NOW + HOLDS) == 9_000_000
    assert down_bps(known, now=NOW + HOLDS + TICK) is None
    later = measured(train(3_000_000, 0.9), known, now=NOW + HOLDS)
    assert (later.up_bps, down_bps(later, now=NOW + HOLDS)) == (3_000_000, 9_000_000)
    unsure = msgspec.structs.replace(both, down_confidence_ratio=MIN_CONFIDENCE - 0.01)
    assert down_bps(measured(unsure, None, now=NOW), now=NOW) is None
    only_down = msgspec.structs.replace(both, available_bps=None)
    kept = measured(only_down, None, now=NOW)
    assert start_bps(kept, None, unknown_bps=UNKNOWN, now=NOW) == UNKNOWN
    assert down_bps(kept, now=NOW) == 9_000_000
    assert down_bps(None, now=NOW) is None


def test_a_room_reads_what_was_kept_last_and_what_is_contracted(tmp_path):
    documents = Documents(tmp_path, tmp_path / "line.json")

    def begun():
        return documents.start_bps(unknown_bps=UNKNOWN, now=NOW)

    assert begun() == UNKNOWN
    keep(documents.line_file, rate(3_000_000))
    assert begun() == 3_000_000
    policy = Policy(leader_epoch=1, generation=1, issued_at=NOW, contract_rate_bps=2_000_000)
    (tmp_path / "policy.json").write_bytes(codec.encode(policy))
    assert begun() == 2_000_000
    documents.line_file.write_bytes(b"half a fi")
    assert begun() == 2_000_000


def test_a_file_that_cannot_be_written_ends_nothing(tmp_path):
    missing = tmp_path / "missing" / "line.json"
    keep(missing, rate(1_000_000))
    assert not missing.exists()
