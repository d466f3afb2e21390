"""A notice says what time it was only where the point has not got that from the centre."""

import pytest

from contracts.reports import ClockState
from controller.ingest.notices import Notices
from tests.integration.ingest.reports import NTP, arrival


class Said:
    """What was published."""

    def __init__(self):
        self.notices = []

    async def publish(self, _topic, notice):
        self.notices.append(notice)


@pytest.mark.parametrize(
    ("clock", "is_witness"),
    [
        (NTP, True),
        (ClockState(source="centre", error_ms=2.5), False),
        (ClockState(source="ntp", error_ms=60_000.0), False),
        (ClockState(source="unknown"), False),
    ],
)
async def test_only_a_clock_of_its_own_is_a_witness(clock, is_witness):
    bus = Said()
    notices = Notices(bus)
    first, second = arrival(1, clock=clock), arrival(2, clock=clock)
    notices.note([second, first])
    await notices.flush()
    assert [one.witnessed_at for one in bus.notices] == [
        second.report.measured_at if is_witness else None
    ]
    assert first.report.measured_at <= second.report.measured_at


async def test_minutes_are_said_a_meeting_and_not_a_point():
    bus = Said()
    await Notices(bus).minutes(["m1"])
    (notice,) = bus.notices
    assert (notice.kind, notice.meeting_id, notice.point_id) == ("minutes", "m1", None)
