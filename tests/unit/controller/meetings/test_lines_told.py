"""Open pages are told that a meeting's figures are new, and that further minutes are kept."""

import asyncio
from datetime import UTC, datetime

from sqlalchemy import create_engine

from contracts import codec, topics
from contracts.centre import ChangeNotice
from contracts.floor import FloorState
from contracts.ids import MeetingId, RelayId
from contracts.message import Message
from contracts.relay import MeetingState, RelayState
from controller.clock import WatchedClock
from controller.dispatch.changes import Changes
from controller.meetings.attendance import Attendance
from controller.meetings.relay_events import RelayEvents
from controller.web.live import Data, Hub
from controller.web.metrics import WebMetrics
from runtime.bus import Received

RELAY = RelayId("relay-1")
AT = datetime(2026, 11, 24, 1, 31, tzinfo=UTC)


class Told(Hub):
    """Remembers what pages are told of figures and minutes."""

    def __init__(self) -> None:
        super().__init__()
        self.of_lines: list[tuple[str, Data]] = []

    def publish(self, kind: str, data: Data) -> None:
        """Take it."""
        if kind in ("lines", "minutes"):
            self.of_lines.append((kind, data))


async def told(*messages: tuple[topics.Topic, Message]) -> list[tuple[str, Data]]:
    """Return what pages are told of these messages."""
    hub, state = Told(), create_engine("sqlite://")
    events = RelayEvents(
        state,
        frozenset((RELAY,)),
        attendance=Attendance(),
        changes=Changes(asyncio.get_running_loop(), hub),
        hub=hub,
        metrics=WebMetrics(),
        clock=WatchedClock(is_synchronised=lambda: True),
    )
    for topic, message in messages:
        await events.handle(Received(topic.name, codec.encode(message), is_retained=False))
    return hub.of_lines


def said(*meetings: tuple[str, bool]) -> tuple[topics.Topic, RelayState]:
    """Return what a relay says of meetings, each with whether it is on."""
    states = tuple(
        MeetingState(
            meeting_id=MeetingId(meeting_id), is_forwarding=is_on, floor=FloorState(epoch=0)
        )
        for meeting_id, is_on in meetings
    )
    return topics.relay_state(RELAY), RelayState(reported_at=AT, meetings=states)


async def test_a_meeting_that_is_on_has_new_figures_however_often_its_relay_speaks() -> None:
    state = said(("m1", True), ("m2", True), ("m3", False))
    assert await told(state, state, state) == [
        ("lines", {"meeting_id": "m1"}),
        ("lines", {"meeting_id": "m2"}),
    ]


async def test_minutes_that_are_kept_are_told_of_their_meeting() -> None:
    notice = ChangeNotice(
        kind="minutes", meeting_id=MeetingId("m1"), measured_at=AT, committed_at=AT
    )
    assert await told((topics.change(), notice)) == [("minutes", {"meeting_id": "m1"})]
