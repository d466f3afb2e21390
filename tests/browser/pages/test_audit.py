"""The audit log is searched by person or point, kind and day, a page at a time."""

from datetime import timedelta
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from contracts.local_days import ZONE
from controller.audit import audit_queries, search
from controller.audit.pages import SHOWN
from controller.audit.service import Action, AuditOutcome
from controller.audit.tables import AuditEntry
from controller.db.engine import writing
from controller.roles import Role
from tests.browser.pages.conftest import sign_in
from tests.browser.pages.site import Site

pytestmark = pytest.mark.browser

PHONE = ViewportSize(width=390, height=844)


def write(
    site: Site,
    action: Action,
    *,
    actor: str = "",
    subject: str = "",
    days_ago: int = 0,
    outcome: AuditOutcome = AuditOutcome.DONE,
    detail: str = "",
) -> None:
    entry = AuditEntry(
        happened_at=site.web.now() - timedelta(days=days_ago),
        actor=actor,
        address="10.0.0.9",
        action=action.value,
        subject=subject,
        outcome=outcome.value,
        detail=detail,
    )
    with writing(site.web.state) as session:
        audit_queries.add(session, entry)


@pytest.fixture(scope="module")
def noted(site: Site) -> Site:
    """A site where much has happened, the newest of it today."""
    for number in range(SHOWN + 5):
        write(site, Action.CHANGE_ROLE, actor="admin", subject=f"u{number}.x", days_ago=9)
    write(site, Action.REVOKE, actor="admin", subject="na-hau", days_ago=3)
    write(site, Action.PUT_OUT, actor="office", subject="m-live na-hau", days_ago=2)
    write(site, Action.PUT_OUT, actor="office", subject="m-live gia-hoi", days_ago=2)
    refused = AuditOutcome.REFUSED
    write(site, Action.ENROL, days_ago=1, outcome=refused, detail="code_expired")
    write(site, Action.RENEW, days_ago=1, outcome=refused, detail="certificate_unknown")
    return site


@pytest.fixture
def log(page: Page, noted: Site) -> Page:
    sign_in(page, noted, Role.ADMIN)
    page.goto(f"{noted.url}/audit")
    return page


def rows(page: Page) -> list[str]:
    return page.locator("[data-testid=audit] tbody tr").all_inner_texts()


def test_a_point_is_found_by_its_name_alone_and_in_its_meetings(log: Page) -> None:
    log.fill("#who", "xã nà hẩu")
    log.get_by_test_id("audit-show").click()
    expect(log.locator("[data-testid=audit] tbody tr")).to_have_count(2)
    assert all("Xã Nà Hẩu" in one for one in rows(log))
    assert log.input_value("#who") == "xã nà hẩu"
    log.get_by_test_id("audit-all").click()
    expect(log.locator("[data-testid=audit] tbody tr")).to_have_count(SHOWN)


def test_kind_and_day_leave_out_the_rest(log: Page, noted: Site) -> None:
    log.select_option("#kind", Action.PUT_OUT.value)
    log.fill("#who", "office")
    log.get_by_test_id("audit-show").click()
    expect(log.locator("[data-testid=audit] tbody tr")).to_have_count(2)
    day = (noted.web.now() - timedelta(days=3)).astimezone(ZONE).date().isoformat()
    log.goto(f"{noted.url}/audit?day={day}")
    expect(log.locator("[data-testid=audit] tbody tr")).to_have_count(1)
    expect(log.get_by_test_id("audit")).to_contain_text("thu hồi chứng thư")


def test_refusals_of_enrolment_are_told_in_sentences(log: Page, noted: Site) -> None:
    log.goto(f"{noted.url}/audit?kind=enrol")
    expect(log.get_by_test_id("audit")).to_contain_text("mã đã hết hạn")
    log.goto(f"{noted.url}/audit?kind=renew")
    expect(log.get_by_test_id("audit")).to_contain_text("trung tâm không biết chứng thư này")
    log.goto(f"{noted.url}/language/en?next=/audit")
    log.goto(f"{noted.url}/audit?kind=enrol")
    expect(log.get_by_test_id("audit")).to_contain_text("the code had expired")


def test_older_pages_keep_what_is_looked_for(log: Page, noted: Site) -> None:
    log.goto(f"{noted.url}/audit?kind=change_role&who=admin")
    expect(log.locator("[data-testid=audit] tbody tr")).to_have_count(SHOWN)
    log.get_by_test_id("audit-older").click()
    expect(log.locator("[data-testid=audit] tbody tr")).to_have_count(5)
    expect(log.get_by_test_id("audit")).to_contain_text("u0.x")
    expect(log.get_by_test_id("audit-older")).to_have_count(0)
    log.get_by_test_id("audit-newest").click()
    expect(log.get_by_test_id("audit")).to_contain_text(f"u{SHOWN + 4}.x")
    assert log.input_value("#who") == "admin"


def test_nothing_found_says_so_and_leads_back(log: Page, noted: Site) -> None:
    log.goto(f"{noted.url}/audit?who={quote('100%_của ai')}")
    expect(log.get_by_test_id("audit-empty")).to_contain_text("Không có mục nào như vậy")
    log.get_by_test_id("audit-all").click()
    expect(log.get_by_test_id("audit")).to_be_visible()


def test_a_name_that_too_many_points_have_asks_for_more_of_it(
    log: Page, noted: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "MAX_POINTS", 3)
    log.goto(f"{noted.url}/audit?who={quote('xã')}")
    expect(log.locator("main")).to_contain_text("Quá nhiều điểm cầu có tên như vậy")


@pytest.mark.parametrize(
    "query", ["day=9999-12-31", "day=0001-01-01", "day=x", "kind=x", "before=9e9", "who=%00%ff"]
)
def test_an_address_that_makes_no_sense_shows_what_its_form_says(
    log: Page, noted: Site, query: str
) -> None:
    answer = log.goto(f"{noted.url}/audit?{query}")
    assert answer is not None
    assert answer.status == 200
    assert log.input_value("#day") == log.input_value("#kind") == ""


def test_entries_are_cards_on_a_telephone(log: Page) -> None:
    log.set_viewport_size(PHONE)
    row = log.locator("[data-testid=audit] tbody tr").first
    assert row.evaluate("row => getComputedStyle(row).display") == "block"
    assert (
        row.locator("td")
        .nth(2)
        .evaluate("cell => getComputedStyle(cell, '::before').content")
        .startswith('"Việc')
    )
    assert log.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
