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
        return now_ms - self.told_at_ms <= HOLDS_MS and (self.rung < Rung.HIGH or bool(self.slots))
