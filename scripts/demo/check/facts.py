"""What CHECK prints: one line per fact, `ok|FAIL  name  figure  (bound)`.

A fact is declared by the phase that measures it. One that was declared and got no
figure has failed; one that cannot be checked on this machine says so and fails nothing.
Beside every short time stands the machine's own longest pause in the same phase; where
that alone explains a figure above its bound, or the machine had more to do than its cores can
and the figure is not far above, the line says so instead of judging.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from scripts.demo.check.pauses import PHASE_BEGAN_S, Pauses

NAME_WIDTH = 58
# How many times its bound a time may be for want of CPU alone, and which part of it a rate.
FAR = 3.0
FEW = 0.75
MISSING = 0.05
# A machine on which more is left open than this part is too slow for a verdict.
OPEN = 1 / 3


class Verdict(Enum):
    """How a fact stands."""

    HOLDS = "ok  "
    FAILS = "FAIL"
    NOT_CHECKED = "--  "
    STOOD_STILL = "??  "


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of the report."""

    name: str
    verdict: Verdict
    figure: str
    bound: str = ""

    def line(self) -> str:
        """Return the fact as it is printed."""
        bound = f"  ({self.bound})" if self.bound else ""
        return f"{self.verdict.value}  {self.name.ljust(NAME_WIDTH)}  {self.figure}{bound}"


class Facts:
    """Collects facts and prints each as it is found."""

    def __init__(self, say: Callable[[str], None], pauses: Pauses | None = None) -> None:
        self._say = say
        self._pauses = pauses or Pauses()
        self._found: dict[str, Fact] = {}
        self._declared: list[str] = []

    def declare(self, names: Iterable[str]) -> None:
        """Promise figures for these names."""
        self._declared.extend(names)

    def hold(self, name: str, is_held: bool, figure: str, bound: str = "") -> None:
        """Record whether a fact holds."""
        self._record(Fact(name, Verdict.HOLDS if is_held else Verdict.FAILS, figure, bound))

    def at_most(self, name: str, value: float, limit: float, unit: str, detail: str = "") -> None:
        """Record a figure that may not be above its limit."""
        figure = f"{value:.3g} {unit}" if abs(value) < 100 else f"{value:.0f} {unit}"
        figure = f"{figure} {detail}".rstrip()
        bound = f"≤ {limit:g} {unit}"
        pause_ms = self._pauses.longest_ms(PHASE_BEGAN_S.get())
        if unit == "ms":
            figure = f"{figure}; the machine itself paused {pause_ms:.0f} ms"
        if unit == "ms" and limit < value <= limit + pause_ms and pause_ms > limit / 2:
            self._record(Fact(name, Verdict.STOOD_STILL, f"machine stood still: {figure}", bound))
        elif limit < value <= FAR * limit and self.is_short():
            self._record(Fact(name, Verdict.STOOD_STILL, self._of_short(figure), bound))
        else:
            self.hold(name, value <= limit, figure, bound)

    def at_least(
        self, name: str, value: float, limit: float, detail: str, *, is_slowed: bool = False
    ) -> None:
        """Record a rate per second; `is_slowed`: what is too few is the machine's doing."""
        figure = f"{value:.1f}/s {detail}".rstrip()
        if is_slowed and value < limit:
            self.stood_still(name, f"{figure}, fewer for want of CPU")
        elif limit * FEW <= value < limit and self.is_short():
            self._record(Fact(name, Verdict.STOOD_STILL, self._of_short(figure), f"≥ {limit:g}/s"))
        else:
            self.hold(name, value >= limit, figure, f"≥ {limit:g}/s")

    def within(self, name: str, values: Sequence[float], limits: tuple[float, float], figure: str,
               bound: str) -> None:  # fmt: skip
        """Record milliseconds that lie between two limits, the first of them below 0: for want
        of CPU it is the pictures that are late, and sound before them."""
        is_held = limits[0] <= min(values) and max(values) <= limits[1]
        is_near = -FAR * limits[1] <= min(values) and max(values) <= limits[1]
        if not is_held and is_near and self.is_short():
            self._record(Fact(name, Verdict.STOOD_STILL, self._of_short(figure), bound))
        else:
            self.hold(name, is_held, figure, bound)

    def all_came(self, name: str, missing: int, count: int, figure: str, bound: str) -> None:
        """Record that some of `count` never came; of a twentieth at most, for want of CPU, nothing
        is known: the next one was there first."""
        if 0 < missing <= MISSING * count and self.is_short():
            self._record(Fact(name, Verdict.STOOD_STILL, self._of_short(figure), bound))
        else:
            self.hold(name, not missing, figure, bound)

    def is_short(self, since_s: float | None = None) -> bool:
        """Whether the machine's CPU does not suffice, in this phase or since an instant."""
        return self._pauses.is_short(PHASE_BEGAN_S.get() if since_s is None else since_s)

    def was_full(self, at_s: float) -> bool:
        """Whether there was more to do than the cores can, just before an instant (monotonic)."""
        return self._pauses.was_full(at_s)

    def _of_short(self, figure: str) -> str:
        used = self._pauses.used(PHASE_BEGAN_S.get())
        return f"machine has not CPU enough ({used:.0%} in use): {figure}"

    def stood_still(self, name: str, figure: str) -> None:
        """Record that the machine, and not what is examined, is too slow for an answer."""
        self._record(Fact(name, Verdict.STOOD_STILL, f"machine stood still: {figure}"))

    def not_checked(self, name: str, why: str) -> None:
        """Record that a fact cannot be checked here, and why."""
        self._record(Fact(name, Verdict.NOT_CHECKED, f"not checked: {why}"))

    def missing(self, names: Iterable[str], why: str) -> None:
        """Record as failed what was declared and not found."""
        for name in names:
            if name not in self._found:
                self._record(Fact(name, Verdict.FAILS, f"not measured: {why}"))

    def close(self) -> None:
        """Fail every declared fact without a figure."""
        self.missing(self._declared, "its phase did not get there")

    @property
    def undecided(self) -> list[str]:
        """The names of the facts that a machine that stood still left open."""
        return [f.name for f in self._found.values() if f.verdict is Verdict.STOOD_STILL]

    @property
    def failed(self) -> list[str]:
        """The names of the facts that do not hold."""
        return [f.name for f in self._found.values() if f.verdict is Verdict.FAILS]

    @property
    def verdict(self) -> str:
        """What all of it comes to, in a sentence."""
        count, failed, undecided = len(self._found), len(self.failed), len(self.undecided)
        if failed or not count:
            return f"{failed} facts do not hold"
        if undecided > OPEN * count:
            return f"{undecided} of {count} facts not judged: this machine is too slow"
        rest = f", {undecided} not judged: the machine is too slow" if undecided else ""
        return f"{count - undecided} facts hold{rest}"

    @property
    def exit_code(self) -> int:
        """0 only if there are facts, none has failed, and most were judged."""
        count = len(self._found)
        return 0 if count and not self.failed and len(self.undecided) <= OPEN * count else 1

    def _record(self, fact: Fact) -> None:
        known = self._found.get(fact.name)
        if known is not None and known.verdict is Verdict.FAILS:
            return
        self._found[fact.name] = fact
        self._say(fact.line())
