"""A meeting that is recorded: said to the recorder, to every screen, and to nobody otherwise."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from msgspec import UNSET

from contracts.desired import Live, RelayMeeting, Schedule
from controller import broker_config
from controller.clock import WatchedClock
from controller.dispatch.changes import Changes, Pending
from controller.dispatch.planning import MeetingPlanner, PointPlanner
from controller.dispatch.service import LaneRunner, Voice
from controller.errors import BadRequest
from controller.meetings.calendar import Calendar, MeetingForm
from controller.meetings.lifecycle import Lifecycle
from controller.meetings.meeting_state import Move
from controller.settings import ControllerSettings, RecordingSettings
from controller.web.deps import Web
from tests.integration.controller.centre import Centre

EVERYTHING: Pending[Any] = Pending(is_all=True, is_forced=True)


def recording(web: Web, tmp_path, **more) -> ControllerSettings:
    """Return the installation's settings with a recorder."""
    on = RecordingSettings(folder=tmp_path, **more)
    return msgspec.structs.replace(web.settings, recording=on)


def said(web: Web, settings: ControllerSettings, kind):
    """Return all documents of a kind that would be said now."""
    voice = Voice(web.state, web.metrics, web.part(WatchedClock), leader_epoch=1)
    changes = web.part(Changes)
    outgoing = [
        *LaneRunner(changes.meetings, MeetingPlanner(settings), voice).plan(EVERYTHING),
        *LaneRunner(changes.points, PointPlanner(settings, b"k" * 32), voice).plan(EVERYTHING),
    ]
    return [document for _, document in outgoing if isinstance(document, kind)]


@pytest.mark.parametrize("is_recorded", [True, False])
async def test_a_recorded_meeting_is_said_to_relay_schedule_and_screen(
    centre: Centre, tmp_path, is_recorded: bool
) -> None:
    web = centre.web
    settings = recording(web, tmp_path)
    calendar = Calendar(settings, web.state, web.part(Calendar).changes, web.now)
    now = web.now()
    form = MeetingForm(
        "Giao ban", "p-chair", ("p-b",), now, now + timedelta(hours=1), is_recorded=is_recorded
    )
    made = calendar.create(form, actor="office")
    assert made.is_recorded is is_recorded
    web.part(Lifecycle).move(made.meeting_id, Move.BEGIN, actor="office")
    (document,) = said(web, settings, RelayMeeting)
    if is_recorded:
        assert document.recording.recorder_id == "recorder-1"
        assert document.recording.names["p-b"] == "Xã B"
    else:
        assert document.recording is UNSET
    schedules = [m.is_recorded for s in said(web, settings, Schedule) for m in s.meetings]
    assert schedules == [is_recorded] * 2
    screens = [x.is_recorded for x in said(web, settings, Live) if x.meeting_id]
    assert screens == [is_recorded] * 2


async def test_what_is_usual_for_an_owner_counts_and_without_a_recorder_nothing_is_recorded(
    centre: Centre, tmp_path
) -> None:
    web = centre.web
    now = web.now()
    form = MeetingForm("Giao ban", "p-chair", ("p-b",), now, now + timedelta(hours=1))
    usual = recording(web, tmp_path, owners=("people_committee",))
    calendar = Calendar(usual, web.state, web.part(Calendar).changes, web.now)
    assert calendar.create(form, actor="office").is_recorded
    assert not web.part(Calendar).create(form, actor="office").is_recorded
    with pytest.raises(BadRequest):
        web.part(Calendar).create(replace(form, is_recorded=True), actor="office")


def test_a_recorder_reads_meetings_and_writes_nothing(tmp_path, centre: Centre) -> None:
    assert "recorder" not in broker_config.access_list(centre.web.settings)
    lines = broker_config.access_list(recording(centre.web, tmp_path)).splitlines()
    own = lines[lines.index("user recorder-1") + 1 :]
    own = own[: own.index("")]
    read = ("meeting/+", "event", "state")
    assert own == [f"topic read dc/relay/+/{leaf}" for leaf in read]
