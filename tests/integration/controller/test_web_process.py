"""The real web process beside a real broker: documents, kills, relays, streams, its end."""

import asyncio
import shutil
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import httpx
import pytest

from contracts import codec, topics
from contracts.centre import ChangeNotice
from contracts.desired import Live, Probes, RelayMeeting, Schedule
from contracts.floor import FloorState
from contracts.ids import MeetingId, PointId, RelayId
from contracts.participants import ParticipantKind
from contracts.relay import Attendee, MeetingState, RelayEvent, RelayState, RelayStatus
from runtime.tls import client_context
from tests import waiting
from tests.integration.controller.broker import (
    Client,
    GeneratedBroker,
    client,
    generated_broker,
)
from tests.integration.controller.centre import (
    PASSWORD,
    Installation,
    Person,
    Time,
    WebProcess,
    meeting_body,
    web_process,
)

until = partial(waiting.until, timeout_s=30.0)

RELAY = RelayId("relay-1")
STARTED = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)


@dataclass(slots=True)
class Running:
    """The process, its broker, a signed-in office and a listener to everything."""

    process: WebProcess
    broker: GeneratedBroker
    office: Person
    heard: Client

    async def make_meeting(self, **changed: object) -> str:
        """Make a meeting; return its id."""
        answer = await self.office.post("/api/v1/meetings", meeting_body(Time(), **changed))
        assert answer.status_code == 201, answer.text
        meeting_id: str = answer.json()["meeting_id"]
        return meeting_id

    async def meeting(self, meeting_id: str) -> dict[str, Any]:
        """Return a meeting as the API shows it."""
        shown: dict[str, Any] = (await self.office.get(f"/api/v1/meetings/{meeting_id}")).json()
        return shown

    async def witness(self, ahead: timedelta = timedelta()) -> None:
        """Say, as ingest does, that points have just measured: what time it is with them."""
        now = datetime.now(UTC) + ahead
        for point in ("p-chair", "p-b", "p-c"):
            notice = ChangeNotice(
                kind="report",
                point_id=PointId(point),
                measured_at=now,
                committed_at=now,
                witnessed_at=now,
            )
            await self.heard.bus.publish(topics.change(), notice)

    async def said_to_relay(self, meeting_id: str, floor_epoch: int) -> RelayMeeting:
        """Return what the relay is told, once it has this floor."""
        topic = topics.relay_meeting(RELAY, MeetingId(meeting_id)).name

        def newest() -> RelayMeeting | None:
            for one in reversed(self.heard.received):
                if one.topic == topic and one.payload:
                    document = codec.decode(RelayMeeting, one.payload)
                    return document if document.floor.epoch == floor_epoch else None
            return None

        said: RelayMeeting = await until(newest, what=f"the relay is told floor {floor_epoch}")
        return said


@asynccontextmanager
async def signed_in(process: WebProcess) -> AsyncIterator[Person]:
    """Sign in over the loopback port, the real way."""
    async with httpx.AsyncClient(base_url=process.base_url, timeout=20) as browser:
        answer = await browser.post(
            "/api/v1/session", json={"user_name": "office", "password": PASSWORD}
        )
        assert answer.status_code == 200, answer.text
        yield Person(browser, answer.json()["csrf_token"])


@pytest.fixture
async def running(installed: Installation) -> AsyncIterator[Running]:
    """Everything of the centre but ingest."""
    async with (
        generated_broker(installed) as broker,
        web_process(installed) as process,
        signed_in(process) as office,
        client(broker.bus_settings("centre-ingest"), "dc/#") as heard,
    ):
        yield Running(process, broker, office, heard)


@pytest.mark.alone
async def test_a_new_meeting_and_each_move_of_the_floor_reach_point_and_relay_at_once(
    running: Running,
) -> None:
    began_s = time.monotonic()
    meeting_id = await running.make_meeting(point_ids=["p-b"])
    schedule_topic = topics.desired(PointId("p-b"), "schedule").name

    def told() -> Schedule | None:
        for one in reversed(running.heard.received):
            if one.topic == schedule_topic:
                schedule = codec.decode(Schedule, one.payload)
                return schedule if schedule.meetings else None
        return None

    schedule = await until(told, what="the point knows its meeting")
    assert time.monotonic() - began_s < 1.0
    assert [(m.meeting_id, m.role, m.relay_id) for m in schedule.meetings] == [
        (meeting_id, "participant", "relay-1")
    ]
    assert [relay.url for relay in schedule.relays] == ["https://127.0.0.1:8444"]
    delays_s = []
    for epoch, action in enumerate(("grant", "withdraw") * 5, start=1):
        began_s = time.monotonic()
        await running.office.post(
            f"/api/v1/meetings/{meeting_id}/floor", {"action": action, "point_id": "p-b"}
        )
        document = await running.said_to_relay(meeting_id, epoch)
        delays_s.append(time.monotonic() - began_s)
        assert document.floor.speaker == ("p-b" if action == "grant" else None)
    assert sorted(delays_s)[len(delays_s) // 2] < 0.5
    assert set(document.invited) == {"p-chair", "p-b"}


async def test_killed_during_a_meeting_it_knows_meeting_and_floor_and_leads_anew(
    running: Running, installed: Installation
) -> None:
    now = datetime.now(UTC)
    meeting_id = await running.make_meeting(
        begins_at=now.isoformat(), ends_at=(now + timedelta(hours=1)).isoformat()
    )

    async def is_live() -> bool:
        await running.witness()
        return bool((await running.meeting(meeting_id))["state"] == "live")

    await until(is_live, what="the meeting is on")
    path = f"/api/v1/meetings/{meeting_id}/floor"
    await running.office.post(path, {"action": "grant", "point_id": "p-c"})
    before = await running.said_to_relay(meeting_id, 1)
    await running.process.kill()
    running.heard.received.clear()
    await running.process.start()
    after = await running.said_to_relay(meeting_id, 1)
    assert after.leader_epoch > before.leader_epoch
    assert (after.generation, after.floor) == (before.generation, before.floor)
    shown = await running.meeting(meeting_id)
    assert (shown["state"], shown["floor"]["speaker"]) == ("live", "p-c")
    live = codec.decode(Live, (await running.heard.got(topics.live(PointId("p-b")).name)).payload)
    assert (live.meeting_id, live.speaker_name) == (meeting_id, "Xã C")


async def test_dead_over_its_hour_a_meeting_begins_on_the_next_start_once(
    running: Running,
) -> None:
    begins_at = datetime.now(UTC) + timedelta(seconds=1)
    meeting_id = await running.make_meeting(begins_at=begins_at.isoformat())
    await running.process.kill()
    await until(lambda: datetime.now(UTC) > begins_at)
    await running.process.start()

    async def is_live() -> bool:
        await running.witness()
        return bool((await running.meeting(meeting_id))["state"] == "live")

    await until(is_live, what="the meeting is on")
    events = (await running.office.get(f"/api/v1/meetings/{meeting_id}/events")).json()
    assert [event["kind"] for event in events] == ["meeting_scheduled", "meeting_began"]


async def test_a_broker_that_lost_everything_is_told_everything_again(
    running: Running, installed: Installation
) -> None:
    meeting_id = await running.make_meeting()
    await running.said_to_relay(meeting_id, 0)
    await running.broker.kill()
    shutil.rmtree(installed.settings.data_dir / "mosquitto")
    running.heard.received.clear()
    await running.broker.start()
    await running.said_to_relay(meeting_id, 0)
    for point_id in ("p-chair", "p-b", "p-c"):
        for name in ("schedule", "policy", "probes"):
            got = await running.heard.got(f"dc/point/{point_id}/desired/{name}", timeout_s=15)
            assert got.payload, f"{name} of {point_id} is empty"


async def test_points_get_keys_of_their_own_and_an_ended_meeting_is_taken_back(
    running: Running,
) -> None:
    keys = set()
    for point_id in ("p-chair", "p-b", "p-c"):
        got = await running.heard.got(topics.desired(PointId(point_id), "probes").name)
        keys.add(codec.decode(Probes, got.payload).key_base64)
    assert len(keys) == 3
    meeting_id = await running.make_meeting(point_ids=["p-b"])
    await running.said_to_relay(meeting_id, 0)
    await running.office.post(f"/api/v1/meetings/{meeting_id}/cancel")

    async def has_ended() -> bool:
        return (await running.said_to_relay(meeting_id, 0)).has_ended

    await until(has_ended, what="the relay is told the end")
    topic = topics.desired(PointId("p-b"), "schedule").name
    await until(
        lambda: (
            not codec.decode(
                Schedule, [r for r in running.heard.received if r.topic == topic][-1].payload
            ).meetings
        )
    )


def event(seq: int, kind: str, meeting_id: str, **more: Any) -> RelayEvent:
    """Return an event of the relay's present start."""
    values: dict[str, Any] = {
        "started_at": STARTED,
        "seq": seq,
        "happened_at": STARTED + timedelta(seconds=seq),
        "meeting_id": meeting_id,
        "kind": kind,
        "subject": "p-b",
        "direction": "publish",
    }
    return RelayEvent(**(values | more))


async def test_what_relays_say_is_logged_once_and_shown(running: Running) -> None:
    meeting_id = await running.make_meeting()
    async with client(running.broker.bus_settings("relay-1")) as relay:
        bus = relay.bus
        joined = event(1, "joined", meeting_id)
        await bus.publish(topics.relay_status(RELAY), RelayStatus(is_online=True))
        for one in (joined, joined, event(2, "cut", meeting_id, detail="no packets"), joined):
            await bus.publish(topics.relay_event(RELAY), one)
        await relay.publish("dc/relay/relay-1/event", b"{not json")
        await relay.publish("dc/relay/relay-1/event", b'{"schema_version": 9}')
        await bus.publish(topics.relay_event(RELAY), event(3, "back", meeting_id))
        floor = FloorState(epoch=5, holders=(PointId("p-c"),))
        attendee = Attendee(
            participant_kind=ParticipantKind.POINT,
            subject="p-b",
            direction="publish",
            joined_at=STARTED,
            is_connected=True,
        )
        state = MeetingState(
            meeting_id=MeetingId(meeting_id),
            is_forwarding=True,
            floor=floor,
            attendees=(attendee,),
        )
        await bus.publish(
            topics.relay_state(RELAY), RelayState(reported_at=STARTED, meetings=(state,))
        )
        adopted = await running.said_to_relay(meeting_id, 5)
        assert adopted.floor == floor

        async def logged() -> list[dict[str, Any]]:
            answer = await running.office.get(f"/api/v1/meetings/{meeting_id}/events")
            found: list[dict[str, Any]] = [e for e in answer.json() if e["subject"] == "p-b"]
            return found if len(found) >= 3 else []

        events = await until(logged, what="three events are logged")
    assert [(e["kind"], e["point_id"], e["detail"]) for e in events] == [
        ("joined", "p-b", ""),
        ("cut", "p-b", "no packets"),
        ("back", "p-b", ""),
    ]
    shown = await running.meeting(meeting_id)
    assert shown["attendance"]["is_forwarding"] is True
    assert [a["subject"] for a in shown["attendance"]["attendees"]] == ["p-b"]
    assert shown["floor"]["speaker"] == "p-c"
    metrics = (await running.office.get("/metrics")).text
    assert "diemcau_messages_rejected_total 2.0" in metrics


async def test_events_sent_while_it_was_dead_are_logged_afterwards(running: Running) -> None:
    meeting_id = await running.make_meeting()
    await running.process.kill()
    async with client(running.broker.bus_settings("relay-1")) as relay:
        for seq in range(1, 51):
            await relay.bus.publish(topics.relay_event(RELAY), event(seq, "joined", meeting_id))
    await running.process.start()

    async def logged() -> bool:
        answer = await running.office.get(f"/api/v1/meetings/{meeting_id}/events")
        return [e["kind"] for e in answer.json()].count("joined") == 50

    assert await until(logged, what="all fifty are logged")


async def test_an_open_page_hears_changes_over_https_and_the_process_ends_in_time(
    running: Running, installed: Installation
) -> None:
    settings = installed.settings
    context = client_context(settings.pki_dir / "ca.crt")
    base_url = f"https://127.0.0.1:{settings.web.https_port}"
    async with httpx.AsyncClient(base_url=base_url, verify=context, timeout=20) as browser:
        credentials = {"user_name": "viewer", "password": PASSWORD}
        assert (await browser.post("/api/v1/session", json=credentials)).status_code == 200
        lines: list[str] = []

        async def listen() -> None:
            async with browser.stream("GET", "/api/v1/events") as stream:
                assert stream.headers["content-type"].startswith("text/event-stream")
                async for line in stream.aiter_lines():
                    lines.append(line)

        listening = asyncio.create_task(listen(), name="listen")
        await until(lambda: lines, what="the stream has begun")
        meeting_id = await running.make_meeting()
        floor = {"action": "grant", "point_id": "p-b"}
        await running.office.post(f"/api/v1/meetings/{meeting_id}/floor", floor)
        now = datetime.now(UTC)
        notice = ChangeNotice(
            kind="report", point_id=PointId("p-c"), measured_at=now, committed_at=now
        )
        await running.heard.bus.publish(topics.change(), notice)
        for expected in ("event: meeting", "event: floor", "event: point"):
            await until(lambda e=expected: e in lines, what=expected)
        assert any('"speaker": "p-b"' in line for line in lines)
        began_s = time.monotonic()
        assert await running.process.stop() == 0
        assert time.monotonic() - began_s < 12  # systemd gives it 15 s
        await asyncio.wait({listening}, timeout=5)
        assert listening.done()
