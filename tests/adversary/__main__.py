"""`python -m tests.adversary TARGET ACT`: do one act; `--list [--short]`: name them.

TARGET is the file that `scripts/demo/check/adversaries.py` writes for a province that runs.
"""

import argparse
import asyncio
import json
import sys
from pathlib import Path

from tests.adversary import peer, point, stranger, viewer
from tests.adversary.act import Act
from tests.adversary.target import Target

ACTS: tuple[Act, ...] = (*stranger.ACTS, *viewer.ACTS, *point.ACTS, *peer.ACTS, *stranger.LAST)
LIMIT_S = 60.0


async def _do(act: Act, target: Target) -> str:
    async with asyncio.timeout(LIMIT_S):
        return await act.attack(target)


def main() -> int:
    """Run one act or list all; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.adversary")
    parser.add_argument("--list", action="store_true", help="print the acts as JSON")
    parser.add_argument("--short", action="store_true", help="with --list: only the short ones")
    parser.add_argument("target", nargs="?", type=Path)
    parser.add_argument("act", nargs="?", choices=[act.name for act in ACTS])
    given = parser.parse_args()
    if given.list:
        shown = [act for act in ACTS if act.is_short or not given.short]
        listed = json.dumps([{"name": act.name, "counters": act.counters} for act in shown])
        sys.stdout.write(f"{listed}\n")
        return 0
    if given.target is None or given.act is None:
        parser.error("a target and an act are needed")
    act = next(act for act in ACTS if act.name == given.act)
    said = asyncio.run(_do(act, Target.read(given.target)))
    sys.stdout.write(f"{said}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
