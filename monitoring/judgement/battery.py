"""Which power supplies ask for another battery, and whether what somebody said settles it. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from contracts.local_days import day_of, midnight
from monitoring.judgement.problem import DEVICE, Argument, Problem, ProblemKey, Severity

_DAY = timedelta(days=1)
SELF_TEST = timedelta(days=14)
"""A supply asks on until its next test of the battery: makers have them do it once a fortnight."""


@dataclass(frozen=True, slots=True)
class BatteryAsk:
    """One power supply asks for another battery, and has done so without a break `since`."""

    device_id: str
    since: datetime
    name: str = ""


@dataclass(frozen=True, slots=True)
class ReplacedBattery:
    """Somebody said that a supply has another battery since a day."""

    device_id: str
    replaced_on: date
    said_at: datetime


def is_settled(since: datetime, replaced: Iterable[ReplacedBattery]) -> bool:
    """Say whether it is known what was done about a supply that has asked since then.

    What was said before it asked (again) settles nothing, nor a battery that was put in long
    before: then that one is worn.
    """
    least = day_of(since) - SELF_TEST
    return any(one.said_at >= since and one.replaced_on >= least for one in replaced)


def said_by(replaced: Iterable[ReplacedBattery], now: datetime) -> list[ReplacedBattery]:
    """Return what can have been said by now.

    What a clock that was ahead has dated later was said on its day; a day to come is no word.
    """
    return [
        one if one.said_at <= now else replace(one, said_at=midnight(one.replaced_on + _DAY))
        for one in replaced
        if one.replaced_on <= day_of(now)
    ]


def battery_problems(
    asks: Iterable[BatteryAsk], replaced: Iterable[ReplacedBattery]
) -> Iterator[Problem]:
    """Give one for each supply that asks, and of which nobody has said what was done since."""
    said = list(replaced)
    for ask in sorted(asks, key=lambda one: one.device_id):
        own = [one for one in said if one.device_id == ask.device_id]
        if not is_settled(ask.since, own):
            arguments: dict[str, Argument] = {"since": ask.since, DEVICE: ask.device_id}
            if ask.name:
                arguments["name"] = ask.name
            yield Problem(ProblemKey.BATTERY_WORN, Severity.MINOR, arguments)
