"""What changed between what was wrong with a point and what is. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from monitoring.judgement.problem import DEVICE, PORT, Problem, ProblemKey, Severity

ProblemId = tuple[ProblemKey, str]
"""Which problem, and about what where a point may have several of a kind."""
_ABOUT = (PORT, DEVICE, "name", "collector")
"""The arguments that tell several of a kind apart; what is surest comes first."""


@dataclass(frozen=True, slots=True)
class Flip:
    """One change; `was` None: it is new, `became` None: it is over.

    `problem` is what is said of it now, of one that is over what was said last.
    """

    problem: Problem
    was: Severity | None
    became: Severity | None


def id_of(problem: Problem) -> ProblemId:
    """Return what makes a problem the same one from judgement to judgement."""
    about = next(filter(None, map(problem.arguments.get, _ABOUT)), "")
    return problem.key, str(about)


def flips(before: Iterable[Problem], now: Iterable[Problem]) -> Iterator[Flip]:
    """Yield what is new, what is more or less serious than it was, and what is over."""
    old: Mapping[ProblemId, Problem] = {id_of(one): one for one in before}
    new: Mapping[ProblemId, Problem] = {id_of(one): one for one in now}
    for key, problem in new.items():
        was = old[key].severity if key in old else None
        if was is not problem.severity:
            yield Flip(problem, was, problem.severity)
    for key, problem in old.items():
        if key not in new:
            yield Flip(problem, problem.severity, None)
