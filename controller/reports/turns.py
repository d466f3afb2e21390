"""One point in one meeting (a turn, *lượt*), and how turns are added up. Pure.

A turn is counted twice over, and either way once: by what the roll call says of it, and by whether
sound got through. Whoever was in the room of a meeting in person heard it: such turns are in no
share of the uninterrupted.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

from controller.meetings.rollcall.rules import RollState


class TurnHeard(Enum):
    """Whether sound got through to a point in a meeting; kept in addresses as its value."""

    UNINTERRUPTED = "uninterrupted"
    INTERRUPTED = "interrupted"
    EXCLUDED = "excluded"
    UNKNOWN = "unknown"
    IN_PERSON = "in_person"


@dataclass(frozen=True, slots=True)
class PointTurn:
    """A point that was invited to a meeting.

    `roll`: None where no roll was called in the meeting. `absence`: the reason that was said.
    `cause`: why it was interrupted or excluded, as its kind; empty: not known.
    """

    meeting_id: str
    point_id: str
    roll: RollState | None
    heard: TurnHeard
    absence: str = ""
    late_min: int | None = None
    cause: str = ""
    good_minutes: int | None = None
    held_minutes: int | None = None
    longest_cut_s: float | None = None


@dataclass(frozen=True, slots=True)
class TurnSums:
    """How many turns: by the roll call (`unrolled`: none was called), and by what was heard."""

    present: int = 0
    late: int = 0
    substitute: int = 0
    absent: int = 0
    uncalled: int = 0
    unrolled: int = 0
    uninterrupted: int = 0
    interrupted: int = 0
    excluded: int = 0
    unknown: int = 0
    in_person: int = 0

    def __add__(self, other: "TurnSums") -> "TurnSums":
        """Return both together."""
        return TurnSums(
            self.present + other.present,
            self.late + other.late,
            self.substitute + other.substitute,
            self.absent + other.absent,
            self.uncalled + other.uncalled,
            self.unrolled + other.unrolled,
            self.uninterrupted + other.uninterrupted,
            self.interrupted + other.interrupted,
            self.excluded + other.excluded,
            self.unknown + other.unknown,
            self.in_person + other.in_person,
        )

    @property
    def count(self) -> int:
        """How many turns there are."""
        return self.rolled + self.unrolled

    @property
    def rolled(self) -> int:
        """How many were in a meeting whose roll was called, themselves called or not."""
        return self.there + self.absent + self.uncalled

    @property
    def there(self) -> int:
        """How many were there, by the roll call."""
        return self.present + self.late + self.substitute

    @property
    def judged(self) -> int:
        """How many the share of the uninterrupted is of."""
        return self.uninterrupted + self.interrupted

    @property
    def uninterrupted_share(self) -> Fraction | None:
        """The share of the uninterrupted; None: none was judged."""
        return Fraction(self.uninterrupted, self.judged) if self.judged else None


def sums_of(turns: Iterable[PointTurn]) -> TurnSums:
    """Return how many turns stand how."""
    by = Counter((one.roll, one.heard) for one in turns)
    roll: Counter[RollState | None] = Counter()
    heard: Counter[TurnHeard] = Counter()
    for (said, got), count in by.items():
        roll[said] += count
        heard[got] += count
    return TurnSums(
        present=roll[RollState.PRESENT],
        late=roll[RollState.LATE],
        substitute=roll[RollState.SUBSTITUTE],
        absent=roll[RollState.ABSENT],
        uncalled=roll[RollState.UNCALLED],
        unrolled=roll[None],
        uninterrupted=heard[TurnHeard.UNINTERRUPTED],
        interrupted=heard[TurnHeard.INTERRUPTED],
        excluded=heard[TurnHeard.EXCLUDED],
        unknown=heard[TurnHeard.UNKNOWN],
        in_person=heard[TurnHeard.IN_PERSON],
    )
