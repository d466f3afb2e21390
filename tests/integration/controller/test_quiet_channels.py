"""Hours in which a channel is told of what is pressing alone, from its form to its mailbox."""

from datetime import timedelta

import pytest
from sqlmodel import select

from controller.db.engine import reading
from controller.incidents import channel_queries
from controller.incidents.tables import AlertMessage
from controller.roles import Role
from monitoring.judgement.presence import PointCameUp
from tests.integration.controller.centre import Centre, meeting_body
from tests.integration.controller.test_duty import Roster, falls, set_clock
from tests.integration.controller.test_incidents import Happening

FIELDS = {"kind": "mail", "name": "Trực mạng", "port": "2525", "host": "127.0.0.1",
          "security": "none", "sender": "a@b.vn", "recipients": "c@d.vn", "quiet_from": "21:30",
          "quiet_until": "05:45", "quiet_lets": "high"}  # fmt: skip


@pytest.fixture
async def night(centre: Centre) -> Happening:
    """Half past ten at night, with one channel that is quiet then."""
    admin = await centre.sign_in(Role.ADMIN)
    fields = FIELDS | {"csrf_token": admin.csrf_token}
    path = "/incidents/channels"
    for wrong in ({"quiet_from": "25:00"}, {"quiet_until": ""}, {"quiet_lets": "x"}):
        answer = await admin.client.post(path, data=fields | wrong)
        assert (answer.status_code, 'id="channel-error"' in answer.text) == (422, True), wrong
    assert (await admin.client.post(path, data=fields)).status_code == 303
    assert "yên lặng 21:30–05:45" in (await admin.get(path)).text
    with reading(centre.web.state) as session:
        [row] = channel_queries.channels(session)
    form = (await admin.get(f"{path}/{row.channel_id}")).text
    assert 'value="21:30"' in form and 'value="05:45"' in form
    set_clock(centre, 22.5)
    happening = Happening(centre)
    happening.looks(0)
    return happening


def told(happening: Happening) -> list[tuple[str, str]]:
    with reading(happening.web.state) as session:
        found = session.exec(select(AlertMessage).order_by(AlertMessage.message_id))  # type: ignore[arg-type]
        return [(one.what, one.state) for one in found]


def summary(happening: Happening) -> str:
    with reading(happening.web.state) as session:
        [text] = session.exec(select(AlertMessage.text).where(AlertMessage.what == "summary"))
    return text


async def test_what_still_stands_is_told_once_in_the_morning_and_what_is_over_never(
    night: Happening,
) -> None:
    roster = Roster(night.centre)
    falls(night, "p-b")
    falls(night, "p-c")
    night.says(PointCameUp, "p-c")
    night.looks(140)
    assert told(night) == [("told", "held"), ("told", "held"), ("recovered", "held")]
    set_clock(night.centre, 5.7, weekday=4)
    roster.passes(0)
    assert "summary" not in dict(told(night))
    roster.passes(4)
    roster.passes(1)
    assert told(night) == [
        ("told", "summed"), ("told", "dropped"), ("recovered", "dropped"), ("summary", "waiting"),
    ]  # fmt: skip
    assert "1 sự cố trong giờ yên lặng: Mất liên lạc với Xã B" in summary(night)
    office = await night.centre.sign_in(Role.OFFICE)
    page = (await office.get("/incidents/2")).text
    assert "đã hết trước khi hết giờ yên lặng" in page
    # By day its end is told as ever, since it was told.
    night.says(PointCameUp, "p-b")
    night.looks(140)
    assert told(night)[-1] == ("recovered", "waiting")


async def test_nothing_is_told_where_all_is_over_and_what_is_pressing_goes_at_once(
    night: Happening,
) -> None:
    roster = Roster(night.centre)
    falls(night, "p-b")
    night.says(PointCameUp, "p-b")
    night.looks(140)
    office = await night.centre.sign_in(Role.OFFICE)
    body = meeting_body(night.centre.time, chair_point_id="p-chair", point_ids=["p-c"])
    assert (await office.post("/api/v1/meetings", body)).status_code == 201
    falls(night, "p-c")
    assert told(night) == [("told", "held"), ("recovered", "held"), ("told", "waiting")]
    assert "Chờ hết giờ yên lặng" in (await office.get("/incidents/1")).text
    set_clock(night.centre, 5.75, weekday=4)
    roster.passes(0)
    assert told(night)[:2] == [("told", "dropped"), ("recovered", "dropped")]
    assert "summary" not in dict(told(night))


async def test_the_end_of_what_was_told_by_day_is_told_in_the_morning(centre: Centre) -> None:
    admin = await centre.sign_in(Role.ADMIN)
    fields = FIELDS | {"csrf_token": admin.csrf_token}
    assert (await admin.client.post("/incidents/channels", data=fields)).status_code == 303
    set_clock(centre, 21)
    happening, roster = Happening(centre), Roster(centre)
    falls(happening, "p-b")
    centre.time.offset += timedelta(hours=1)
    happening.looks(0)
    happening.says(PointCameUp, "p-b")
    happening.looks(140)
    assert told(happening) == [("told", "waiting"), ("recovered", "held")]
    set_clock(centre, 5.75, weekday=4)
    roster.passes(0)
    assert "Đã hết: Mất liên lạc với Xã B" in summary(happening)
