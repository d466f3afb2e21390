"""What each BREAK must be seen in, and which phases are needed for that."""

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


def verdict(breakage: str, failed: list[str]) -> tuple[bool, str]:
    """Return whether exactly the expected fact failed, and the sentence for it."""
    wanted = BREAKAGES[breakage].fact
    if failed == [wanted]:
        return True, f'BREAK={breakage}: noticed on "{wanted}", and on no other line'
    if wanted in failed:
        others = ", ".join(name for name in failed if name != wanted)
        return False, f'BREAK={breakage}: on "{wanted}" as it should be, but also on: {others}'
    seen = ", ".join(failed) or "no line"
    return False, f'BREAK={breakage}: not seen on "{wanted}"; what failed: {seen}'
