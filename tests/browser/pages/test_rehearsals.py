"""The board before a meeting: who needs something first, on each screen, and points tried again."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import select

from contracts.floor import FloorMode
from contracts.ids import MeetingId, PointId
from controller.db.engine import writing
from controller.incidents import missed as incidents
from controller.incidents.missed_words import MissedMeeting
from controller.incidents.tables import AlertMessage
from controller.ingest.tables import PresenceInterval
from controller.meetings import meeting_queries
from controller.meetings.meeting_queries import MeetingFacts
from controller.meetings.meeting_state import MeetingPhase
from controller.places import service as places
from controller.rehearsals.tables import RehearsalResult, RehearsalRun
from controller.roles import Role
from tests.browser.pages.conftest import sign_in
from tests.browser.pages.fitting import misfits
from tests.browser.pages.site import Site

pytestmark = pytest.mark.browser

MEETING = MeetingId("chong-ret")
LONG = "Xã Phình Hồ – Điểm cầu Nhà văn hóa thôn Tà Chử, Khu vực Trạm Tấu"
CHAIR = "t-000"
# All of one unit, heard no more.
CUT_OFF = ("t-166", "t-167", "t-168", "t-169")
# What came of the first ones; of all further ones that they are ready.
CAME = [
    ("on", "microphone:failed:silent camera:passed: loudspeaker:passed: line:passed:"),
    ("on", "camera:failed:no_camera microphone:passed: loudspeaker:passed: line:passed:"),
    ("on", "line:at_risk:loss camera:passed: microphone:passed: loudspeaker:passed:"),
    (
        "on",
        "loudspeaker:not_tried:sound_not_allowed camera:passed: microphone:passed: line:passed:",
    ),
    ("refused", ""),
    ("not_reached", ""),
    ("", ""),
]


def tell(site: Site) -> None:
    """Add 170 points that were rehearsed an hour before a meeting, one with the longest name."""
    now = datetime.now(UTC).replace(microsecond=0)
    ids = [f"t-{one:03}" for one in range(170)]
    names = [LONG if one == "t-003" else f"Xã Thử {one[2:]}" for one in ids]
    units = [f"unit,u{one // 4},tinh,,Cụm {one // 4},people_committee" for one in range(0, 168, 4)]
    rows = [
        f"point,u{min(place // 4, 41)},,{one},{name.replace(',', ' –')},people_committee"
        for place, (one, name) in enumerate(zip(ids, names, strict=True))
    ]
    head = "what,unit_id,parent_id,point_id,name,owner"
    places.import_file(
        site.web.state, "\n".join([head, *units, *rows]).encode(), now=now - timedelta(days=2)
    )
    facts = MeetingFacts(
        title="Phòng, chống rét vụ Đông Xuân 2026–2027", document_number="",
        chair_point_id=PointId(CHAIR), point_ids=tuple(PointId(one) for one in ids),
        begins_at=now + timedelta(minutes=42), ends_at=now + timedelta(minutes=132),
        owner="people_committee", relay_id="relay-1",
    )  # fmt: skip
    at = now - timedelta(minutes=18)
    with writing(site.web.state) as session:
        meeting_queries.create(
            session, MEETING, facts, phase=MeetingPhase.SCHEDULED, mode=FloorMode.ONE_MIC,
            actor="office", now=now - timedelta(days=4),
        )  # fmt: skip
        session.add(
            RehearsalRun(
                run_id="ab" * 8, meeting_id=MEETING, moment="hour", due_at=at, made_at=at,
                ends_at=at + timedelta(minutes=10), over_at=at + timedelta(minutes=7),
            )
        )  # fmt: skip
        session.flush()
        for place, one in enumerate(ids):
            outcome, findings = CAME[place] if place < len(CAME) else ("on", CAME[3][1])
            session.add(
                RehearsalResult(
                    rehearsal_id=f"{place:016x}", run_id="ab" * 8, point_id=one, relay_id="relay-1",
                    begins_at=at, ends_at=at, told_at=at, judged_at=at + timedelta(minutes=5),
                    outcome="done" if outcome == "on" else outcome, findings=findings,
                    verdict="ready", cause="" if outcome == "on" else outcome or "nothing_said",
                    shared=f"unit:u{min(place // 4, 41)}", rtt_ms=24.0,
                    loss_ratio=0.038 if place == 2 else 0.001,
                )
            )  # fmt: skip
        missed = MissedMeeting(MEETING, facts.title, facts.begins_at, site.url)
        fallen = [PointId(one) for one in (CHAIR, *CUT_OFF)]
        number = incidents.tell_missed(session, missed, fallen, at, site.url)
        for told in range(3):
            session.add(
                AlertMessage(
                    number=number, channel_id=f"c{told}", what="told", rank=0, title="", text="",
                    channel_name=f"Nguyễn Thị Phương Thảo {told} (Zalo Văn phòng)", queued_at=at,
                    state="sent", ended_at=at + timedelta(minutes=told),
                )
            )  # fmt: skip
    with writing(site.web.series) as session:
        for one in ids[: -len(CUT_OFF)]:
            session.add(PresenceInterval(point_id=one, state="up", began_at=at, noticed_at=at))


def test_the_board_says_who_needs_something_and_has_them_tried_again(
    page: Page, own_site: Site
) -> None:
    tell(own_site)
    sign_in(page, own_site, Role.OFFICE)
    page.goto(f"{own_site.url}/meetings/{MEETING}")
    page.get_by_test_id("rehearsals-link").click()
    expect(page.get_by_test_id("going")).to_contain_text("Chưa sẵn sàng")
    rows = page.locator("[data-testid=board] tbody tr")
    expect(rows.first).to_contain_text("Bật công tắc trên micro, đèn phải xanh.")
    expect(rows).to_have_count(7)
    expect(page.get_by_test_id(f"told-{CHAIR}")).to_contain_text("Đã báo, chưa ai nhận")
    expect(page.get_by_test_id("board-unit:u41")).to_contain_text("4 điểm cầu của Cụm 41")
    page.get_by_test_id("together").locator("summary").click()
    expect(page.get_by_test_id("together")).to_contain_text("Xã Thử 169")
    assert misfits(page, "rehearsals") == {}
    page.get_by_test_id("rehearse-again").click()
    expect(page.get_by_test_id("rehearsal-progress")).to_contain_text("xong 0 trên 10 điểm")
    assert misfits(page, "rehearsals-on") == {}
    with writing(own_site.web.state) as session:
        query = select(RehearsalResult).where(
            RehearsalResult.point_id == CHAIR, RehearsalResult.verdict == ""
        )
        row = session.exec(query).one()
        row.verdict, row.outcome, row.findings = "ready", "done", CAME[3][1]
        row.judged_at = datetime.now(UTC)
        session.add(row)
    own_site.publish("rehearsal", {"meeting_id": MEETING})
    expect(page.get_by_test_id("rehearsal-progress")).to_contain_text("xong 1 trên 10 điểm")
    expect(page.get_by_test_id("going")).to_contain_text("Gần sẵn sàng")
    expect(rows).to_have_count(6)
    page.get_by_test_id("require-t-005").click()
    expect(page.get_by_test_id("board-t-005")).to_contain_text("Bỏ bắt buộc")
    page.goto(f"{own_site.url}/points/t-000")
    expect(page.get_by_test_id("point-rehearsals")).to_be_visible()
