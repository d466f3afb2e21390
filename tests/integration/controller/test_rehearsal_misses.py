"""A point that is not ready: told, told further until it is taken, required; on the board."""

import asyncio
from datetime import timedelta

from sqlmodel import col, select

from controller.audit.tables import AuditEntry
from controller.db.engine import reading, writing
from controller.incidents import channel_queries
from controller.incidents.channels import AlertChannels
from controller.incidents.tables import IncidentEntry
from controller.meetings.tables import MeetingAgendaItem
from controller.rehearsals.service import RehearsalDesk
from controller.rehearsals.tables import RequiredPoint
from controller.roles import Role
from tests.integration.controller.centre import Centre
from tests.integration.controller.test_duty import AN, Roster
from tests.integration.controller.test_incidents import MAIL
from tests.integration.controller.test_rehearsals import (
    POINTS,
    asked,
    booked,
    heard,
    pass_by,
    rehearsed,
)


def sent(centre: Centre) -> None:
    """Have every message that waits be delivered."""
    now = centre.web.now()
    with writing(centre.web.state) as session:
        for one in channel_queries.waiting(session).values():
            channel_queries.ended(
                session, one.message_id or 0, channel_queries.SENT, now, problem=""
            )


async def test_a_miss_climbs_the_ladder_until_it_is_taken_and_the_board_says_to_whom(
    sqlite_centre: Centre,
) -> None:
    centre = sqlite_centre
    heard(centre, *POINTS)
    centre.web.part(AlertChannels).add(MAIL, actor="admin")
    roster = Roster(centre)
    roster.add("An", AN)
    office, meeting_id = await booked(centre, timedelta(hours=2))
    board = f"/meetings/{meeting_id}/rehearsals"
    pass_by(centre, timedelta(hours=1, seconds=1))
    rehearsed(centre, failing="p-b", seq=1)
    roster.watch.look()
    assert roster.told() == [("told", AN, "waiting")]
    assert "Tin đang gửi" in (await office.get(board)).text
    sent(centre)
    page = (await office.get(board)).text
    assert "Đã báo, chưa ai nhận" in page and "An " in page
    # Nobody takes it: after ten minutes, since a meeting is near, the next rung is told.
    roster.passes(9)
    assert len(roster.told()) == 1
    roster.passes(1)
    assert roster.told()[1:] == [("step", "channel", "waiting")]
    sent(centre)
    # At the quarter another one fails as well: who was told is told of that one, too.
    pass_by(centre, timedelta(minutes=34))
    rehearsed(centre, failing="p-c", seq=2)
    assert sorted(roster.told()[2:]) == [
        ("joined", AN, "waiting"),
        ("joined", "channel", "waiting"),
    ]
    further = roster.messages()[-1].text
    assert further.startswith("Thêm điểm cầu: ") and "Xã C" in further
    with reading(centre.web.state) as session:
        kinds = session.exec(select(IncidentEntry.kind).order_by(col(IncidentEntry.entry_id))).all()
    assert "joined" in kinds
    data = {"csrf_token": office.csrf_token}
    assert (await office.client.post("/incidents/1/acknowledge", data=data)).is_redirect
    page = (await office.get(board)).text
    assert "Đã có người nhận" in page
    roster.passes(60)
    assert len(roster.told()) == 4
    api = (await office.get(f"/api/v1{board}")).json()
    assert api["incident"] == 1 and api["taken_by"]
    told = {one["point_id"]: [who["how"] for who in one["told"]] for one in api["points"]}
    assert told == {"p-chair": [], "p-b": [], "p-c": ["on_its_way", "on_its_way"]}


async def test_a_point_that_was_asked_for_and_fails_anew_is_told_by_the_board_alone(
    sqlite_centre: Centre,
) -> None:
    centre = sqlite_centre
    heard(centre, *POINTS)
    centre.web.part(AlertChannels).add(MAIL, actor="admin")
    office, meeting_id = await booked(centre, timedelta(hours=2))
    pass_by(centre, timedelta(hours=1, seconds=1))
    rehearsed(centre, failing="p-b", seq=1)
    roster = Roster(centre)
    told = len(roster.told())
    assert (await asked(office, meeting_id)).status_code == 202
    rehearsed(centre, failing="p-c", seq=2)
    assert len(roster.told()) == told
    page = (await office.get(f"/meetings/{meeting_id}/rehearsals", show="all")).text
    assert "Chưa báo ai" in page


async def test_a_meeting_waits_for_the_points_it_requires(centre: Centre) -> None:
    heard(centre, *POINTS)
    office, meeting_id = await booked(centre, timedelta(minutes=59))
    board, data = f"/meetings/{meeting_id}/rehearsals", {"csrf_token": office.csrf_token}
    way, csrf = f"/api/v1{board}/required", {"x-csrf-token": office.csrf_token}
    assert (await asked(office, meeting_id)).status_code == 202
    rehearsed(centre, seq=1)
    # By the page, twice: it is one mark and one line in the audit log.
    for _ in range(2):
        answer = await office.client.post(f"{board}/required", data=data | {"require": "p-c"})
        assert answer.is_redirect
    api = (await office.get(f"/api/v1{board}")).json()
    assert [one["required"] for one in api["points"]] == ["no", "no", "marked"]
    page = (await office.get(board, show="all")).text
    assert "bắt buộc" in page and "Bỏ bắt buộc" in page
    assert (await office.client.delete(f"{way}/p-c", headers=csrf)).status_code == 204
    assert (await office.client.delete(f"{way}/p-c", headers=csrf)).status_code == 204
    missing = await office.client.put(f"{way}/khong-co", headers=csrf)
    assert missing.status_code == 404
    # Whom the agenda names is required by itself.
    with writing(centre.web.state) as session:
        session.add(
            MeetingAgendaItem(
                meeting_id=meeting_id, position=0, title="Thảo luận", minutes=10,
                speaker="Xã B", point_id="p-b",
            )
        )  # fmt: skip
    assert (await asked(office, meeting_id)).status_code == 202
    rehearsed(centre, failing="p-b", seq=2)
    page = (await office.get(board)).text
    assert "Bắt buộc mà chưa sẵn sàng: Xã B." in page
    assert "phát biểu theo chương trình" in page
    with reading(centre.web.state) as session:
        actions = list(session.exec(select(AuditEntry.action).order_by(col(AuditEntry.entry_id))))
        assert session.exec(select(RequiredPoint)).all() == []
    assert (actions.count("require_point"), actions.count("release_point")) == (1, 1)
    viewer = await centre.sign_in(Role.VIEWER)
    assert (await viewer.put(f"{way}/p-c", None)).status_code == 403


async def test_two_who_require_one_point_at_once_make_one_mark(centre: Centre) -> None:
    _, meeting_id = await booked(centre, timedelta(hours=2))
    desk = centre.web.part(RehearsalDesk)

    def require() -> bool:
        return desk.require(meeting_id, "p-b", is_required=True, actor="nga")

    came = await asyncio.gather(*(asyncio.to_thread(require) for _ in range(6)))
    assert sorted(came) == [False] * 5 + [True]
    with reading(centre.web.state) as session:
        assert [one.point_id for one in session.exec(select(RequiredPoint))] == ["p-b"]
