"""From a secretary's press to all screens: how long a move of the floor takes, by the real centre.

    python -m bench.console [--moves 60] [--backlog 30000]

Web process, Mosquitto, relay are real, as installed; ten points are live at the level of the
protocol: each has its MQTT session, by which its screen is told, and plays the meeting at the
relay; two of them publish. The floor goes to and fro between those two, by the form that the
console's button sends. Told are p50, p95 and the longest of

    answered   the press until the page is answered (bound 200 ms)
    obeyed     the press until the relay applied the floor, by its own word in the meeting's log
    shown      the press until all ten are told who speaks, and a picture of who speaks has come
               to the eight others (bound 400 ms)

What a room's page needs to draw it is not in it. Then the same while ingest takes so many
reports of 160 other points, as fast as they come; --backlog 0 leaves that off.
"""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import httpx
import msgspec
from sqlmodel import func, select

from bench._live_points import (
    LARGE_BYTES,
    SMALL_BYTES,
    LivePoint,
    Speaker,
    bus_of,
    certify,
    installed,
    names,
    session_of,
)
from bench._load import Client, played
from contracts import topics
from contracts.ids import PointId
from controller.db.engine import open_engine, reading
from controller.ingest.tables import StoredReport
from controller.meetings.tables import MeetingEvent
from controller.settings import ControllerSettings
from runtime.bus import Bus, BusSettings, Received
from runtime.tls import client_context
from tests.fakes.mosquitto import free_port
from tests.fakes.relay import machine_address
from tests.integration.controller.broker import generated_broker
from tests.integration.controller.centre import (
    Installation,
    Person,
    Time,
    meeting_body,
    web_process,
)
from tests.integration.controller.test_relays_together import configured, signed_in
from tests.integration.ingest.reports import report
from tests.waiting import until

LIVE, PROVINCE = 10, 170
ANSWERED_MS, SHOWN_MS = 200.0, 400.0
PAUSE_S, LIMIT_S, SETTLE_S, BEGUN_S = 0.4, 10.0, 4.0, 120.0
ROOT = Path(__file__).parents[1]


@dataclass(slots=True)
class Times:
    """Milliseconds since a press, of each move."""

    answered: list[float] = field(default_factory=list)
    obeyed: list[float] = field(default_factory=list)
    shown: list[float] = field(default_factory=list)
    pressed: dict[int, datetime] = field(default_factory=dict)
    """When the press was that made an epoch of the floor."""

    def print(self, title: str) -> bool:
        """Print; return whether the bounds hold."""
        print(f"{title}, {len(self.shown)} moves")
        bounds = {"answered": ANSWERED_MS, "obeyed": None, "shown": SHOWN_MS}
        for name, bound in bounds.items():
            found = sorted(getattr(self, name))
            p50, p95 = (found[min(len(found) - 1, int(len(found) * q))] for q in (0.5, 0.95))
            said = f" (bound {bound:.0f})" if bound else ""
            print(
                f"  {name:8}  p50 {p50:6.0f} ms  p95 {p95:6.0f} ms{said}  longest {found[-1]:6.0f}"
            )
        is_good = all(
            bound is None or sorted(getattr(self, name))[int(len(self.shown) * 0.95)] <= bound
            for name, bound in bounds.items()
        )
        return is_good


@dataclass(slots=True)
class Bench:
    """What is running."""

    office: Person
    meeting_id: str
    points: list[LivePoint]
    state_url: str

    async def move(self, speaker: LivePoint, *, is_large: bool, times: Times) -> None:
        """Give the floor to one point, and wait until everybody shows it."""
        others = [one for one in self.points if one not in self.points[:2]]
        for one in others:
            one.screen.await_(wants_large=is_large)
        before = max(one.epoch for one in self.points)
        form = {"csrf_token": self.office.csrf_token, "action": "grant", "point_id": speaker.name}
        pressed_at, began = datetime.now(UTC), time.monotonic()
        answer = await self.office.client.post(
            f"/meetings/{self.meeting_id}/floor", data=form, headers={"HX-Request": "true"}
        )
        times.answered.append(1000 * (time.monotonic() - began))
        assert answer.status_code < 400, answer.text
        epoch = before + 1
        times.pressed[epoch] = pressed_at

        def is_shown() -> bool:
            told = all(one.epoch >= epoch for one in self.points)
            return told and all(one.screen.seen_s for one in others)

        await until(is_shown, LIMIT_S, "everybody shows who speaks")
        seen_s = max(*(one.told_s for one in self.points), *(one.screen.seen_s for one in others))
        times.shown.append(1000 * (seen_s - began))

    async def moves(self, count: int) -> Times:
        """Move the floor to and fro."""
        times = Times()
        for number in range(count):
            which = number % 2
            await self.move(self.points[which], is_large=bool(which), times=times)
            await asyncio.sleep(PAUSE_S)
        applied = await until(partial(self._applied, set(times.pressed)), LIMIT_S)
        times.obeyed = [
            (at - times.pressed[epoch]) / timedelta(milliseconds=1) for epoch, at in applied.items()
        ]
        return times

    def _applied(self, epochs: set[int]) -> dict[int, datetime] | None:
        """Return when the relay applied these moves, once the log has all of them."""
        engine = open_engine(self.state_url)
        with reading(engine) as session:
            rows = session.exec(
                select(MeetingEvent.floor_epoch, MeetingEvent.happened_at)
                .where(MeetingEvent.meeting_id == self.meeting_id)
                .where(MeetingEvent.kind == "floor_applied")
            ).all()
        engine.dispose()
        found = {epoch: at for epoch, at in rows if epoch in epochs}
        return found if len(found) == len(epochs) else None


@asynccontextmanager
async def running(folder: Path, province: int) -> AsyncIterator[tuple[Bench, Installation]]:
    """Run the centre and ten live points, two of which publish."""
    address = machine_address() or "127.0.0.1"
    url = f"https://{address}:{free_port(address)}"
    whole = installed(folder, province, url)
    settings = whole.settings
    relay = configured(settings, settings.relays[0], address)
    trust = client_context(settings.pki_dir / "ca.crt")
    async with AsyncExitStack() as stack:
        broker = await stack.enter_async_context(generated_broker(whole))
        pairs = certify(broker, settings, names(province))
        web = await stack.enter_async_context(web_process(whole))
        office = await stack.enter_async_context(signed_in(web.base_url, "office"))
        at_relay = await stack.enter_async_context(
            httpx.AsyncClient(base_url=url, verify=trust, timeout=10)
        )
        await relay.start()
        stack.push_async_callback(relay.kill)
        begins = (Time().now() + timedelta(seconds=2)).isoformat()
        chair, *rest = names(province)
        body = meeting_body(Time(), begins_at=begins, chair_point_id=chair, point_ids=rest[:LIVE])
        made = await office.post("/api/v1/meetings", body)
        assert made.status_code == 201, made.text
        points = [LivePoint(name, pairs[name]) for name in rest[:LIVE]]
        bench = Bench(office, made.json()["meeting_id"], points, settings.state_database_url)
        for one in points:
            await stack.enter_async_context(
                session_of(
                    bus_of(settings, one.name, one.certificate, topics.live(one.name).name),
                    one.take,
                )
            )
        senders = []
        for one, size in zip(points[:2], (SMALL_BYTES, LARGE_BYTES), strict=True):
            client = Client("sendonly")
            stack.push_async_callback(client.close)
            await one.join(at_relay, bench.meeting_id, client)
            senders.append(Speaker(client, size))
        for one in points:
            stack.push_async_callback(one.screen.close)
            answer = await one.join(at_relay, bench.meeting_id, one.screen)
            one.screen.slot = next(
                m.ssrcs[0].ssrc for m in answer.media if m.ssrcs and m.msid.split()[0] == "speaker"
            )
        media = asyncio.create_task(played(senders, [one.screen for one in points], 1e6))
        stack.callback(media.cancel)
        # A centre whose clock nothing keeps right begins no meeting in its first minute.
        await until(lambda: all(one.epoch >= 0 for one in points), BEGUN_S, "the meeting is on")
        await asyncio.sleep(SETTLE_S)
        yield bench, whole


async def flood(port: int, ca_file: Path, certificates: Sequence[Path], count: int) -> None:
    """Send so many reports of the points that are not in the meeting, by their certificates.

    In another process: its work is not the centre's.
    """
    found = {one.name.rpartition("-")[0]: one for one in certificates}
    # A point has one session at the broker: a second one would end that of a screen.
    pairs = {name: one for name, one in found.items() if name not in names(LIVE)}
    each = -(-count // len(pairs))

    async def send(name: str, certificate: Path) -> None:
        settings = BusSettings(
            host="127.0.0.1",
            port=port,
            ca_file=ca_file,
            cert_file=certificate,
            key_file=certificate.with_suffix(".key"),
            client_id=f"{name}-flood",
        )
        bus = Bus(settings)
        async with session_of(bus, _ignore):
            outbox_id, began = os.urandom(16).hex(), datetime.now(UTC)
            for seq in range(1, each + 1):
                at = began - timedelta(seconds=10 * (each - seq))
                one = msgspec.structs.replace(report(seq, outbox_id=outbox_id), measured_at=at)
                await bus.publish(topics.report(PointId(name)), one, timeout_s=60)

    await asyncio.gather(*(send(name, certificate) for name, certificate in pairs.items()))


async def _ignore(received: Received) -> None:
    """Take what comes, and do nothing."""


def stored(settings: ControllerSettings) -> int:
    """Return how many reports the centre has."""
    engine = open_engine(settings.series_database_url)
    with reading(engine) as session:
        found = session.exec(select(func.count()).select_from(StoredReport)).one()
    engine.dispose()
    return found


@asynccontextmanager
async def flooded(whole: Installation, count: int) -> AsyncIterator[None]:
    """Have ingest run, and so many reports come to it."""
    settings = whole.settings
    config = settings.data_dir.parent / "controller.toml"
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    log = (settings.data_dir / "ingest.log").open("ab")
    ingest = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "controller", "ingest", "--config", str(config)),
        cwd=ROOT, env=environment, stdout=log, stderr=log,
    )  # fmt: skip
    sender = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.console", "--flood", str(settings.broker.port)),
        *(str(settings.pki_dir / "ca.crt"), str(settings.data_dir / "clients"), str(count)),
        cwd=ROOT, env=environment,
    )  # fmt: skip
    try:
        await until(lambda: stored(settings) > 0, 60, "reports come")
        yield
    finally:
        for one in (sender, ingest):
            with suppress(ProcessLookupError):
                one.kill()
            await one.wait()
        log.close()


def _told_of_machine() -> str:
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors"


async def measure(moves: int, backlog: int) -> bool:
    """Run, print, and return whether everything is within its bound."""
    with tempfile.TemporaryDirectory(prefix="dc-bench-") as folder:
        async with running(Path(folder), PROVINCE) as (bench, whole):
            await bench.moves(4)  # the first of a process are others
            is_good = (await bench.moves(moves)).print(f"at rest, {_told_of_machine()}")
            if backlog:
                async with flooded(whole, backlog):
                    before, began = stored(whole.settings), time.monotonic()
                    times = await bench.moves(moves)
                    took_s = time.monotonic() - began
                    came = stored(whole.settings) - before
                is_good &= times.print(
                    f"while {came} reports were stored ({came / took_s:.0f}/s), "
                    f"{_told_of_machine()}"
                )
    return is_good


def main() -> int:
    """Measure, and return 0 where everything is within its bound."""
    layout = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=layout)
    parser.add_argument("--moves", type=int, default=60)
    parser.add_argument("--backlog", type=int, default=30_000)
    parser.add_argument("--flood", nargs=4, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.flood:
        port, ca_file, folder, count = asked.flood
        certificates = list(Path(folder).glob("p-*.crt"))
        asyncio.run(flood(int(port), Path(ca_file), certificates, int(count)))
        return 0
    return 0 if asyncio.run(measure(asked.moves, asked.backlog)) else 1


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.exit(main())
