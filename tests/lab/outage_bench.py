"""A centre and one point, with the real agent, Mosquitto, reflector, name server and ingest."""

import base64
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from sqlmodel import Session, col, select

from contracts import codec
from contracts.desired import Policy, Probes
from contracts.ids import PointId
from controller.db.engine import open_engine, reading
from controller.health import outage_queries, presence_queries
from controller.health.outage_queries import OutageSaid
from controller.ingest.cause_tables import OutageVerdict, SessionWord
from controller.ingest.problem_tables import ProblemFlip
from controller.ingest.tables import StoredReport
from monitoring.judgement.presence import PresenceState
from monitoring.judgement.problem import ProblemKey
from monitoring.reflector.probe import point_key
from tests.fakes.mosquitto import Broker, free_port, start_mosquitto
from tests.fakes.point import PROJECT, make_point
from tests.fakes.reflector import ReflectorProcess, running_reflector
from tests.integration.ingest.harness import IngestProcess, running
from tests.lab.resolver import CENTRE_NAME, Resolver, a_resolver
from tests.lab.routed_point import RoutedPoint, a_routed_point, an_address_of_the_centre
from tests.waiting import until, until_blocking

T = TypeVar("T")
P1 = PointId("xa-mot")
SAMPLE_S, SILENCE_S, DNS_S, HEARD_S = 2, 10, 4, 90.0


@dataclass(slots=True)
class Bench:
    """What faults are made of."""

    folder: Path
    point: RoutedPoint
    broker: Broker
    resolver: Resolver
    ingest: IngestProcess
    reflector: ReflectorProcess
    reflector_again: "subprocess.Popen[bytes] | None" = None

    def filled(self, rule: str) -> str:
        """Return a rule with this bench's addresses and names."""
        point = self.point
        return rule.format(net=point.net, line=point.line, port=self.broker.port)

    def power_off(self) -> None:
        """Let nothing more leave the machine, then let nothing of it live."""
        self.point.block("point", "power", "output drop")
        self.point.kill("power")

    def power_on(self) -> None:
        """Start the machine again."""
        self.point.unblock("point", "power")
        self.point.reboot("power")

    def power_off_behind_ups(self) -> None:
        """The mains go, the power supply says so, and is empty a little later."""
        self.point.say("on_battery")
        waited_s = time.monotonic() + 3 * SAMPLE_S
        assert until_blocking(lambda: time.monotonic() > waited_s)
        self.power_off()

    def power_on_behind_ups(self) -> None:
        """The mains are back, and the power supply says so."""
        self.power_on()
        self.point.say("power_restored")

    def power_off_with_router(self) -> None:
        """The whole room has no power."""
        self.power_off()
        self.point.hang_router()

    def power_on_with_router(self) -> None:
        """It has power again."""
        self.point.restart_router()
        self.power_on()

    def kill_twice(self) -> None:
        """The agent is killed, starts, and is killed again."""
        self.point.kill("kill")
        self.point.switch_on("kill")
        waited_s = time.monotonic() + 5
        assert until_blocking(lambda: time.monotonic() > waited_s)
        self.point.kill("kill")

    def kill_ingest(self) -> None:
        """End it at once."""
        self.ingest.end(signal.SIGKILL)

    def start_ingest(self) -> None:
        """Start it again; whoever waits for the point waits for it, too."""
        self.ingest.start()

    def kill_reflector(self) -> None:
        """End it at once."""
        os.kill(self.reflector.pid, signal.SIGKILL)
        self.end_second_reflector()

    def start_reflector(self) -> None:
        """Start it again, with the same key on the same port."""
        config = str(self.folder / "reflector" / "reflector.toml")
        self.reflector_again = subprocess.Popen(
            [sys.executable, "-m", "monitoring.reflector", "run", "--config", config],
            cwd=PROJECT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def end_second_reflector(self) -> None:
        """End the one that was started after the first had been killed."""
        again, self.reflector_again = self.reflector_again, None
        if again is not None:
            again.kill()
            again.wait(timeout=10)

    def read(self, ask: Callable[[Session], T]) -> T:
        """Return what a query finds."""
        engine = open_engine(self.ingest.series_url)
        try:
            with reading(engine) as session:
                return ask(session)
        finally:
            engine.dispose()

    @property
    def is_up(self) -> bool:
        """Whether the point is heard now."""
        open_now = self.read(lambda s: presence_queries.open_intervals(s, [P1]))
        return [one.state for one in open_now.values()] == [PresenceState.UP]

    def said(self, since: datetime) -> OutageSaid | None:
        """Return what is said of the first outage since a time."""
        return self.read(lambda session: _said(session, since))

    def record(self, since: datetime) -> list[str]:
        """Return what the point recorded since a time, and what its session said."""
        report, word = StoredReport, SessionWord
        of_health = select(report).where(col(report.at) >= since, report.kind == "health")
        rows = self.read(lambda s: list(s.exec(of_health.order_by(col(report.at)))))
        words = self.read(lambda s: list(s.exec(select(word).where(col(word.at) >= since))))
        lines = [
            f"{row.at:%M:%S} boot {row.boot_key} gateway {row.gateway_address} "
            f"{row.gateway_rtt_ms} probes {row.probes_received}/{row.probes_sent} "
            f"failed {row.failures or '-'}"
            for row in rows
        ]
        return sorted([*lines, *(f"{one.at:%M:%S} {one.kind}" for one in words)])

    def told(self, since: datetime) -> dict[ProblemKey, datetime]:
        """Return which problems began since a time, and when."""
        query = select(ProblemFlip).where(
            col(ProblemFlip.at) >= since, col(ProblemFlip.became).is_not(None)
        )
        rows = self.read(lambda session: list(session.exec(query)))
        return {ProblemKey(row.problem): row.at for row in rows}

    def is_wrong(self, since: datetime, problem: ProblemKey) -> bool:
        """Whether a problem that began since a time is still there."""
        query = (
            select(ProblemFlip.became)
            .where(col(ProblemFlip.at) >= since, ProblemFlip.problem == problem.value)
            .order_by(col(ProblemFlip.flip_id).desc())
            .limit(1)
        )
        return self.read(lambda session: session.exec(query).first()) is not None


def _said(session: Session, since: datetime) -> OutageSaid | None:
    first = (
        select(OutageVerdict.outage_began_at)
        .where(col(OutageVerdict.outage_began_at) >= since)
        .order_by(col(OutageVerdict.outage_began_at))
    )
    began_at = session.exec(first).first()
    if began_at is None:
        return None
    return outage_queries.said_of(session, [(P1, began_at)]).get((P1, began_at))


@asynccontextmanager
async def a_bench(folder: Path) -> AsyncIterator[Bench]:
    """Have everything run until the block ends; the point is heard when it begins."""
    url = f"sqlite:///{folder / 'series.db'}"
    with ExitStack() as stack:
        host = stack.enter_context(an_address_of_the_centre())
        resolver = stack.enter_context(a_resolver(host))
        broker = stack.enter_context(start_mosquitto(folder, host=host, names=(CENTRE_NAME,)))
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
            reflector_host=CENTRE_NAME,
            reflector_port=reflector.port,
            probe_id=1,
            key_base64=base64.b64encode(point_key(reflector.master, 1)).decode(),
            probes_per_s=4,
            train_interval_s=0,
        )
        policy = Policy(leader_epoch=1, generation=1, issued_at=now, sampling_interval_s=SAMPLE_S)
        for name, document in (("policy", policy), ("probes", probes)):
            (own.desired_dir / f"{name}.json").write_bytes(codec.encode(document))
        settings = {
            "broker_host": json.dumps(CENTRE_NAME),
            "section_interval_s": f"{{ dns = {DNS_S} }}",
        }
        point = stack.enter_context(
            a_routed_point(own, resolver=resolver.address, settings=settings)
        )
        bench = Bench(folder, point, broker, resolver, ingest, reflector)
        stack.callback(bench.end_second_reflector)
        await until(lambda: bench.is_up, HEARD_S, "the point is heard")
        yield bench
