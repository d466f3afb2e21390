"""Who heard a meeting, as people read it."""

from controller.roles import Role
from tests.integration.controller.centre import Centre
from tests.integration.controller.test_meetings_judged import (
    MINUTE,
    held,
    moves,
    out,
    set_meeting,
    tells,
    watch,
)


async def test_a_figure_opens_down_to_the_minute(centre: Centre) -> None:
    office = await centre.sign_in()
    meeting_id = await set_meeting(office, centre)
    page = (await office.get(f"/meetings/{meeting_id}/heard")).text
    assert "sau khi cuộc họp kết thúc" in page
    began_at = held(centre, meeting_id)
    page = (await office.get(f"/meetings/{meeting_id}")).text
    assert f'href="/meetings/{meeting_id}/heard"' in page
    assert "Chưa có kết luận" in (await office.get(f"/meetings/{meeting_id}/heard/p-b")).text
    tells(centre, meeting_id, "p-chair", began_at)
    tells(centre, meeting_id, "p-b", began_at, m4=5.0, m5=60.0, m6=25.0)
    out(centre, "p-b", began_at + 5 * MINUTE, began_at + 6 * MINUTE, "line")
    moves(centre, meeting_id, "p-c", "joined", began_at - MINUTE)
    watch(centre).look()
    viewer = await centre.sign_in(Role.VIEWER)
    page = (await viewer.get(f"/meetings/{meeting_id}/heard")).text
    assert page.index("heard-p-b") < page.index("heard-p-c") < page.index("heard-p-chair")
    assert "1 trên 2 điểm cầu thông suốt" in page
    assert "tiếng dùng được 17 trên 20 phút · mất dài nhất 1 phút 30 giây" in page
    assert "Đứt đường truyền của nhà mạng" in page
    assert "mất tiếng tối đa 1 phút" in page
    page = (await viewer.get(f"/meetings/{meeting_id}/heard/p-b")).text
    assert '<rect class="strip-bad" x="4" y="0" width="3" height="8">' in page
    assert page.count('<rect class="strip-good" x="') == 2
    part = (await viewer.get(f"/parts/meetings/{meeting_id}/heard/p-b")).text
    assert "heard-strip" in part and "<html" not in part


async def test_of_whoever_was_not_invited_there_is_nothing(centre: Centre) -> None:
    office = await centre.sign_in()
    meeting_id = await set_meeting(office, centre)
    for path in (f"{meeting_id}/heard/p-x", "none/heard", "none/heard/p-b"):
        assert (await office.get(f"/meetings/{path}")).status_code == 404
