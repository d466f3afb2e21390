"""What may come from one address, and what of it is told, to the second."""

from agent.traps.source import (
    AGAIN_S,
    LEFT_OUT_EVERY_S,
    NOT_PROVED_EVERY_S,
    READ_AT_ONCE,
    STILL_S,
    TOLD_AT_ONCE,
    TrapSource,
)
from contracts.devices import TrapKind
from monitoring.listeners.traps.meaning import TrapMeaning
from monitoring.listeners.traps.trap import Trap

T0 = 1000.0


def is_news(
    source: TrapSource, request_id: int, now_s: float, kind: TrapKind = "link_down",
    device_id: str = "sw01",
) -> bool:  # fmt: skip
    trap, said = Trap("1.2", request_id), TrapMeaning(kind, "1.2")
    return source.is_news(device_id, trap, said, now_s=now_s)


def test_what_comes_too_fast_is_counted_and_told_once_a_minute() -> None:
    source = TrapSource()
    admitted = sum(source.admits(now_s=T0) for _ in range(10_000))
    assert (admitted, source.left_out.due(now_s=T0)) == (READ_AT_ONCE, 10_000 - READ_AT_ONCE)
    assert not source.admits(now_s=T0 + 0.1)
    assert source.left_out.due(now_s=T0 + LEFT_OUT_EVERY_S - 0.1) == 0
    assert source.left_out.due(now_s=T0 + LEFT_OUT_EVERY_S) == 1
    assert source.left_out.due(now_s=T0 + 3 * LEFT_OUT_EVERY_S) == 0


def test_a_doubled_one_is_no_news_for_five_minutes_and_another_is() -> None:
    source = TrapSource()
    assert is_news(source, 1, T0)
    assert not is_news(source, 1, T0 + AGAIN_S - 1)
    assert is_news(source, 2, T0 + 1)
    assert is_news(source, 1, T0 + 2, device_id="sw02")
    assert is_news(source, 1, T0 + AGAIN_S)
    assert (source.doubled_total, source.left_out.count) == (1, 0)


def test_of_many_different_ones_some_are_told_and_the_others_counted() -> None:
    source = TrapSource()
    told = [is_news(source, number, T0) for number in range(TOLD_AT_ONCE + 5)]
    assert told == [True] * TOLD_AT_ONCE + [False] * 5
    assert source.left_out.due(now_s=T0) == 5
    assert is_news(source, 1000, T0 + 10)


def test_a_battery_that_is_still_in_use_is_told_once_until_the_mains_are_back() -> None:
    source = TrapSource()
    assert is_news(source, 1, T0, "on_battery")
    assert not is_news(source, 2, T0 + 60, "on_battery")
    assert not is_news(source, 3, T0 + 60 + STILL_S - 1, "on_battery")
    assert is_news(source, 4, T0 + 300, "power_restored")
    assert is_news(source, 5, T0 + 301, "on_battery")
    assert is_news(source, 6, T0 + 301 + STILL_S, "on_battery")


def test_a_cut_after_mains_that_flicker_is_told() -> None:
    source = TrapSource()
    for second in range(17):
        is_news(source, 2 * second, T0 + second, "on_battery")
        is_news(source, 2 * second + 1, T0 + second + 0.5, "power_restored")
    cut_s = T0 + 17
    told = [is_news(source, 100 + n, cut_s + 60 * n, "on_battery") for n in range(60)]
    assert told == [False, True] + [False] * 58


def test_what_is_not_proved_is_told_at_once_and_then_once_an_hour() -> None:
    told = TrapSource().not_proved
    told.count = 1
    assert told.due(now_s=T0) == 1
    told.count = 3
    assert told.due(now_s=T0 + NOT_PROVED_EVERY_S - 1) == 0
    assert told.due(now_s=T0 + NOT_PROVED_EVERY_S) == 3
