"""Faults made for real at a point, and what the centre makes of them by MQTT alone.

    python -m tests.lab.outages [--workers 2]                     each fault alone
    python -m tests.lab.outages --pairs 100 --seed 7              two at once, chosen by the seed
    python -m tests.lab.outages --pairs 100 --seed 7 --case 12    that one again

What is expected stands in outage_faults.py, and of two by rule in outage_pairs.py, before
anything runs. Each worker has a centre and a point of its own.
"""

import argparse
import asyncio
import tempfile
import time
from collections import deque
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from controller.health.outage_queries import OutageSaid
from monitoring.judgement.outage_cause import FactKey
from monitoring.judgement.outage_cause import OutageCause as Cause
from monitoring.judgement.outage_texts import evidence_sentence
from monitoring.judgement.problem import ProblemKey
from tests.lab.outage_bench import HEARD_S, SAMPLE_S, Bench, a_bench
from tests.lab.outage_faults import FAULTS
from tests.lab.outage_pairs import Case, pairs, singles
from tests.waiting import until

MOST_BENCHES = 8
"""Of one worker: what cannot be begun at all is not begun for ever."""
SETTLED_S, RECORDED_S, BETWEEN_S = 4.0, 40.0, 16.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was said of a case: while it lasted, and in the end; None: of no outage."""

    case: Case
    first: OutageSaid | None
    last: OutageSaid | None
    told: Collection[ProblemKey] = ()
    took_s: float = 0.0
    record: Collection[str] = ()

    @property
    def cause(self) -> Cause | None:
        """The cause that is said in the end."""
        return self.last.verdict.cause if self.last else None

    @property
    def is_right(self) -> bool:
        """Whether the cause is the expected one, and what is wrong beside it was told."""
        wanted = self.case.problem
        return self.cause in self.case.expected and (wanted is None or wanted in self.told)

    @property
    def is_wrong_and_sure(self) -> bool:
        """Whether something else is said without a question mark."""
        is_sure = self.last is not None and self.last.verdict.is_certain
        return is_sure and self.cause not in self.case.expected

    def __str__(self) -> str:
        """Return one line of the table; of a wrong one also why."""
        told = ["-" if one is None else _told(one) for one in (self.first, self.last)]
        mark = "right" if self.is_right else "WRONG"
        wanted = "/".join(sorted(one.value if one else "-" for one in self.case.expected))
        case = self.case
        line = f"{case.number:3} {case.name:64}{wanted:10}{told[0]:10}{told[1]:10}{mark}"
        if self.is_right:
            return line
        facts = self.last.verdict.facts if self.last else ()
        why = evidence_sentence(facts, "en", datetime.now(UTC))
        told_of = ", ".join(sorted(one.value for one in self.told))
        return "\n      ".join((line, f"{why}; told of: {told_of}", *self.record))


def _is_whole(said: OutageSaid) -> bool:
    """Whether it rests on the point's own record, of which nothing is missing."""
    keys = {fact.key for fact in said.verdict.facts}
    return said.verdict.is_recorded and FactKey.RECORD_INCOMPLETE not in keys


def _told(said: OutageSaid) -> str:
    return said.verdict.cause.value + ("" if said.verdict.is_certain else "?")


async def passed(seconds: float) -> None:
    """Let a fault, or what is before one, last for so long."""
    until_s = time.monotonic() + seconds
    await until(lambda: time.monotonic() >= until_s, seconds + 30)


async def outcome_of(bench: Bench, case: Case) -> Outcome:
    """Make what is to be made, mend it, and wait until no more is said of it."""
    started_s = time.monotonic()
    await until(lambda: bench.is_up, HEARD_S, "the point is heard")
    await passed(5 * SAMPLE_S)  # a record of before, as any point has
    began_at = datetime.now(UTC) - timedelta(seconds=2 * SAMPLE_S)
    for place, fault in enumerate(case.faults):
        await passed(case.gap_s if place else 0.0)
        await asyncio.to_thread(fault.make, bench)
    await passed(max(one.lasts_s for one in case.faults))
    first = bench.said(began_at)
    for place, fault in enumerate(case.mended):
        await passed(BETWEEN_S if place and case.has_blindness else 0.0)
        await asyncio.to_thread(fault.mend, bench)
    wanted = case.problem
    await until(lambda: bench.is_up, HEARD_S, f"{case.name}: mended")
    if wanted is not None:
        await until(lambda: not bench.is_wrong(began_at, wanted), HEARD_S, f"{case.name}: over")
    said = await _settled(bench, began_at, first)
    told, record = bench.told(began_at), bench.record(began_at)
    return Outcome(case, first, said, told, time.monotonic() - started_s, record)


async def _settled(bench: Bench, began_at: datetime, said: OutageSaid | None) -> OutageSaid | None:
    since_s, until_s = time.monotonic(), time.monotonic() + RECORDED_S
    while time.monotonic() - since_s < SETTLED_S and time.monotonic() < until_s:
        await passed(0.5)
        now = bench.said(began_at)
        has_to_come = now is not None and not _is_whole(now)
        if now != said or has_to_come:
            said, since_s = now, time.monotonic()
    return said


async def worked_off(cases: deque[Case], found: list[Outcome]) -> None:
    """Take one case after the other; where a bench cannot be used any more, another is made."""
    begun = 0
    while cases and begun < MOST_BENCHES:
        begun += 1
        with tempfile.TemporaryDirectory(prefix="outages-") as folder:
            case: Case | None = None
            try:
                async with a_bench(Path(folder)) as bench:
                    while cases:
                        case = cases.popleft()
                        found.append(await outcome_of(bench, case))
                        print(found[-1], flush=True)  # noqa: T201 - what a person asked for
            except AssertionError as exc:
                print(f"{case.name if case else 'bench'}: {exc}", flush=True)  # noqa: T201


async def all_of(cases: list[Case], workers: int) -> list[Outcome]:
    """Return what was said of each case that could be brought to an end."""
    left, found = deque(cases), list[Outcome]()
    async with asyncio.TaskGroup() as group:
        for number in range(workers):
            group.create_task(worked_off(left, found), name=f"bench-{number}")
    return found


def main() -> None:
    """Print what was said of each case, and how often it was right."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--pairs", type=int, default=0)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--case", type=int, nargs="*")
    asked = parser.parse_args()
    cases = pairs(FAULTS, asked.pairs, asked.seed) if asked.pairs else singles(FAULTS)
    if asked.case:
        cases = [one for one in cases if one.number in asked.case]
    found = asyncio.run(all_of(cases, asked.workers))
    right, sure = sum(o.is_right for o in found), sum(o.is_wrong_and_sure for o in found)
    left = len(cases) - len(found)
    told = f"{right} of {len(cases)} right, {sure} wrong without a question mark"
    print(f"seed {asked.seed}: {told}, {left} not brought to an end")  # noqa: T201


if __name__ == "__main__":
    main()
