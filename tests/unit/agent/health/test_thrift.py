"""What a charged line is spared, and from where on a line is one."""

from datetime import UTC, datetime

import pytest

from agent.health import thrift
from contracts.desired import Policy
from contracts.uplink import REPORT_S

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)


def policy(**said):
    return Policy(leader_epoch=1, generation=1, issued_at=NOW, **said)


@pytest.mark.parametrize(
    ("is_metered", "way", "earlier", "expected"),
    [
        (False, "enp1s0", (), False),
        (True, "enp1s0", (), True),
        (False, "wwan0", (), True),
        (False, "wwan0", ("enp1s0",), True),
        (False, "enx001122334455", (), False),
        (False, "enx001122334455", ("enx001122334455", "enp1s0"), True),
        (False, "wlp2s0", ("enp1s0",), True),
        (False, "wlp2s0", ("wwan0",), False),
        (False, "ppp0", (), False),
        (False, "ppp0", ("enp1s0",), True),
        (False, "", ("enp1s0",), False),
    ],
)
def test_a_line_is_charged_by_the_centres_word_or_as_the_second_one(
    is_metered, way, earlier, expected
):
    assert thrift.is_charged(policy(is_metered=is_metered), way, earlier) is expected


@pytest.mark.parametrize(
    ("is_thrifty", "away_s", "usual_s", "expected_s"),
    [
        (False, None, 10, 10),
        (False, 4000, 10, 10),
        (True, None, 10, REPORT_S),
        (True, None, 300, 300),
        (True, 0, 10, 10),
        (True, 299.9, 10, 10),
        (True, 300, 10, REPORT_S),
    ],
)
def test_an_outage_begins_as_closely_looked_at_as_elsewhere(
    is_thrifty, away_s, usual_s, expected_s
):
    found_s = thrift.sampling_interval_s(usual_s, is_thrifty=is_thrifty, away_s=away_s)
    assert found_s == expected_s


def test_a_centre_of_before_is_sent_no_beats():
    assert thrift.beat_interval_s(None) is None
    assert thrift.beat_interval_s(policy(is_metered=True)) is None
    assert thrift.beat_interval_s(policy(beat_interval_s=17)) == 17


def test_the_past_has_its_share_and_no_more():
    share, report_bytes, now_s = thrift.PastShare(), 600, 0.0
    three_days = 3 * 86_400 // REPORT_S + 30
    assert all(share.takes(report_bytes, now_s=now_s) for _ in range(three_days))
    sent = three_days
    for hour in range(30 * 24):
        while share.takes(report_bytes, now_s=3600.0 * hour):
            sent += 1
    assert 6_400_000 < sent * report_bytes < 6_600_000
