"""The roll of a whole province is called by keyboard, in one pass, while another looks on."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from contracts.floor import FloorMode
from contracts.ids import MeetingId, PointId
from controller.db.engine import reading, writing
from controller.meetings import event_queries, meeting_queries
from controller.meetings.meeting_queries import MeetingFacts
from controller.meetings.meeting_state import MeetingPhase
from controller.meetings.rollcall import roll_queries
from controller.meetings.rollcall.rules import RollState
from controller.meetings.tables import Meeting
from controller.places import service as places
from controller.roles import Role
from tests.browser.pages.conftest import sign_in
from tests.browser.pages.fitting import misfits
from tests.browser.pages.site import Site

pytestmark = pytest.mark.browser

POINTS = 170
PERSONS_KEY_S, PASS_S = 0.3, 120.0
LONG = "Phường Trung tâm hành chính Khánh Yên Thượng mở rộng số 170a"
WHOLE = MeetingId("m-whole-province")


@pytest.fixture
def called(site: Site) -> str:
    """Set a meeting of the whole province that began twenty minutes ago; return its roll call."""
    now = datetime.now(UTC)
    ids = [PointId(f"xa-{number:03}") for number in range(1, POINTS + 1)]
    names = [f"Xã Thượng Nậm Chày {number}" for number in range(1, POINTS)] + [LONG]
    rows = [
        f"point,moi,,{point_id},{name},people_committee"
        for point_id, name in zip(ids, names, strict=True)
    ]
    head = "what,unit_id,parent_id,point_id,name,owner"
    places.import_file(
        site.web.state, "\n".join([head, *rows]).encode(), now=now - timedelta(days=9)
    )
    begins_at = now - timedelta(minutes=20)
    facts = MeetingFacts(
        title="Hội nghị trực tuyến toàn tỉnh triển khai nhiệm vụ quý IV",
        document_number="88/GM-UBND",
        chair_point_id=ids[0],
        point_ids=tuple(ids),
        begins_at=begins_at,
        ends_at=begins_at + timedelta(hours=2),
        owner="people_committee",
        relay_id="relay-1",
        secretary="Nguyễn Thị Minh Châu",
    )
    with writing(site.web.state) as session:
        meeting_queries.create(
            session, WHOLE, facts,
            phase=MeetingPhase.LIVE, mode=FloorMode.ONE_MIC, actor="office", now=begins_at,
        )  # fmt: skip
        session.get_one(Meeting, WHOLE).live_at = begins_at
        for number, point_id in enumerate(ids):
            if number % 11 != 5:
                late = timedelta(minutes=12 if number % 17 == 3 else -3)
                event_queries.record(
                    session, WHOLE, "joined", now=begins_at + late, point_id=point_id
                )
    return f"{site.url}/meetings/{WHOLE}/roll-call"


def kept(site: Site) -> dict[str, tuple[str, str]]:
    with reading(site.web.state) as session:
        said = roll_queries.marks(session, WHOLE)
    return {who: (mark.state.value, mark.detail) for who, (mark, _) in said.items()}


def test_a_whole_province_is_called_in_one_pass_by_keyboard(
    page: Page, site: Site, called: str, browser: Browser
) -> None:
    other = browser.new_context(locale="vi-VN").new_page()
    sign_in(other, site, Role.ADMIN)
    other.goto(f"{called}?show=absent")
    expect(other.get_by_test_id("count-uncalled")).to_contain_text("170")
    sign_in(page, site, Role.OFFICE)
    page.goto(called)
    page.set_viewport_size({"width": 1366, "height": 768})
    page.keyboard.press("ArrowDown")
    began = time.monotonic()
    keys = 1
    for number in range(POINTS):
        pressed = ("v", str(number % 3 + 1)) if number % 11 == 5 else (" ",)
        for key in pressed:
            page.keyboard.press(key)
            keys += 1
    expect(page.get_by_test_id("count-uncalled")).to_contain_text("Chưa gọi 0")
    took_s = time.monotonic() - began
    assert keys * PERSONS_KEY_S + took_s <= PASS_S
    said = kept(site)
    assert len(said) == POINTS
    assert said["xa-006"] == ("absent", "bận việc khác")
    assert [said[f"xa-{n:03}"][0] for n in (1, 4, 170)] == ["present", "late", "present"]
    # The other secretary sees it come, and what they say is seen here.
    expect(other.locator(".roll-row")).to_have_count(15)
    other.get_by_test_id("count-all").click()
    other.locator("[data-key=xa-001]").get_by_text("Thay", exact=True).click()
    other.get_by_test_id("roll-detail").fill("Trần Văn <b>Phó</b>")
    other.keyboard.press("Enter")
    row = page.locator("[data-key=xa-001]")
    expect(row).to_contain_text("Người thay: Trần Văn <b>Phó</b>")
    expect(row).to_contain_text("trước đó: Có mặt (Lê Thu Hà)")
    page.locator("[data-roll-find]").fill("170a")
    expect(page.locator(".roll-row:visible")).to_have_count(1)
    page.keyboard.press("Enter")
    page.keyboard.press("s")
    page.keyboard.type("14")
    page.keyboard.press("Enter")
    expect(page.locator("[data-key=xa-170]")).to_contain_text("14 người")
    page.locator("[data-roll-find]").fill("")
    page.locator("[data-key=xa-170]").focus()
    page.keyboard.press("z")
    expect(page.locator("[data-key=xa-170] .roll-heads")).to_be_empty()
    assert kept(site)["xa-170"] == (RollState.PRESENT.value, "")
    page.reload()
    expect(page.get_by_test_id("count-absent")).to_contain_text("15")
    page.locator("[data-key=xa-006] [data-roll-choose]").click()
    assert misfits(page, "roll-call") == {}
    page.goto(f"{called}/sheet")
    assert misfits(page, "roll-sheet") == {}
    if other.context:
        other.context.close()
