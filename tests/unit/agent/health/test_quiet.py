"""When the line is kept free."""

from datetime import UTC, datetime, timedelta

import pytest

from agent.health.quiet import may_run_train, may_send_backlog, may_test_line
from contracts.desired import Schedule, ScheduledMeeting
from contracts.ids import MeetingId, RelayId
from contracts.rehearsal import Rehearsal

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


REHEARSAL = Rehearsal(
    leader_epoch=1, generation=1, issued_at=T0, rehearsal_id="8c41d0e97ab2653f",
    begins_at=T0, expires_at=T0 + timedelta(seconds=60), duration_s=20,
)  # fmt: skip


@pytest.mark.parametrize(
    ("after_s", "is_free"), [(-61, True), (-60, False), (0, False), (79, False), (80, True)]
)
def test_a_rehearsal_has_the_line_to_itself(after_s, is_free):
    now = T0 + timedelta(seconds=after_s)
    assert may_run_train("idle", None, now=now, rehearsal=REHEARSAL) is is_free
    assert may_test_line("idle", None, None, now=now, rehearsal=REHEARSAL) is is_free
    none = Rehearsal(leader_epoch=1, generation=2, issued_at=T0)
    assert may_run_train("idle", None, now=now, rehearsal=none)


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
