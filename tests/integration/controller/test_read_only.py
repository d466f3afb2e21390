"""PostgreSQL turns read-only: pages stay, nothing dies, and all goes on once it is writable."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sqlalchemy import text
from sqlmodel import select

from controller.db.engine import open_engine, reading, writing
from controller.dispatch.document_queries import take_leadership
from controller.errors import StorageError
from controller.ingest.store import SeriesStore
from controller.meetings.tables import Meeting
from tests.fakes import postgresql
from tests.integration.controller.centre import (
    PASSWORD,
    Installation,
    Time,
    meeting_body,
    web_process,
)
from tests.waiting import until, until_blocking


@pytest.fixture
def standby() -> Iterator[postgresql.Server]:
    """A server of this test's own, which may be made read-only."""
    if postgresql.programs() is None:
        pytest.skip("not checked: no PostgreSQL")
    with postgresql.start_postgresql() as server:
        yield server


def state_of(installation: Installation, meeting_id: str) -> str:
    engine = open_engine(installation.settings.state_database_url)
    with reading(engine) as session:
        state = session.exec(select(Meeting.state).where(Meeting.meeting_id == meeting_id)).one()
    engine.dispose()
    return state


async def test_a_meeting_that_falls_due_meanwhile_begins_when_it_can(
    installation: Installation, standby: postgresql.Server
) -> None:
    installed = installation.on(standby)
    async with web_process(installed) as process, httpx.AsyncClient(timeout=20) as browser:
        browser.base_url = httpx.URL(process.base_url)
        signing_in = {"user_name": "office", "password": PASSWORD}
        token = (await browser.post("/api/v1/session", json=signing_in)).json()["csrf_token"]
        browser.headers["x-csrf-token"] = token
        body = meeting_body(
            Time(), begins_at=(datetime.now(UTC) + timedelta(seconds=1)).isoformat()
        )
        meeting_id = (await browser.post("/api/v1/meetings", json=body)).json()["meeting_id"]
        assert process.process is not None
        before = process.process.pid
        standby.set_read_only(is_read_only=True)

        async def is_refused() -> bool:
            return (await browser.post("/api/v1/meetings", json=body)).status_code == 503

        await until(is_refused, what="writing is refused with a sentence")
        assert (await browser.get("/meetings")).status_code == 200
        await process.kill()
        await process.start()
        assert (await browser.get("/meetings")).status_code == 200
        await until(lambda: "leadership_not_taken" in process.log, what="it cannot lead")
        assert process.process.pid != before
        running = process.process.pid
        standby.set_read_only(is_read_only=False)

        async def is_written() -> bool:
            return (await browser.post("/api/v1/meetings", json=body)).status_code == 201

        await until(is_written, timeout_s=30, what="it is written again")
        await until(lambda: process.log.count("controller_started") == 2, timeout_s=30)
        assert process.process.pid == running
        assert process.process.returncode is None
    assert state_of(installed, meeting_id) in ("scheduled", "live")


def is_refused(write: Callable[[], object]) -> bool:
    """Return whether the database is there and takes no writes."""
    try:
        write()
    except StorageError:
        return True
    return False


def test_a_write_is_refused_and_connections_to_the_old_server_are_left(
    installation: Installation, standby: postgresql.Server
) -> None:
    installed = installation.on(standby)
    engine = open_engine(installed.settings.state_database_url)
    series = open_engine(installed.settings.series_database_url)
    store = SeriesStore(series)

    def lead() -> None:
        with writing(engine) as session:
            take_leadership(session, now=datetime.now(UTC))

    def connection_pid() -> object:
        with reading(engine) as session:
            return session.connection().execute(text("SELECT pg_backend_pid()")).scalar_one()

    lead()
    before = connection_pid()
    standby.set_read_only(is_read_only=True)
    assert until_blocking(lambda: is_refused(lead))
    assert until_blocking(lambda: is_refused(lambda: store.begin_span(datetime.now(UTC))))
    assert connection_pid() != before
    with reading(engine) as session:
        assert session.exec(select(Meeting)).all() == []
    standby.set_read_only(is_read_only=False)
    assert until_blocking(lambda: not is_refused(lead))
    engine.dispose()
    series.dispose()


async def test_another_server_that_takes_over_is_used_by_the_same_process(
    installation: Installation, standby: postgresql.Server
) -> None:
    with standby.standing_by() as fail_over:
        installed = installation.on(standby)
        async with web_process(installed) as process, httpx.AsyncClient(timeout=20) as browser:
            browser.base_url = httpx.URL(process.base_url)
            signing_in = {"user_name": "office", "password": PASSWORD}
            token = (await browser.post("/api/v1/session", json=signing_in)).json()["csrf_token"]
            browser.headers["x-csrf-token"] = token
            body = meeting_body(Time())
            made = (await browser.post("/api/v1/meetings", json=body)).json()["meeting_id"]
            assert process.process is not None
            running = process.process.pid
            await asyncio.to_thread(fail_over)

            async def is_written() -> bool:
                return (await browser.post("/api/v1/meetings", json=body)).status_code == 201

            await until(is_written, timeout_s=30, what="the other server is written")
            assert (await browser.get(f"/meetings/{made}")).status_code == 200
            assert (process.process.pid, process.process.returncode) == (running, None)
