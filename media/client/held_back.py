"""What the relay holds back of a point's pictures, as it says every second while it does."""

from dataclasses import dataclass

from media.sfu.ladder import Rung

HOLDS_MS = 3_000


@dataclass(frozen=True, slots=True)
class HeldBack:
    """How much comes, by whose doing, and in which slots no picture although there is one."""

    rung: Rung
    is_by_load: bool
    slots: tuple[str, ...]
    told_at_ms: int

    def holds(self, now_ms: int) -> bool:
        """Whether it still counts: what is not said again is over, or the line is cut."""
        # Before 0 is what was told until a clock was set back.
        is_told = 0 <= now_ms - self.told_at_ms <= HOLDS_MS
        return is_told and (self.rung < Rung.HIGH or bool(self.slots))
