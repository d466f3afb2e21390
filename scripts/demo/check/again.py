"""Which phases a second try of the check needs, of facts that failed: names in, phases out.

    sed -n 's/^FAIL  //p' log | sed 's/   *.*//' | python -m scripts.demo.check.again

prints what `--only` takes; nothing, where a fact is of the check as a whole.
"""

import sys
from collections.abc import Iterable

from scripts.demo.check import reports
from scripts.demo.check.timetable import BY_NAME_ONLY, IN_MEETING, PHASES

BEFORE: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(IN_MEETING, ("begin",)),
    "steady": ("begin", "floor"),
    "roll": ("begin",),
    "indicators": ("begin",),
    "battery": ("mains-off",),
    "province": ("crowd",),
    "broker": ("crowd",),
    "rules": ("crowd",),
    "uptime": ("cut",),
    "over": ("mains-off", "battery", "cut", "crowd", "province"),
}
"""What has to have happened before a phase can be measured."""


def phases_of(failed: Iterable[str]) -> list[str] | None:
    """Return the phases that measure these facts, and what they need; None: only all can."""
    known = {fact: name for name, (facts, _) in PHASES.items() if name not in BY_NAME_ONLY
             for fact in facts} | {reports.RESTORED: "restore"}  # fmt: skip
    needed: set[str] = set()
    for fact in failed:
        if fact not in known:
            return None
        needed |= {known[fact], *BEFORE.get(known[fact], ())}
    return sorted(needed)


if __name__ == "__main__":
    sys.stdout.write(",".join(phases_of(sys.stdin.read().splitlines()) or ()))
