"""Availability from presence as it is stored to pages, the file and the API."""

import csv
import io
from datetime import timedelta

from contracts.ids import PointId
from contracts.local_days import day_of
from controller.db.engine import writing
from controller.enrolment import certificate_queries
from controller.ingest.cause_tables import OutageVerdict
from controller.meetings.tables import Meeting, MeetingParticipant
from controller.roles import Role
from monitoring.judgement.outage_cause import OutageCause
from monitoring.judgement.presence import PointBecameDegraded, PointCameUp, PointWentDown
from tests.integration.controller.centre import Centre
from tests.integration.controller.test_incidents import Happening
from tests.integration.controller.test_maintenance import body, declared

HOUR = timedelta(hours=1)
PARTS = ("up_s", "degraded_s", "down_s", "excluded_s", "unknown_s", "agreed_s")


def tell(centre: Centre) -> Happening:
    """Six hours: an hour well, one down, one degraded, three well; p-c is well all along."""
    happening = Happening(centre)
    for kind in (PointWentDown, PointBecameDegraded, PointCameUp):
        centre.time.offset += HOUR
        happening.says(kind, "p-b")
    centre.time.offset += 3 * HOUR
    happening.listens()
    return happening


def hold_meeting(centre: Centre, begins: timedelta, ends: timedelta) -> None:
    now = centre.time.now()
    with writing(centre.web.state) as session:
        session.add(Meeting(meeting_id="m-1", title="Giao ban", chair_point_id="p-chair",
                            begins_at=now + begins, ends_at=now + ends, state="ended",
                            relay_id="relay-1", created_by="office", created_at=now,
                            live_at=now + begins, ended_at=now + ends))  # fmt: skip
        session.flush()
        for point in ("p-chair", "p-b"):
            session.add(MeetingParticipant(meeting_id="m-1", point_id=point))


async def test_it_is_told_three_ways_and_adds_up(centre: Centre) -> None:
    tell(centre)
    hold_meeting(centre, -5.5 * HOUR, -4.5 * HOUR)
    viewer = await centre.sign_in(Role.VIEWER)
    begins = (centre.time.now() - 6 * HOUR).isoformat()
    answer = await viewer.get("/api/v1/points/p-b/availability", begins_at=begins)
    told = answer.json()
    hours = {
        way: {part: round(told[way][part] / 3600, 1) for part in PARTS}
        for way in ("always", "meetings")
    }
    assert hours == {
        "always": dict(zip(PARTS, (5, 1, 1, 0, 0, 6), strict=True)),
        "meetings": dict(zip(PARTS, (0.5, 0, 0.5, 0, 0, 1), strict=True)),
    }
    for way in ("always", "office", "meetings"):
        parts = told[way]
        known = parts["up_s"] + parts["down_s"] + parts["excluded_s"] + parts["unknown_s"]
        assert abs(known - parts["agreed_s"]) < 1e-6
    page = (await viewer.get("/points/p-b/availability")).text
    year = day_of(centre.time.now()).year
    for said in ("83,3", "Giờ hành chính: T2, T3, T4, T5, T6", "1 lần mất kết nối",
                 f"năm {year} và {year + 1}", "Ngày Giỗ Tổ Hùng Vương"):  # fmt: skip
        assert said in page, said
    today = f"{centre.time.now():%Y-%m-%d}"
    for query in ({"span": "24h"}, {"month": today[:7]}, {"from": today, "to": today}):
        assert (await viewer.get("/points/p-b/availability", **query)).status_code == 200
    for query in ({"month": "2026-13"}, {"month": "3000-01"}, {"from": "2026-01-02"},
                  {"from": "2026-01-02", "to": "2026-01-01"}, {"month": "x" * 1000}):  # fmt: skip
        assert (await viewer.get("/points/p-b/availability", **query)).status_code == 422, query
    assert (await viewer.get("/points/p-x/availability")).status_code == 404


async def test_the_table_has_the_worst_first_and_the_file_every_second(centre: Centre) -> None:
    tell(centre)
    viewer = await centre.sign_in(Role.VIEWER)
    page = (await viewer.get("/availability", span="24h")).text
    assert page.index("availability-p-b") < page.index("availability-p-c")
    assert 'href="/points/p-b/availability?span=24h"' in page
    page = (await viewer.get("/availability", unit="xa-c")).text
    assert ("availability-p-b" in page, "availability-p-c" in page) == (False, True)
    assert (await viewer.get("/availability", unit="xa-x")).status_code == 404
    text = (await viewer.get("/availability.csv", span="24h")).text
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    worst = rows[0]
    assert worst["Điểm cầu"] == "Xã B"
    assert abs(float(worst["24×7: Mất kết nối (s)"]) - 3600) < 30
    assert abs(float(worst["24×7 (%)"]) - 83.33) < 0.5


async def test_outages_of_which_nothing_is_said_yet_and_shut_out_times_are_listed(
    centre: Centre,
) -> None:
    happening = tell(centre)
    office = await centre.sign_in(Role.OFFICE)
    await declared(office, body(centre, -5 * HOUR, -4.5 * HOUR))
    with writing(centre.web.state) as session:
        certificate_queries.add(session, "p-b", serial="1", sha256="ab" * 32,
                                issued_at=centre.time.now(), public_key="",
                                expires_at=centre.time.now() + timedelta(days=1))  # fmt: skip
        certificate_queries.end_all(session, "p-b", why="revoked", now=centre.time.now())
    happening.says(PointWentDown, "p-b")
    centre.time.offset += HOUR
    found = (await office.get("/api/v1/points/p-b/outages")).json()
    assert [(one["kind"], one["cause"]) for one in found] == [
        ("shut_out", None), ("maintenance", None), ("down", None)
    ]  # fmt: skip
    assert found[-1]["ended_at"] is not None
    assert abs(found[-1]["excluded_s"] - 1800) < 1
    page = (await office.get("/points/p-b")).text
    assert "Bị khóa: chứng thư đã bị thu hồi" in page
    assert "trong đó loại 30 phút" in page


async def test_an_outage_is_told_whole_with_all_of_its_maintenance_also_before_the_time_asked_for(
    centre: Centre,
) -> None:
    happening = Happening(centre)
    happening.says(PointWentDown, "p-b")
    office = await centre.sign_in(Role.OFFICE)
    await declared(office, body(centre, 0 * HOUR, 24 * HOUR))
    centre.time.offset += 36 * HOUR
    happening.says(PointCameUp, "p-b")
    office = await centre.sign_in(Role.OFFICE)
    page = (await office.get("/points/p-b/availability", span="24h")).text
    assert "trong đó loại 1 ngày" in page


async def test_a_beginning_that_late_records_moved_says_what_was_said_before(
    centre: Centre,
) -> None:
    happening = Happening(centre)
    began_at = centre.time.now()
    happening.says(PointWentDown, "p-b")
    with writing(centre.web.series) as session:
        for moved_s, cause in ((None, OutageCause.UNKNOWN), (-40, OutageCause.LINE),
                               (-70, OutageCause.LINE)):  # fmt: skip
            own = None if moved_s is None else began_at + timedelta(seconds=moved_s)
            session.add(OutageVerdict(point_id="p-b", outage_began_at=began_at, own_began_at=own,
                                      judged_at=began_at, noticed_at=began_at, cause=cause.value,
                                      is_certain=True, is_recorded=own is not None,
                                      evidence="[]"))  # fmt: skip
            session.flush()
    viewer = await centre.sign_in(Role.VIEWER)
    [told] = (await viewer.get("/api/v1/points/p-b/outages")).json()
    assert (told["cause"], told["said_before"]) == ("line", "unknown")
    assert told["began_before"] is not None and told["own_began_at"] < told["began_before"]
    page = (await viewer.get("/points/p-b")).text
    assert "Trước đó ghi: " in page
    assert PointId("p-b") in page
