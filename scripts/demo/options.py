"""What was asked for, from the command line or from make's variables."""

import argparse
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from scripts.demo.breaks.entries import clash

ROOT = Path(__file__).resolve().parents[2]
BREAKS = (
    "relay-wrong-speaker",
    "no-floor",
    "stale-presence",
    "lost-report",
    "late-start",
    "silent-sound",
    "own-echo",
    "frozen-camera",
    "dead-camera",
    "wrong-size",
    "muted-leaks",
    "lost-sync",
    "wrong-cause",
    "alert-storm",
    "silent-trap",
    "lost-alert",
    "double-booking",
    "lost-invitation",
    "two-holders",
    "wrong-roll-call",
    "wrong-indicator",
)
RELAYS = ("1", "2")


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked for."""

    is_check: bool
    broken: tuple[str, ...]
    is_reset: bool
    folder: Path
    setup_s: float | None
    only: tuple[str, ...] = ()
    acts: tuple[str, ...] = ()
    is_drawn: bool = False
    relays: int = 1


def _truth(text: str) -> bool:
    return text.strip().lower() not in ("", "0", "no", "false")


def _names(text: str) -> tuple[str, ...]:
    return tuple(name for name in text.split(",") if name)


def _fault_of(broken: Sequence[str]) -> str | None:
    """Return what is wrong with what is to be made wrong."""
    for name in broken:
        if name not in BREAKS:
            return f"BREAK={name} is not known; known are {', '.join(BREAKS)}"
    if process := clash(broken):
        return f"BREAK={','.join(broken)}: two would replace {process}; take one of them"
    return None


def parse(arguments: Sequence[str], environment: Mapping[str, str] = os.environ) -> Options:
    """Return the options; a wrong word ends the program with code 2 and a sentence."""
    parser = argparse.ArgumentParser(
        prog="make demo", description="A province in miniature that really runs."
    )
    parser.add_argument(
        "--check", action="store_true", help="verify it from outside, then end (CHECK=1)"
    )
    parser.add_argument(
        "--break", dest="broken", metavar="NAME",
        help="make one thing wrong, or one in each of several processes; with --check "
        f"(BREAK=NAME,…): {', '.join(BREAKS)}",
    )  # fmt: skip
    parser.add_argument("--reset", action="store_true", help="forget the kept data (RESET=1)")
    parser.add_argument(
        "--drawn", action="store_true", help="draw the first room too, without a browser (DRAWN=1)"
    )
    parser.add_argument(
        "--relays", choices=RELAYS, default=environment.get("RELAYS") or "1",
        help="share every meeting among so many relays; with data of its own (RELAYS=2)",
    )  # fmt: skip
    parser.add_argument("--data", type=Path, help="data folder (default .demo or .demo/check)")
    parser.add_argument("--only", default="", help="with --check: only these phases, by comma")
    parser.add_argument(
        "--acts", default="", help="of adversaries-all only these, by comma (ACTS=)"
    )
    given = parser.parse_args(arguments)
    broken = _names(given.broken or environment.get("BREAK") or "")
    if fault := _fault_of(broken):
        parser.error(fault)
    if given.relays not in RELAYS:  # argparse looks at what stands on the line alone
        parser.error(f"RELAYS={given.relays} is not known; known are {', '.join(RELAYS)}")
    is_check = given.check or bool(broken) or _truth(environment.get("CHECK", ""))
    name = "check" if is_check else "province"
    default = ROOT / ".demo" / (name if given.relays == "1" else f"{name}-{given.relays}")
    setup = environment.get("SETUP_SECONDS", "")
    return Options(
        is_check=is_check,
        broken=broken,
        is_reset=given.reset or _truth(environment.get("RESET", "")),
        folder=(given.data or default).resolve(),
        setup_s=float(setup) if setup else None,
        only=_names(given.only),
        acts=_names(given.acts or environment.get("ACTS", "")),
        is_drawn=given.drawn or _truth(environment.get("DRAWN", "")),
        relays=int(given.relays),
    )
