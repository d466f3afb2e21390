"""`python -m tests.fuzz [SECONDS] [TARGET ...]`: spoils payloads for as long as you let it."""

import random
import sys
import time
from collections.abc import Sequence

from tests.contract.mutation import mutated
from tests.fuzz.target import Target, escaped
from tests.fuzz.targets import TARGETS


def _run(target: Target, until_s: float) -> tuple[int, list[str]]:
    tried, found = 0, list[str]()
    while time.monotonic() < until_s and not found:
        for data in mutated(target.payload, cases=500, seed=random.randrange(2**63)):
            tried += 1
            fault = escaped(target, data)
            if fault is not None:
                found.append(f"{type(fault).__name__}: {fault}\n    {data!r}")
                break
    return tried, found


def main(arguments: Sequence[str]) -> int:
    """Fuzz all targets, or those named, sharing the seconds; 1 if anything escaped."""
    seconds = float(arguments[0]) if arguments else 60.0
    chosen = [t for t in TARGETS if not arguments[1:] or t.name in arguments[1:]]
    code = 0
    for target in chosen:
        tried, found = _run(target, time.monotonic() + seconds / len(chosen))
        sys.stdout.write(f"{target.name}: {tried} cases, {len(found)} escaped\n")
        for text in found:
            code = 1
            sys.stdout.write(f"  {text}\n")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
