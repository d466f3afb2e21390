"""The centre looks at itself: real broker, ingest, databases, disks; rows, page, incident."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import text

from controller import backup
from controller.centre import centre_rows, hearing
from controller.centre.databases import damage
from controller.centre.tables import CentreThing
from controller.centre.watch import CentreWatch, LastCentreLook
from controller.clock import WatchedClock
from controller.db.engine import open_engine, reading, writing
from controller.errors import InstallationError, StorageError
from controller.incidents import incident_queries
from controller.incidents.watch import IncidentWatch
from controller.ingest.tables import IngestSpan
from controller.roles import Role
from controller.settings import ControllerSettings
from monitoring.judgement.centre import CentreKey, CentreStanding
from runtime.bus import Bus, Received
from tests.fakes.small_disk import mounted
from tests.integration.controller.broker import GeneratedBroker, generated_broker
from tests.integration.controller.centre import Centre, Installation, serving
from tests.waiting import until

GOOD, SERIOUS = CentreStanding.GOOD, CentreStanding.SERIOUS
Said = dict[str, tuple[str, str]]


def watch_of(
    centre: Centre, publish: object = None, settings: ControllerSettings | None = None
) -> CentreWatch:
    """Return one whose looks a test makes itself."""
    web = centre.web

    async def nobody(*_: object) -> None:
        raise TimeoutError

    return CentreWatch(
        settings or web.settings,
        web.state,
        web.series,
        web.hub,
        web.part(WatchedClock),
        web.part(LastCentreLook),
        publish or nobody,  # type: ignore[arg-type]
    )


def rows(centre: Centre) -> Said:
    """Return what is said of each thing: its standing and key."""
    return {
        f"{one.part}:{one.about}".rstrip(":"): (one.standing, one.key)
        for one in centre_things(centre)
    }


def centre_things(centre: Centre) -> list[CentreThing]:
    with reading(centre.web.state) as session:
        return centre_rows.things(session)


def flips(centre: Centre) -> list[tuple[str, str, str]]:
    with reading(centre.web.state) as session:
        found = centre_rows.flips(session, limit=100)
        return [(one.part, one.was, one.became) for one in reversed(found)]


@dataclass(slots=True)
class Connected:
    """A watch on a real broker."""

    centre: Centre
    watch: CentreWatch
    broker: GeneratedBroker
    bus: Bus


@asynccontextmanager
async def connected(installation: Installation) -> AsyncIterator[Connected]:
    async with serving(installation) as centre, generated_broker(installation) as broker:
        bus = Bus(installation.settings.bus("centre-web"), subscriptions=hearing.SUBSCRIPTIONS)
        watch = watch_of(centre, bus.publish)

        async def nothing(_: Received) -> None: ...

        running = asyncio.create_task(bus.run(watch.taking(nothing)))
        try:
            await until(lambda: bus.is_connected, what="the broker holds our session")
            yield Connected(centre, watch, broker, bus)
        finally:
            running.cancel()
            await asyncio.wait({running})


@asynccontextmanager
async def ingesting(installation: Installation) -> AsyncIterator[asyncio.subprocess.Process]:
    config = installation.write_config()
    with config.with_name("ingest.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "controller", "ingest", "--config", str(config),
            stderr=log, cwd=Path(__file__).parents[3],
        )  # fmt: skip
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def looks_until(one: Connected, is_so: Callable[[Said], bool]) -> Said:
    """Look again and again until what is said is as awaited."""

    async def looked() -> Said | None:
        await one.watch.look()
        return found if is_so(found := rows(one.centre)) else None

    return await until(looked, timeout_s=60, what=f"not yet so: {rows(one.centre)}")


@pytest.mark.timeout(300)
async def test_all_of_a_centre_that_runs_is_watched_and_well(installed: Installation) -> None:
    settings = installed.settings
    backup.backup(settings, settings.data_dir.parent / "copy", now=datetime.now(UTC))
    async with connected(installed) as one, ingesting(installed) as ingest:
        for name, engine in (("state", one.centre.web.state), ("series", one.centre.web.series)):
            await one.watch.look()
            one.watch.check(name, engine)
        said = await looks_until(one, lambda found: found["ingest"][0] == GOOD)
        machine = {"clock", "machine"} | {key for key in said if key.startswith("volume")}
        is_on_postgresql = bool(settings.state_url)
        left = {key: value for key, value in said.items() if key not in machine}
        unchecked = (CentreStanding.UNKNOWN, CentreKey.DATABASE_UNCHECKED)
        database = unchecked if is_on_postgresql else (GOOD, CentreKey.WELL)
        names = ("ca", "broker", "server", "centre-web", "centre-ingest", "relay-1")
        expected = {
            **{f"certificate:{name}": (GOOD, CentreKey.WELL) for name in names},
            "broker": (GOOD, CentreKey.WELL),
            "ingest": (GOOD, CentreKey.WELL),
            "backup": (GOOD, CentreKey.WELL),
            "database:state": database,
            "database:series": database,
        }
        assert left.items() >= expected.items()
        last = one.centre.web.part(LastCentreLook)
        # Mosquitto's own word, which we may read, and which it says every ten seconds.
        await looks_until(one, lambda _: has_clients(last))
        facts = last.facts
        assert facts.broker is not None and facts.ingest is not None
        assert 0 < (facts.broker.loop_ms or 0) < 2000
        assert (facts.ingest.lag_ms or 0) < 5000
        assert all(database.bytes_total > 0 for database in facts.databases)
        await shown(one.centre)
        ingest.kill()
        one.centre.time.offset += timedelta(seconds=31)
        await one.watch.look()
        assert rows(one.centre)["ingest"] == (SERIOUS, CentreKey.INGEST_SILENT)
        one.broker.freeze()
        await one.watch.look()
        one.centre.time.offset += timedelta(seconds=20)
        await one.watch.look()
        assert rows(one.centre)["broker"] == (SERIOUS, CentreKey.BROKER_SILENT)
        one.broker.thaw()
        await looks_until(one, lambda found: found["broker"][0] == GOOD)
        assert [was for part, was, _ in flips(one.centre) if part == "ingest"][-1] == "well"


def has_clients(last: LastCentreLook) -> bool:
    return last.facts.broker is not None and (last.facts.broker.clients or 0) >= 2


async def shown(centre: Centre) -> None:
    """See that page and metrics tell the same as the rows."""
    viewer = await centre.sign_in(Role.VIEWER)
    page = (await viewer.get("/centre")).text
    assert "Máy chủ tin (MQTT)" in page and "Chứng thư gốc (CA) của hệ thống" in page
    assert "chưa tự xem lại" not in page
    metrics = (await centre.client().get("/metrics")).text
    assert 'diemcau_centre_state{about="",key="well",part="broker"} 0.0' in metrics
    assert "diemcau_centre_broker_loop_seconds" in metrics
    assert 'diemcau_centre_database_bytes{database="series"}' in metrics


async def test_a_full_disk_is_seen_and_told_once_and_so_is_its_end(
    installation: Installation, tmp_path: Path
) -> None:
    with mounted(tmp_path / "recordings", "size=1m") as disk:
        recording = msgspec.structs.replace(installation.settings.recording, folder=disk)
        settings = msgspec.structs.replace(installation.settings, recording=recording)
        async with serving(Installation(settings)) as centre:
            watch = watch_of(centre)
            incidents = IncidentWatch(
                centre.web.state, centre.web.series, centre.web.hub, centre.time.now, "https://c"
            )

            async def goes_on(seconds: int) -> None:
                for _ in range(seconds // 20):
                    centre.time.offset += timedelta(seconds=20)
                    with writing(centre.web.series) as session:
                        now = centre.time.now()
                        session.add(IngestSpan(began_at=now, alive_at=now))
                    await watch.look()
                    incidents.look(now_s=centre.time.offset.total_seconds())

            (disk / "much").write_bytes(b"x" * 1_040_000)
            await goes_on(200)
            key = "volume:recordings"
            assert rows(centre)[key] == (SERIOUS, CentreKey.VOLUME_FULL)
            with reading(centre.web.state) as session:
                told = incident_queries.open_rows(session)
            assert CentreKey.VOLUME_FULL in {one.key for one in told}
            number = next(one.number for one in told if one.key == CentreKey.VOLUME_FULL)
            viewer = await centre.sign_in(Role.VIEWER)
            page = (await viewer.get(f"/incidents/{number}")).text
            assert "Trung tâm, Ổ đĩa bản ghi họp: Đầy 9" in page
            assert "Giải phóng hoặc mở rộng ổ đĩa" in page and "trung tâm" in page
            (disk / "much").unlink()
            await goes_on(900)
            assert rows(centre)[key] == (GOOD, CentreKey.WELL)
            with reading(centre.web.state) as session:
                assert number not in {one.number for one in incident_queries.open_rows(session)}
                said = [one.kind for one in incident_queries.story_of(session, number or 0)]
            assert said.count("told") == said.count("recovered") == 1


async def test_files_that_run_out_count_as_a_full_disk(
    installation: Installation, tmp_path: Path
) -> None:
    with mounted(tmp_path / "recordings", "size=10m,nr_inodes=100") as disk:
        for number in range(97):
            (disk / str(number)).touch()
        recording = msgspec.structs.replace(installation.settings.recording, folder=disk)
        settings = msgspec.structs.replace(installation.settings, recording=recording)
        async with serving(Installation(settings)) as centre:
            await watch_of(centre).look()
            assert rows(centre)["volume:recordings"] == (SERIOUS, CentreKey.VOLUME_FILES)


async def test_a_backup_that_fails_is_told_and_the_last_good_one_stays_known(
    installation: Installation, tmp_path: Path
) -> None:
    settings = installation.settings
    async with serving(installation) as centre:
        watch = watch_of(centre)
        await watch.look()
        assert rows(centre)["backup"] == (CentreStanding.MINOR, CentreKey.BACKUP_NONE)
        backup.backup(settings, tmp_path / "copy", now=centre.time.now())
        centre.time.offset += timedelta(days=8)
        with pytest.raises(InstallationError):
            backup.backup(settings, tmp_path / "copy", now=centre.time.now())
        await watch.look()
        assert rows(centre)["backup"] == (CentreStanding.MINOR, CentreKey.BACKUP_FAILED)
        [row] = [one for one in centre_things(centre) if one.part == "backup"]
        assert "copy is there already" in row.evidence and '"at": ' in row.evidence
        backup.backup(settings, tmp_path / "another", now=centre.time.now())
        await watch.look()
        assert rows(centre)["backup"] == (GOOD, CentreKey.WELL)


async def test_a_database_that_went_is_told_by_the_other(sqlite_centre: Centre) -> None:
    watch = watch_of(sqlite_centre)
    await watch.look()
    engine = open_engine("sqlite:////nonexistent/series.db")
    broken = CentreWatch(
        watch.settings, watch.state, engine, watch.hub, watch.clock, watch.last, watch.publish
    )
    await broken.look()
    assert rows(sqlite_centre)["database:series"] == (SERIOUS, CentreKey.DATABASE_AWAY)


def test_a_damaged_page_of_a_database_is_found(tmp_path: Path) -> None:
    path = tmp_path / "test.db"
    engine = open_engine(f"sqlite:///{path}")
    with writing(engine) as session:
        session.connection().execute(text("CREATE TABLE t (a TEXT)"))
        for number in range(2000):
            session.connection().execute(text("INSERT INTO t VALUES (:a)"), {"a": f"{number}" * 50})
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    assert damage(engine) == ""
    assert damage(engine, limit_s=0) is None or path.stat().st_size < 10**6
    with path.open("r+b") as file:
        file.seek(4096 * 20)
        file.write(b"\xff" * 4096 * 3)
    assert damage(engine)
    path.unlink()
    with pytest.raises(StorageError):
        damage(engine)
