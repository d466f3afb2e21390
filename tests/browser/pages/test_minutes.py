"""The minutes save themselves while somebody writes, and are locked; their file comes back."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from contracts.floor import FloorMode
from contracts.ids import MeetingId, PointId
from controller.db.engine import writing
from controller.meetings import meeting_queries
from controller.meetings.after.keeper import RecordDesk
from controller.meetings.meeting_queries import MeetingFacts
from controller.meetings.meeting_state import MeetingPhase
from controller.roles import Role
from tests.browser.pages import seed
from tests.browser.pages.conftest import sign_in
from tests.browser.pages.fitting import misfits
from tests.browser.pages.site import Site

pytestmark = pytest.mark.browser

POINTS = [
    PointId(line.split(",")[3]) for line in seed.PLACES.splitlines() if line.startswith("point")
]
OVER = MeetingId("m-over")


@pytest.fixture
def over(site: Site) -> str:
    """Set a meeting that ended a minute ago; return its page."""
    begins_at = datetime.now(UTC) - timedelta(minutes=61)
    facts = MeetingFacts(
        title="Hội nghị triển khai nhiệm vụ quý IV",
        document_number="",
        chair_point_id=POINTS[0],
        point_ids=tuple(POINTS[:9]),
        begins_at=begins_at,
        ends_at=begins_at + timedelta(hours=1),
        owner="people_committee",
        relay_id="relay-1",
    )
    with writing(site.web.state) as session:
        meeting_queries.create(
            session, OVER, facts,
            phase=MeetingPhase.ENDED, mode=FloorMode.ONE_MIC, actor="office", now=begins_at,
        )  # fmt: skip
    site.web.part(RecordDesk).look()
    return f"{site.url}/meetings/{OVER}"


def test_minutes_save_themselves_and_are_locked(
    page: Page, site: Site, over: str, tmp_path: Path
) -> None:
    sign_in(page, site, Role.OFFICE)
    page.goto(f"{over}/after")
    expect(page.get_by_test_id("after")).to_have_attribute("data-ready", "yes")
    found = misfits(page, "after")
    page.get_by_test_id("minutes-link").click()
    saved = page.get_by_test_id("minutes-saved")
    page.get_by_test_id("minutes-typed").fill("Chủ tọa khai mạc.")
    expect(saved).to_have_attribute("data-version", "1")
    # The version that is kept is the one on which more is written.
    page.get_by_test_id("minutes-concluded").fill("Giao Sở Nội vụ.")
    expect(saved).to_have_attribute("data-version", "2")
    found |= misfits(page, "minutes")
    page.get_by_test_id("lock-open").click()
    page.get_by_test_id("lock").click()
    expect(page.get_by_test_id("minutes")).to_have_attribute("data-locked", "yes")
    with page.expect_download() as handed_out:
        page.get_by_test_id("minutes-files").get_by_role("link").first.click()
    signed = tmp_path / "ký.pdf"
    signed.write_bytes(handed_out.value.path().read_bytes() + b"<</ByteRange [0 1 2 3]>>\n%%EOF")
    page.set_input_files("#signed-file", signed)
    page.get_by_test_id("signed-take").click()
    expect(page.get_by_test_id("minutes-files")).to_contain_text("Chứa nguyên vẹn")
    found |= misfits(page, "minutes-signed")
    assert found == {}
