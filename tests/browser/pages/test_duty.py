"""The roster, the ladder and the page of a message's link, at every size; taken on a telephone."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import select

from contracts.local_days import ZONE
from controller.db.engine import reading
from controller.incidents import channel_queries, taking
from controller.incidents.channels import AlertChannels
from controller.incidents.duty.duty_entered import MemberEntered
from controller.incidents.duty.service import Duty
from controller.incidents.duty.tables import DutyPerson
from controller.roles import Role
from controller.web.deps import Web
from tests.browser.pages.conftest import sign_in
from tests.browser.pages.fitting import SHOTS, misfits, name_of
from tests.browser.pages.site import Site
from tests.browser.pages.test_incidents import LONG, seed_incidents

pytestmark = pytest.mark.browser


def seed_roster(web: Web) -> tuple[str, str]:
    """Write incidents and a roster; return somebody's id and the link of a message."""
    seed_incidents(web)
    duty = web.part(Duty)
    with reading(web.state) as session:
        channel = channel_queries.of_people(session)[0].channel_id
        message = channel_queries.of_incident(session, 4)[0]
    for name, address in ((LONG, "truc-mang@so-khcn.tinh.gov.vn"), ("Trần Đức Bình", "binh@a.vn")):
        typed = MemberEntered(name=name, channel_id=channel, address=address, quiet_from="22:00",
                              quiet_until="06:00")  # fmt: skip
        duty.save_person("", typed)
    with reading(web.state) as session:
        people = dict(session.exec(select(DutyPerson.name, DutyPerson.person_id)).all())
    duty.add_shift(people[LONG], "01234", "07:00", "19:00")
    duty.add_shift(people["Trần Đức Bình"], "0123456", "19:00", "07:00")
    local = web.now().astimezone(ZONE).date().isoformat()
    duty.add_swap(local, people[LONG], people["Trần Đức Bình"])
    return people[LONG], taking.token_of(message, web.part(AlertChannels).master)


def test_pages_of_duty_fit_and_a_link_is_taken_on_a_telephone(page: Page, own_site: Site) -> None:
    person, token = seed_roster(own_site.web)
    url, take = own_site.url, f"/take/{token}"
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(url + take)
    expect(page.get_by_test_id("take")).to_contain_text("Ghi nhận là")
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / "take-390.png", full_page=True)
    page.get_by_test_id("take-button").click()
    expect(page.get_by_test_id("taken")).to_contain_text("nhận xử lý.")
    sign_in(page, own_site, Role.ADMIN)
    found: dict[str, object] = {}
    for path in ("/incidents/duty", "/incidents/duty/ladder", "/incidents/duty/people/new",
                 f"/incidents/duty/people/{person}", take):  # fmt: skip
        page.goto(url + path)
        found |= misfits(page, name_of(path))
    assert found == {}
