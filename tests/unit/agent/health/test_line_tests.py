"""A test is made once, between its times, and not beside a meeting."""

from datetime import UTC, datetime, timedelta

import pytest

from agent.health.line_tests import LineTests
from agent.health.quiet import may_test_line
from contracts.desired import LineTest, Live, Schedule, ScheduledMeeting
from contracts.ids import MeetingId, RelayId
from contracts.throughput import TestReason, ThroughputBody
from runtime.guard import beside
from tests.waiting import until

T0 = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
END = T0 + timedelta(hours=1)
QUARTER, SECOND = timedelta(minutes=15), timedelta(seconds=1)
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


def live(meeting: str | None) -> Live:
    meeting_id = MeetingId(meeting) if meeting else None
    return Live(leader_epoch=1, generation=1, issued_at=T0, meeting_id=meeting_id)


@pytest.mark.parametrize(
    ("now", "expected"),
    [(T0 - QUARTER - SECOND, True), (T0 - QUARTER, False), (END - SECOND, False), (END, True)],
)
def test_a_quarter_of_an_hour_before_a_meeting_the_line_is_left_alone(now, expected):
    assert may_test_line("idle", SCHEDULE, live(None), now=now) is expected


@pytest.mark.parametrize("media", ["joining", "in_meeting"])
def test_a_room_that_joins_and_a_screen_that_names_a_meeting_end_it(media):
    assert not may_test_line(media, None, None, now=T0)
    assert not may_test_line("idle", None, live("m-khan-cap"), now=T0)
    assert may_test_line("idle", None, live(None), now=T0)


def wanted(test_id: str | None, *, since_s: float = -1, until_s: float = 44) -> LineTest:
    return LineTest(
        leader_epoch=1,
        generation=1,
        issued_at=T0,
        test_id=test_id,
        begins_at=T0 + timedelta(seconds=since_s),
        expires_at=T0 + timedelta(seconds=until_s),
    )


@pytest.mark.parametrize(
    ("test", "why", "expected"),
    [
        (wanted("aa" * 8, until_s=0), "", ("refused", "late")),
        (wanted("aa" * 8), "meeting", ("refused", "meeting")),
        (wanted("aa" * 8), "backlog", ("refused", "backlog")),
        # Nobody told it of a reflector.
        (wanted("aa" * 8), "", ("failed", "line")),
    ],
)
async def test_what_keeps_a_test_from_being_made_is_reported(
    test: LineTest, why: TestReason, expected: tuple[str, str]
) -> None:
    took: list[ThroughputBody] = []
    tests = LineTests(
        known=None, probes=lambda: None, why_not=lambda: why, now=lambda: T0, took=took.append
    )
    async with beside(tests.run, name="line-tests"):
        tests.take(test)
        await until(lambda: bool(took))
    assert [(one.outcome, one.reason) for one in took] == [expected]


async def test_a_test_that_was_known_at_the_start_or_made_is_not_made_again() -> None:
    took: list[ThroughputBody] = []
    tests = LineTests(
        known=wanted("aa" * 8), probes=lambda: None, why_not=lambda: "clock", now=lambda: T0,
        took=took.append,
    )  # fmt: skip
    async with beside(tests.run, name="line-tests"):
        tests.take(wanted("aa" * 8))
        tests.take(wanted("bb" * 8))
        await until(lambda: len(took) == 1)
        tests.take(wanted("bb" * 8))
        tests.take(wanted(None))
        tests.take(wanted("cc" * 8))
        await until(lambda: len(took) == 2)
    assert [one.test_id for one in took] == ["bb" * 8, "cc" * 8]
