"""How often a line is probed, and what that costs where volume is charged."""

import pytest

from monitoring.stamp.pace import METERED_BYTES_PER_MONTH, WIRE_BYTES, Pace

DAY_S = 86_400


@pytest.mark.parametrize(
    ("per_s", "is_thin", "expected"), [(10, False, 0.1), (10, True, 1), (0.5, True, 2)]
)
def test_a_thin_pace_is_once_a_second_at_most(per_s, is_thin, expected):
    assert Pace().interval_s(per_s, is_thin=is_thin) == expected


def test_a_line_by_volume_is_probed_once_a_second_only_as_long_as_the_share_lasts():
    pace = Pace()
    sent = sum(pace.may_send(is_metered=True, now_s=second) for second in range(30 * DAY_S))
    assert 0.99 * METERED_BYTES_PER_MONTH < sent * WIRE_BYTES < 1.01 * METERED_BYTES_PER_MONTH


def test_other_lines_have_no_budget():
    pace = Pace(bytes_per_month=1)
    assert all(pace.may_send(is_metered=False, now_s=0) for _ in range(1000))
