"""The PIN of a guest's link, and how often a wrong one may be tried."""

import pytest

from controller.meetings.guests import pin
from controller.meetings.guests.pin import ADDRESS_LIMIT, LINK_LIMIT, PinThrottle, TooManyPins


class Clock:
    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def test_a_pin_is_six_digits_of_which_a_hash_is_kept() -> None:
    one = pin.new_pin()
    kept = pin.kept(one)
    assert len(one) == 6 and one.isdigit() and one not in kept
    assert pin.is_right(f" {one[:3]} {one[3:]} ", kept)
    for wrong in ("", one[:5], f"{one}0", "abcdef", "٠١٢٣٤٥"):
        assert not pin.is_right(wrong, kept)


def test_a_link_is_slowed_wherever_it_is_tried_from() -> None:
    clock = Clock()
    throttle = PinThrottle(clock)
    for number in range(LINK_LIMIT):
        throttle.count("link", f"10.0.0.{number}")
    with pytest.raises(TooManyPins) as refused:
        throttle.count("link", "10.0.1.1")
    assert refused.value.retry_after_s == 900
    assert "sau 15 phút" in refused.value.message_vi
    throttle.count("other link", "10.0.1.1")
    clock.now_s = 901
    throttle.count("link", "10.0.1.1")


def test_an_address_is_slowed_whatever_link_it_tries() -> None:
    throttle = PinThrottle(Clock())
    for number in range(ADDRESS_LIMIT):
        throttle.count(f"link {number}", "2001:db8::1")
    with pytest.raises(TooManyPins):
        throttle.count("another", "2001:db8::2")
    throttle.count("another", "2001:db8:0:1::1")


def test_who_was_right_begins_anew() -> None:
    throttle = PinThrottle(Clock())
    for _ in range(LINK_LIMIT):
        throttle.count("link", "10.0.0.1")
    throttle.was_right("link", "10.0.0.1")
    for _ in range(LINK_LIMIT):
        throttle.count("link", "10.0.0.1")
    with pytest.raises(TooManyPins):
        throttle.count("link", "10.0.0.1")
