"""Every meeting is found from the page of meetings, however long ago it was or far it lies."""

import re
from datetime import datetime, timedelta

from contracts.floor import FloorMode
from contracts.ids import MeetingId, PointId
from controller.db.engine import writing
from controller.meetings import meeting_queries
from controller.meetings.meeting_queries import MeetingFacts
from controller.meetings.meeting_state import MeetingPhase
from controller.meetings.pages.meetings import A_PAGE
from tests.integration.controller.centre import Centre, Person

ROW = re.compile(r'data-testid="meeting-(\w+)"')
NEXT = re.compile(r'href="([^"]+)" data-testid="further')


def held(centre: Centre, name: str, begins_at: datetime, phase: MeetingPhase) -> None:
    facts = MeetingFacts(
        title=name,
        document_number="",
        chair_point_id=PointId("p-chair"),
        point_ids=(PointId("p-chair"),),
        begins_at=begins_at,
        ends_at=begins_at + timedelta(hours=1),
        owner="people_committee",
        relay_id="relay-1",
    )
    with writing(centre.web.state) as session:
        meeting_queries.create(
            session,
            MeetingId(name),
            facts,
            phase=phase,
            mode=FloorMode.ONE_MIC,
            actor="office",
            now=begins_at,
        )


async def further(office: Person, path: str) -> list[list[str]]:
    """Follow the way on from a page to its end; return what each page lists."""
    pages: list[list[str]] = []
    while True:
        page = (await office.client.get(path.replace("&amp;", "&"))).text
        pages.append(ROW.findall(page))
        way = NEXT.search(page)
        if way is None or len(pages) > 5:
            return pages
        path = way[1]


async def test_a_meeting_of_long_ago_is_found_page_by_page(centre: Centre) -> None:
    office, now = await centre.sign_in(), centre.time.now()
    for number in range(A_PAGE + 10):
        # Two at a time: a page that ends between them loses neither.
        at = now - timedelta(days=40 + number // 2)
        held(centre, f"old{number}", at, MeetingPhase.ENDED)
    held(centre, "open", now + timedelta(days=1), MeetingPhase.SCHEDULED)
    first, *older = await further(office, "/meetings")
    assert first == ["open"]
    found = {name for page in older for name in page}
    assert found == {f"old{number}" for number in range(A_PAGE + 10)}
    assert older[0][0] in ("old0", "old1")
    assert len(older) == 2


async def test_many_that_begin_at_one_moment_are_all_found(centre: Centre) -> None:
    office, now = await centre.sign_in(), centre.time.now()
    for number in range(2 * A_PAGE + 1):
        held(centre, f"old{number}", now - timedelta(days=40), MeetingPhase.ENDED)
    _, *older = await further(office, "/meetings")
    assert [len(page) for page in older] == [A_PAGE, A_PAGE, 1]
    assert len({name for page in older for name in page}) == 2 * A_PAGE + 1


async def test_a_meeting_that_lies_far_ahead_is_found(sqlite_centre: Centre) -> None:
    office, now = await sqlite_centre.sign_in(), sqlite_centre.time.now()
    held(sqlite_centre, "far", now + timedelta(days=200), MeetingPhase.SCHEDULED)
    assert await further(office, "/meetings") == [[], ["far"]]


async def test_nothing_further_is_promised_where_there_is_nothing(sqlite_centre: Centre) -> None:
    office = await sqlite_centre.sign_in()
    held(sqlite_centre, "now", sqlite_centre.time.now(), MeetingPhase.ENDED)
    assert await further(office, "/meetings") == [["now"]]
    assert (
        "Không có cuộc họp nào trước đó"
        in (await office.get("/meetings/over", **{"from": "2020-01-01T00:00:00+00:00"})).text
    )


async def test_an_address_that_names_no_time_is_refused_with_a_sentence(
    sqlite_centre: Centre,
) -> None:
    office = await sqlite_centre.sign_in()
    for wrong in (
        "soon",
        "2026-13-01",
        "2026-11-01T08:00:00",
        "0001-01-01T00:00:00+14:00",
        "9" * 400,
    ):
        answer = await office.get("/meetings/over", **{"from": wrong})
        assert answer.status_code == 400, wrong
        assert "không đọc được" in answer.text
