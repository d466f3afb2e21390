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
    "own-echo": Breakage(names.NEVER_OWN, ("begin", "rhythm")),
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
    "double-booking": Breakage(names.REFUSED_TWICE, ("booked",)),
    "lost-invitation": Breakage(names.INVITED, ("booked",)),
    "two-holders": Breakage(names.ONE_HOLDER, ("begin", "hands")),
    "wrong-roll-call": Breakage(names.ROLL_CALLED, ("begin", "roll")),
    "wrong-indicator": Breakage(names.INDICATORS, ("begin", "indicators")),
}


TOGETHER = (
    ("relay-wrong-speaker", "wrong-size", "lost-report"),
    ("no-floor", "frozen-camera", "silent-trap"),
    ("late-start", "lost-sync", "wrong-cause"),
    ("silent-sound", "alert-storm"),
    ("own-echo", "dead-camera", "stale-presence", "lost-alert"),
    ("double-booking", "lost-invitation", "two-holders", "wrong-roll-call", "wrong-indicator"),
)
"""What scripts/ci_demo.sh makes wrong in one start: the relay, a device or the page of the real
room, and the centre, which neither passes media nor is told by a relay what its line is judged by.
A camera that dies goes with nothing that looks for its picture, silence with nothing that listens
to the real room; muted that is in a meeting of its own. Five rules of the office are in
one process, which is replaced once."""

OF_MEETING = (
    *("begin", "real-sent", "real-seen", "lip-sync", "floor", "rhythm"),
    *("hands", "roll", "indicators"),
)
"""The phases of one meeting, in their order, though several BREAKs need them: the real room is
looked at while nobody speaks, and the roll is called when it is over."""


def starts() -> list[tuple[str, ...]]:
    """Return every BREAK once, those that go together as one."""
    grouped = {name for group in TOGETHER for name in group}
    return [*TOGETHER, *((name,) for name in BREAKAGES if name not in grouped)]


def lines(broken: Sequence[str]) -> list[tuple[str, ...]]:
    """Return the phases that these BREAKs need: each once, the meeting's first, in their order;
    then for each BREAK of the centre its own, which go on beside: what two share is one."""
    wanted = {phase for name in broken for phase in BREAKAGES[name].phases}
    meeting = tuple(phase for phase in OF_MEETING if phase in wanted)
    others = [
        tuple(one for one in BREAKAGES[name].phases if one not in OF_MEETING) for name in broken
    ]
    return [line for line in dict.fromkeys((meeting, *others)) if line]


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
