"""Faults made for real at a point, and what the centre makes of them by MQTT alone.

    python -m tests.lab.outages [--rounds 4] [--seed 1]

Each fault once a round, in an order by the seed, at one point with the real agent, Mosquitto,
reflector and ingest. What is expected stands in FAULTS, before anything runs.
"""

import argparse
import asyncio
import base64
import random
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlmodel import col, select

from contracts import codec
from contracts.desired import Policy, Probes
from contracts.ids import PointId
from controller.db.engine import open_engine, reading
from controller.health import outage_queries, presence_queries
from controller.health.outage_queries import OutageSaid
from controller.ingest.cause_tables import OutageVerdict
from monitoring.judgement.outage_cause import OutageCause as Cause
from monitoring.judgement.presence import PresenceState
from monitoring.reflector.probe import point_key
from tests.fakes.mosquitto import Broker, free_port, start_mosquitto
from tests.fakes.point import make_point
from tests.fakes.reflector import running_reflector
from tests.integration.ingest.harness import IngestProcess, running
from tests.lab.routed_point import RoutedPoint, a_routed_point, an_address_of_the_centre
from tests.waiting import until, until_blocking

P1 = PointId("xa-mot")
SAMPLE_S, SILENCE_S, NOTICED_S, SETTLED_S = 2, 8, 60.0, 5.0


@dataclass(slots=True)
class Bench:
    """A centre and one point."""

    point: RoutedPoint
    broker: Broker
    series_url: str

    def power_off(self) -> None:
        """Let nothing more leave the machine, then let nothing of it live."""
        self.point.pull_cable()
        self.point.kill()

    def power_on(self) -> None:
        """Start the machine again."""
        self.point.plug_cable()
        self.point.reboot()

    def power_off_behind_ups(self) -> None:
        """The mains go, the power supply says so, and is empty a little later."""
        self.point.say("on_battery")
        waited = time.monotonic() + 3 * SAMPLE_S
        assert until_blocking(lambda: time.monotonic() > waited)
        self.power_off()

    def power_on_behind_ups(self) -> None:
        """The mains are back, and the power supply says so."""
        self.power_on()
        self.point.say("power_restored")

    def states(self) -> list[PresenceState]:
        """Return the point's presence so far."""
        engine = open_engine(self.series_url)
        try:
            with reading(engine) as session:
                found = presence_queries.open_intervals(session, [P1])
                return [one.state for one in found.values()]
        finally:
            engine.dispose()

    def said(self, since: datetime) -> OutageSaid | None:
        """Return what is said of the last outage since a time."""
        engine = open_engine(self.series_url)
        try:
            with reading(engine) as session:
                newest = (
                    select(OutageVerdict.outage_began_at)
                    .where(col(OutageVerdict.outage_began_at) >= since)
                    .order_by(col(OutageVerdict.outage_began_at))
                )
                began_at = session.exec(newest).first()
                if began_at is None:
                    return None
                return outage_queries.said_of(session, [(P1, began_at)]).get((P1, began_at))
        finally:
            engine.dispose()


@dataclass(frozen=True, slots=True)
class Fault:
    """How it is made and mended, how long it stays, and what is expected.

    `None`: not even an outage of the point; what the centre does not hear is unknown.
    """

    name: str
    expected: Cause
    make: Callable[[Bench], object]
    mend: Callable[[Bench], object]
    lasts_s: float = 18.0


FAULTS = (
    Fault("agent killed", Cause.DEVICE, lambda b: b.point.kill(), lambda b: b.point.switch_on()),
    Fault("agent hangs", Cause.DEVICE, lambda b: b.point.freeze(), lambda b: b.point.thaw(), 40.0),
    Fault("agent ended in order", Cause.PLANNED, lambda b: b.point.stop(),
          lambda b: b.point.switch_on()),
    Fault("machine shut down in order", Cause.PLANNED, lambda b: b.point.stop(),
          lambda b: b.point.reboot()),
    Fault("power", Cause.POWER, Bench.power_off, Bench.power_on),
    Fault("power behind a UPS", Cause.POWER, Bench.power_off_behind_ups,
          Bench.power_on_behind_ups),
    Fault("cable out", Cause.LAN, lambda b: b.point.pull_cable(), lambda b: b.point.plug_cable()),
    Fault("router gone", Cause.LAN, lambda b: b.point.hang_router(),
          lambda b: b.point.restart_router()),
    Fault("line cut", Cause.LINE, lambda b: b.point.cut_line(), lambda b: b.point.mend_line()),
    Fault("broker stopped", Cause.CENTRE, lambda b: b.broker.kill(), lambda b: b.broker.start()),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was said of a fault: while it lasted, and in the end; None: of no outage."""

    fault: Fault
    first: OutageSaid | None
    last: OutageSaid | None

    @property
    def is_right(self) -> bool:
        """Whether the cause is the expected one."""
        if self.last is None:
            return self.fault.expected is Cause.CENTRE
        return self.last.verdict.cause is self.fault.expected

    @property
    def is_wrong_and_sure(self) -> bool:
        """Whether something else is said without a question mark."""
        return self.last is not None and not self.is_right and self.last.verdict.is_certain

    def __str__(self) -> str:
        """Return one line of the table."""
        told = ["-" if one is None else _told(one) for one in (self.first, self.last)]
        mark = "right" if self.is_right else "WRONG"
        name, expected = self.fault.name, self.fault.expected.value
        return f"{name:28}{expected:10}{told[0]:12}{told[1]:12}{mark}"


def _told(said: OutageSaid) -> str:
    return said.verdict.cause.value + ("" if said.verdict.is_certain else "?")


@asynccontextmanager
async def a_bench(folder: Path) -> AsyncIterator[Bench]:
    """Have everything run until the block ends; the point is heard when it begins."""
    url = f"sqlite:///{folder / 'series.db'}"
    with ExitStack() as stack:
        host = stack.enter_context(an_address_of_the_centre())
        broker = stack.enter_context(start_mosquitto(folder, host=host))
        reflector = stack.enter_context(
            running_reflector(folder / "reflector", port=free_port(host), host=host)
        )
        ingest = IngestProcess(folder / "centre", broker, url, [P1], silence_s=SILENCE_S)
        stack.enter_context(running(ingest))
        await ingest.started()
        own = make_point(folder / "point", broker, P1)
        own.desired_dir.mkdir()
        now = datetime.now(UTC)
        probes = Probes(
            leader_epoch=1,
            generation=1,
            issued_at=now,
            reflector_host=host,
            reflector_port=reflector.port,
            probe_id=1,
            key_base64=base64.b64encode(point_key(reflector.master, 1)).decode(),
            probes_per_s=4,
            train_interval_s=0,
        )
        policy = Policy(leader_epoch=1, generation=1, issued_at=now, sampling_interval_s=SAMPLE_S)
        for name, document in (("policy", policy), ("probes", probes)):
            (own.desired_dir / f"{name}.json").write_bytes(codec.encode(document))
        bench = Bench(stack.enter_context(a_routed_point(own)), broker, url)
        await until(lambda: bench.states() == [PresenceState.UP], 60, "the point is heard")
        yield bench


async def passed(seconds: float) -> None:
    """Let a fault, or what is before one, last for so long."""
    until_s = time.monotonic() + seconds
    await until(lambda: time.monotonic() >= until_s, seconds + 10)


async def outcome_of(bench: Bench, fault: Fault) -> Outcome:
    """Make a fault, mend it, and wait until no more is said of it."""
    await until(lambda: bench.states() == [PresenceState.UP], NOTICED_S, "the point is heard")
    await passed(5 * SAMPLE_S)  # a record of before, as any point has
    began_at = datetime.now(UTC) - timedelta(seconds=2 * SAMPLE_S)
    await asyncio.to_thread(fault.make, bench)
    if fault.expected is not Cause.CENTRE:
        await until(lambda: bench.said(began_at), NOTICED_S, f"{fault.name}: noticed")
    await passed(fault.lasts_s)
    first = bench.said(began_at)
    await asyncio.to_thread(fault.mend, bench)
    await until(lambda: bench.states() == [PresenceState.UP], NOTICED_S, f"{fault.name}: mended")
    said, since_s, until_s = first, time.monotonic(), time.monotonic() + NOTICED_S
    while time.monotonic() - since_s < SETTLED_S and time.monotonic() < until_s:
        await passed(0.5)
        now = bench.said(began_at)
        has_to_come = now is not None and not now.verdict.is_recorded
        if now != said or has_to_come:
            said, since_s = now, time.monotonic()
    return Outcome(fault, first, said)


async def rounds(count: int, seed: int) -> list[Outcome]:
    """Make every fault so many times; print each."""
    chosen = [fault for _ in range(count) for fault in FAULTS]
    random.Random(seed).shuffle(chosen)
    found: list[Outcome] = []
    with tempfile.TemporaryDirectory(prefix="outages-") as folder:
        async with a_bench(Path(folder)) as bench:
            for fault in chosen:
                found.append(await outcome_of(bench, fault))
                print(found[-1], flush=True)  # noqa: T201 - what a person asked for
    return found


def main() -> None:
    """Print what was said of each fault, and how often it was right."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    found = asyncio.run(rounds(asked.rounds, asked.seed))
    right, sure = sum(o.is_right for o in found), sum(o.is_wrong_and_sure for o in found)
    print(f"{right} of {len(found)} right, {sure} wrong without a question mark")  # noqa: T201


if __name__ == "__main__":
    main()
