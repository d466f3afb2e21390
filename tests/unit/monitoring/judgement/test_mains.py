"""The newest word of each power supply counts, whatever order they come in."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

from monitoring.judgement.mains import SupplyWord, mains_problems

T0 = datetime(2026, 11, 27, 7, tzinfo=UTC)


def word(seconds: float, *, battery: bool, device: str = "ups1", name: str = "") -> SupplyWord:
    return SupplyWord(device, T0 + timedelta(seconds=seconds), battery, name)


def named(*words: SupplyWord) -> list[str]:
    return [str(one.arguments.get("name", "")) for one in mains_problems(words)]


def test_the_newest_word_counts_in_whatever_order_they_come() -> None:
    words = (
        word(0, battery=False, name="ups-hop"), word(10, battery=True), word(20, battery=False),
        word(30, battery=True),
    )  # fmt: skip
    for some in permutations(words):
        assert named(*some) == ["ups-hop"]
    assert named(*words[:3]) == []
    assert named() == []


def test_each_power_supply_stands_for_itself() -> None:
    first, second = word(0, battery=True, name="a"), word(5, battery=True, device="ups2", name="b")
    assert named(first, second) == ["a", "b"]
    assert named(first, second, word(9, battery=False)) == ["b"]
    assert named(word(0, battery=True)) == [""]


def test_of_two_words_of_one_instant_the_worse_counts() -> None:
    assert named(word(0, battery=True, name="a"), word(0, battery=False)) == ["a"]
