"""Quiet hours as typed: both or neither, and never a whole day by mistake."""

import pytest

from controller.errors import BadEntry
from controller.incidents.channel_entered import SYSLOG, ChannelEntered, taken
from controller.incidents.quiet_entered import QuietTaken, quiet

LETS = "high"


def test_both_are_hours_and_neither_is_none() -> None:
    assert quiet("22:00", "05:30", LETS) == QuietTaken(22 * 60, 5 * 60 + 30, LETS)
    assert quiet("", " ", LETS) == QuietTaken(0, 0, LETS)


@pytest.mark.parametrize(
    ("begins", "ends", "said"),
    [
        ("22:00", "", "nhập cả giờ bắt đầu và giờ kết thúc"),
        ("", "06:00", "nhập cả giờ bắt đầu và giờ kết thúc"),
        ("00:00", "00:00", "phải khác nhau"),
        ("22:00", "25:00", "Nhập giờ như 07:30"),
    ],
)
def test_what_is_wrong_says_that_it_is_of_quiet_hours(begins: str, ends: str, said: str) -> None:
    with pytest.raises(BadEntry) as refused:
        quiet(begins, ends, LETS)
    assert said in refused.value.message_vi


def test_hours_that_a_syslog_server_never_has_refuse_it_not() -> None:
    typed = ChannelEntered(kind=SYSLOG, name="Nhật ký", log_host="10.0.0.1", quiet_from="22:00")
    assert taken(typed).quiet == QuietTaken()
