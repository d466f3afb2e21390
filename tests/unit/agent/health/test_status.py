"""What `diemcau-agent status` tells a person at the point."""

from datetime import UTC, datetime, timedelta

import pytest

from agent.health.status import as_text, read_status
from agent.point.desired_store import DesiredStore
from agent.point.identity import Identity, PointFolder
from contracts import codec
from contracts.desired import RelayAddress, Schedule, ScheduledMeeting
from contracts.ids import MeetingId, PointId, RelayId
from tests.unit.agent.cases import T0


@pytest.fixture
def folder(tmp_path):
    folder = PointFolder(tmp_path)
    folder.write_identity(
        Identity(
            point_id=PointId("p1"),
            point_number=1,
            name="Xã Thu Cúc",
            enrolled_at=T0,
            broker_host="127.0.0.1",
            broker_port=1,
            controller_url="https://127.0.0.1:1",
        )
    )
    return folder


def meeting(number, begins_at):
    return ScheduledMeeting(
        meeting_id=MeetingId(f"m{number}"),
        begins_at=begins_at,
        ends_at=begins_at + timedelta(hours=1),
        role="participant",
        title=f"Giao ban {number}",
        relay_id=RelayId("r1"),
    )


def told(folder):
    return as_text(read_status(folder)).splitlines()


def test_a_point_that_was_told_nothing_says_so(folder):
    assert told(folder)[-1] == "meetings   the centre has sent no schedule yet"


def test_the_meetings_to_come_are_told_the_soonest_first(folder):
    now = datetime.now(UTC).replace(microsecond=0)
    meetings = [meeting(n, now + timedelta(days=n)) for n in (7, 6, 5, 4, 3, 2, 1, -1)]
    relays = (RelayAddress(relay_id=RelayId("r1"), url="https://127.0.0.1:2"),)
    schedule = Schedule(
        leader_epoch=1, generation=1, issued_at=T0, meetings=tuple(meetings), relays=relays
    )
    DesiredStore(folder.desired_dir).receive("schedule", codec.encode(schedule), now=T0)
    shown = told(folder)[-6:]
    assert shown[0].startswith("meetings   ")
    assert [line.split("  ")[-1] for line in shown[:5]] == [
        f"Giao ban {n} (participant)" for n in (1, 2, 3, 4, 5)
    ]
    assert shown[5].strip() == "and 2 more"
