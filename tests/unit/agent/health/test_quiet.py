"""When the line is kept free."""

from datetime import UTC, datetime, timedelta

import pytest

from agent.health.quiet import may_run_train, may_send_backlog
from contracts.desired import Schedule, ScheduledMeeting
from contracts.ids import MeetingId, RelayId

T0 = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
END = T0 + timedelta(hours=2)
SCHEDULE = Schedule(
    leader_epoch=1,
    generation=1,
    issued_at=T0,
    meetings=(
        ScheduledMeeting(
            meeting_id=MeetingId("m1"), begins_at=T0, ends_at=END, role="participant",
            title="Giao ban", relay_id=RelayId("relay-1"),
        ),
    ),
)  # fmt: skip
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (T0 - timedelta(minutes=1) - SECOND, True),
        (T0 - timedelta(minutes=1), False),
        (T0, False),
        (END - SECOND, False),
        (END, True),
    ],
)
def test_no_train_from_a_minute_before_until_the_end(now, expected):
    assert may_run_train("idle", SCHEDULE, now=now) is expected


@pytest.mark.parametrize("media", ["joining", "in_meeting"])
def test_no_train_and_no_backlog_in_a_meeting_whatever_the_plan(media):
    assert not may_run_train(media, None, now=T0)
    assert not may_send_backlog(media, None, now=T0)


@pytest.mark.parametrize(
    ("media", "now", "expected"),
    [
        ("idle", T0, True),
        ("absent", T0, True),
        ("stuck", T0 - SECOND, True),
        ("stuck", T0, False),
        ("stuck", END, True),
    ],
)
def test_backlog_waits_where_the_rooms_process_cannot_tell(media, now, expected):
    assert may_send_backlog(media, SCHEDULE, now=now) is expected
