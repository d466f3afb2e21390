"""What each BREAK must be seen in, and which phases are needed for that."""

from collections.abc import Sequence
from dataclasses import dataclass

from scripts.demo.check import names


@dataclass(frozen=True, slots=True)
class Breakage:
    """`fact` must fail and no other; `phases` are the names of what is run."""

    fact: str
    phases: tuple[str, ...]


_MEETING = ("begin", "floor", "rhythm")

BREAKAGES: dict[str, Breakage] = {
    "relay-wrong-speaker": Breakage(names.SPEAKER_RIGHT, ("begin", "floor")),
    "no-floor": Breakage(names.FLOOR_APPLIED, ("begin", "floor")),
    "late-start": Breakage(names.FORWARDED, _MEETING),
    "silent-sound": Breakage(names.HEARD, _MEETING),
    "own-echo": Breakage(names.NEVER_OWN, _MEETING),
    "stale-presence": Breakage(names.UNREACHABLE, ("presence",)),
    "frozen-camera": Breakage(names.CAMERA_SEEN, ("begin", "real-seen")),
    "dead-camera": Breakage(names.CAMERA_SENT, ("begin", "real-sent")),
    "wrong-size": Breakage(names.CAMERA_SIZE, ("begin", "real-sent")),
    "muted-leaks": Breakage(names.MUTED, ("muted",)),
    "lost-sync": Breakage(names.LIP_SYNC, ("begin", "lip-sync")),
    "wrong-cause": Breakage(names.LINE_CAUSE, ("cut",)),
    "alert-storm": Breakage(names.PROVINCE_TOLD, ("crowd", "province")),
    "silent-trap": Breakage(names.TRAP_SHOWN, ("mains-off",)),
    "lost-alert": Breakage(names.BATTERY_TOLD, ("mains-off", "battery")),
    "lost-report": Breakage(names.SAME_REPORTS, ("reports-soon",)),
}


TOGETHER = (
    ("relay-wrong-speaker", "lost-report"),
    ("no-floor", "silent-trap"),
    ("late-start", "wrong-cause"),
    ("silent-sound", "stale-presence"),
    ("own-echo", "lost-alert"),
)
"""What scripts/ci_demo.sh makes wrong in one start: one thing of the meeting and one of the centre,
which neither passes media nor is told by a relay what its line is judged by."""


def starts() -> list[tuple[str, ...]]:
    """Return every BREAK once, those that go together as one."""
    paired = {name for group in TOGETHER for name in group}
    return [*TOGETHER, *((name,) for name in BREAKAGES if name not in paired)]


def verdict(broken: Sequence[str], failed: Sequence[str]) -> tuple[bool, list[str]]:
    """Return whether exactly the expected facts failed, and a sentence for each BREAK."""
    wanted = {BREAKAGES[name].fact for name in broken}
    others = ", ".join(name for name in failed if name not in wanted)
    seen = ", ".join(failed) or "no line"
    said = []
    for name in broken:
        fact = BREAKAGES[name].fact
        if fact not in failed:
            said.append(f'BREAK={name}: not seen on "{fact}"; what failed: {seen}')
        elif others:
            said.append(f'BREAK={name}: on "{fact}" as it should be, but also on: {others}')
        else:
            said.append(f'BREAK={name}: noticed on "{fact}", and on no other line')
    return wanted == set(failed), said
