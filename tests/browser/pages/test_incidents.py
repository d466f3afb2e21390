"""Incidents and who is told, as staff see them: every size, live, and with what is long."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from controller.db.engine import writing
from controller.incidents import channel_queries, incident_queries, telling
from controller.incidents.channel_entered import ChannelEntered
from controller.incidents.channels import AlertChannels
from controller.incidents.tables import AlertMessage
from controller.places import service as places
from controller.roles import Role
from controller.web.deps import Web
from monitoring.judgement.coincidence import Reach
from monitoring.judgement.incidents import BLIND, DOWN, Hit, Incident, Turn
from tests.browser.pages.conftest import sign_in
from tests.browser.pages.fitting import misfits, name_of
from tests.browser.pages.site import Site

pytestmark = pytest.mark.browser
LONG = "Nhóm trực mạng và an toàn thông tin của Sở Khoa học và Công"


def seed_incidents(web: Web) -> None:
    """Write incidents of every kind, with messages in every state."""
    channels, now = web.part(AlertChannels), web.now()
    channels.add(
        ChannelEntered(name=LONG, host="thu-dien-tu.tinh.gov.vn", port="25", security="none",
                       sender="canh-bao@tinh.gov.vn",
                       recipients=",".join(f"truc-mang-{n}@so-khcn.tinh.gov.vn" for n in range(6))),
        actor="admin",
    )  # fmt: skip
    channels.add(ChannelEntered(kind="apprise", name="Telegram", url="tgram://1:k/2"), actor="a")
    channels.add(
        ChannelEntered(kind="syslog", name="Máy chủ nhật ký an toàn thông tin của tỉnh",
                       log_host="nhat-ky.an-toan-thong-tin.tinh.gov.vn", log_port="6515"),
        actor="a",
    )  # fmt: skip
    began, told = now - timedelta(minutes=40), now - timedelta(minutes=39)
    with writing(web.state) as session:
        ids = [places.identifier(one) for one in places.points(session, at=now)]

        def add(key: str, reach: Reach, count: int, evidence: str = "{}", unit: str = "") -> int:
            hits = tuple(Hit(one, began, falls=2) for one in ids[:count])
            one = Incident(key, reach, unit, began, told, told, hits)
            number = incident_queries.add(session, one, told, evidence=evidence)
            incident_queries.note(session, number, "told", told, text=str(count))
            row = incident_queries.row(session, number)
            assert row is not None
            link = web.settings.public_hosts[0]
            names = telling.queue(session, row, Turn.TOLD, told, link, lambda _: {})
            incident_queries.note(session, number, "queued", told, text=", ".join(names))
            return number

        over = [add(BLIND, Reach.CENTRE, 0), add("loss", Reach.POINT, 1, '{"percent": 4.2}')]
        for number in over:
            incident_queries.note(session, number, "recovered", now, text="0")
            incident_queries.end(session, number, "recovered", now)
        add(DOWN, Reach.CENTRE, len(ids))
        number = add(DOWN, Reach.POINT, 1)
        incident_queries.note(session, number, "noted", now, who="office", text="a" * 500)
        first, second = [one.message_id or 0 for one in
                         channel_queries.of_incident(session, number)]  # fmt: skip
        channel_queries.ended(session, first, "sent", now, problem="partly 1")
        channel_queries.tried(session, second, problem="unreachable")
        for one in channel_queries.channels(session):
            one.tried_at, one.outcome = now, "login 535" if one.name == LONG else "sent"
            session.add(one)
        session.add(
            AlertMessage(number=number, channel_id="x", channel_name="Kênh đã bỏ", what="told",
                         rank=2, title="t", text="a" * 400, queued_at=now, state="given_up",
                         problem="removed")
        )  # fmt: skip


@pytest.fixture(scope="module")
def with_incidents(site: Site) -> Site:
    seed_incidents(site.web)
    return site


@pytest.fixture
def signed_in(page: Page, with_incidents: Site) -> Iterator[Page]:
    sign_in(page, with_incidents, Role.ADMIN)
    yield page
    page.close()


def test_no_page_of_incidents_is_cut_or_sticks_out(signed_in: Page, with_incidents: Site) -> None:
    page, url = signed_in, with_incidents.url
    page.goto(f"{url}/incidents/channels")
    channel = page.get_by_role("link", name=LONG).get_attribute("href") or ""
    found: dict[str, object] = {}
    for path in ("/incidents", "/incidents/1", "/incidents/3", "/incidents/4",
                 "/incidents/channels", "/incidents/channels/new", "/incidents/channels/replies",
                 "/incidents/channels/texts", channel):  # fmt: skip
        page.goto(url + path)
        found |= misfits(page, name_of(path))
    assert found == {}


def test_somebody_takes_care_of_it_and_another_s_page_says_so(
    signed_in: Page, with_incidents: Site
) -> None:
    page, url = signed_in, with_incidents.url
    page.goto(f"{url}/incidents/3")
    other = page.context.new_page()
    other.goto(f"{url}/incidents")
    expect(other.get_by_test_id("incident-3")).to_contain_text("Đang diễn ra")
    page.get_by_test_id("acknowledge").click()
    expect(page.get_by_test_id("story")).to_contain_text("Trần Đức Long nhận xử lý.")
    expect(page.get_by_test_id("acknowledge")).to_have_count(0)
    with_incidents.publish("incident", {"number": 3})
    expect(other.get_by_test_id("incident-3")).to_contain_text("Đang xử lý")
    page.fill("#note-text", "Đã gọi nhà mạng")
    page.get_by_test_id("note-save").click()
    expect(page.get_by_test_id("story")).to_contain_text("Trần Đức Long: Đã gọi nhà mạng")


def test_a_channel_is_added_tried_and_removed(signed_in: Page, with_incidents: Site) -> None:
    page, url = signed_in, with_incidents.url
    page.goto(f"{url}/incidents")
    page.get_by_test_id("channels").click()
    page.get_by_test_id("channel-new").click()
    page.fill("#channel-name", "Webhook")
    page.check("input[name=kind][value=apprise]")
    page.fill("#channel-url", "khong phai")
    page.get_by_test_id("channel-save").click()
    expect(page.locator("#channel-error")).to_contain_text("Địa chỉ Apprise không dùng được")
    page.fill("#channel-url", "json://127.0.0.1:9/")
    page.get_by_test_id("channel-save").click()
    row = page.locator("tr", has_text="Webhook")
    row.get_by_test_id("channel-try").click()
    expect(row).to_contain_text("Đang gửi thử")
    row.get_by_role("link").click()
    page.get_by_test_id("channel-remove").click()
    page.get_by_test_id("channel-remove-confirm").click()
    expect(page.get_by_test_id("channel-list")).not_to_contain_text("Webhook")


def test_before_anything_happened_the_page_says_what_to_do(page: Page, own_site: Site) -> None:
    sign_in(page, own_site, Role.ADMIN)
    page.goto(f"{own_site.url}/incidents")
    expect(page.get_by_test_id("open-incidents")).to_contain_text("Không có sự cố nào")
    page.get_by_test_id("first-channel").click()
    expect(page.locator("h1")).to_have_text("Thêm kênh báo tin")
    page.goto(f"{own_site.url}/incidents")
    assert misfits(page, "incidents-empty") == {}
