"""Whether a point's power supplies run on battery, by what each said last. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitoring.judgement.problem import DEVICE, Argument, Problem, ProblemKey, Severity

HOLDS = timedelta(minutes=35)
"""For so long a word of a power supply counts: each is told of four times an hour at least."""


@dataclass(frozen=True, slots=True)
class SupplyWord:
    """What one power supply said once, asked or by itself; `name`: as it calls itself."""

    device_id: str
    at: datetime
    on_battery: bool
    name: str = ""


def mains_problems(words: Iterable[SupplyWord]) -> Iterator[Problem]:
    """Give one for each power supply that said last that it runs on battery."""
    last: dict[str, SupplyWord] = {}
    names: dict[str, str] = {}
    for word in sorted(words, key=lambda one: (one.at, one.on_battery)):
        last[word.device_id] = word
        names[word.device_id] = word.name or names.get(word.device_id, "")
    for device_id, word in sorted(last.items()):
        if word.on_battery:
            arguments: dict[str, Argument] = {DEVICE: device_id}
            if name := names[device_id]:
                arguments["name"] = name
            yield Problem(ProblemKey.ON_BATTERY, Severity.SERIOUS, arguments)
