"""What stands on the wall: clusters, rows, pages, and what is said in place of rows."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from controller.health.service import Cause, PointSaid
from controller.health.states import PointState
from controller.incidents.service import OpenIncident
from controller.places.service import Point, Unit
from controller.places.tree import branches
from controller.wall import board, view
from controller.wall.board import Cluster, WallTrouble
from controller.wall.view import Province
from controller.web.i18n.catalogue import chosen
from monitoring.judgement.coincidence import Reach

NOW = datetime(2026, 11, 26, 6, 18, tzinfo=UTC)
WORDS = chosen("vi")
UP, DOWN, DEGRADED, UNKNOWN = (
    PointState.UP, PointState.DOWN, PointState.DEGRADED, PointState.UNKNOWN,
)  # fmt: skip


def unit(unit_id: str, parent_id: str | None) -> Unit:
    return Unit(unit_id=unit_id, parent_id=parent_id, name=unit_id, owner="", valid_from=NOW)


def point(point_id: str, unit_id: str = "a") -> Point:
    return Point(
        point_id=point_id, unit_id=unit_id, name=point_id, number=1, owner="", valid_from=NOW
    )


def said(
    point_id: str,
    state: PointState = DOWN,
    minutes: int = 5,
    *,
    unit_id: str = "a",
    meeting_in: int | None = None,
) -> PointSaid:
    return PointSaid(
        point(point_id, unit_id),
        state,
        None if state is UP else Cause("Đứt cáp", "nhà mạng", "Báo nhà mạng"),
        NOW - timedelta(minutes=minutes),
        NOW + timedelta(minutes=meeting_in) if meeting_in is not None else None,
    )


def incident(
    *points: str, number: int = 1, reach: Reach = Reach.UNIT, who: str = ""
) -> OpenIncident:
    return OpenIncident(number, reach, "a", frozenset(points), who)


def names(rows: Sequence[WallTrouble]) -> list[list[str]]:
    return [[one.point.point_id for one in row.points] for row in rows]


def test_a_cluster_is_a_unit_below_the_top_with_all_that_is_under_it() -> None:
    units = [unit("top", None), unit("a", "top"), unit("deep", "a"), unit("b", "top")]
    points = [point("p1", "deep"), point("p2", "a"), point("p3", "top"), point("p4", "gone")]
    states = {one.point_id: said(one.point_id, UP, unit_id=one.unit_id) for one in points}
    found = board.clusters(branches(units, points), states)
    assert [(one.unit_id, len(one.points)) for one in found] == [("top", 1), ("a", 2)]


def test_the_worst_come_first_then_the_nearest_meeting_then_the_longest() -> None:
    points = [
        said("long", minutes=300),
        said("speaks", minutes=5, meeting_in=40),
        said("flaps", DEGRADED),
        said("short", minutes=1),
        said("fine", UP),
    ]
    assert names(board.troubles(points, [])) == [["speaks"], ["long"], ["short"], ["flaps"]]


def test_points_of_one_incident_are_one_row_and_each_point_is_in_one() -> None:
    points = [said(one) for one in "abcd"] + [said("e", DEGRADED), said("f", UP)]
    found = board.troubles(
        points,
        [incident("a", "b", "c", "e", "f", who="Nguyễn Văn Bình"), incident("c", "d", number=2)],
    )
    assert names(found) == [["a", "b", "c"], ["d"], ["e"]]
    assert found[0].acknowledged_by == "Nguyễn Văn Bình"


def test_pages_hold_what_has_room_and_what_has_no_page_is_counted() -> None:
    assert board.pages([], [], room=10, most=2) == ([], 0)
    assert board.pages("abc", [5, 5, 5], room=10, most=2) == ([["a", "b"], ["c"]], 0)
    assert board.pages("abcde", [5] * 5, room=10, most=2) == ([["a", "b"], ["c", "d"]], 1)
    assert board.pages("ab", [50, 50], room=10, most=9) == ([["a"], ["b"]], 0)


def province(points: Sequence[PointSaid], *, blind_since: datetime | None = None) -> Province:
    by_unit: dict[str, list[PointSaid]] = {}
    for one in points:
        by_unit.setdefault(one.point.unit_id, []).append(one)
    clusters = [
        Cluster(key, f"Khu vực {key}", tuple(sorted(own, key=lambda one: one.state is UP)))
        for key, own in by_unit.items()
    ]
    return Province(clusters, board.troubles(points, []), "Tỉnh Phú Thọ", blind_since)


def test_all_well_is_said_as_a_result() -> None:
    shown = view.view(WORDS, NOW, province([said("p", UP), said("q", UP)]), [])
    assert shown.notice is not None
    assert (shown.notice.key, shown.notice.title) == ("well", "Tất cả 2 điểm cầu đều tốt")
    assert (shown.row_pages, shown.cluster_pages) == ((), ())
    assert (shown.rest_title, shown.rest) == ("1 cụm: 2 điểm cầu, tất cả tốt", (2,))


def test_a_blind_centre_names_nobody() -> None:
    since = NOW - timedelta(minutes=12)
    shown = view.view(WORDS, NOW, province([said("p", UNKNOWN)], blind_since=since), [])
    assert shown.notice is not None
    assert shown.notice.title == "Trung tâm không nhìn thấy"
    assert "12 phút" in shown.notice.text and "không kết luận gì" in shown.notice.text
    assert (shown.row_pages, shown.cluster_pages) == ((), ())
    assert shown.rest_title == ""


def test_only_wrong_points_are_named_and_the_rest_are_ticks_by_cluster() -> None:
    points = [
        said("p", DOWN),
        said("q", UP),
        said("r", UP, unit_id="b"),
        said("s", UP, unit_id="b"),
    ]
    shown = view.view(WORDS, NOW, province(points), [])
    assert [[row.name for row in page] for page in shown.row_pages] == [["p"]]
    assert [(one.name, len(one.marks)) for one in shown.cluster_pages[0]] == [("Khu vực a", 2)]
    assert shown.rest_title == "1 cụm còn lại: 2 điểm cầu, tất cả tốt"
    assert shown.rest == (2,)


def test_above_three_hundred_points_ticks_become_counts() -> None:
    points = [said(f"p{n}", UP, unit_id=str(n // 60)) for n in range(300)]
    assert view.view(WORDS, NOW, province([*points[1:], said("x", unit_id="0")]), []).rest
    shown = view.view(WORDS, NOW, province([*points, said("x", unit_id="0")]), [])
    (row,) = shown.cluster_pages[0]
    assert row.marks == ()
    assert [(one.key, one.shown) for one in row.counts] == [("down", "1"), ("up", "60")]
    assert shown.rest == ()
    assert shown.rest_title == "4 cụm còn lại: 240 điểm cầu, tất cả tốt"


def test_a_country_that_is_down_is_ten_pages_and_a_count() -> None:
    points = [said(f"p{n}", unit_id=str(n // 100)) for n in range(3321)]
    shown = view.view(WORDS, NOW, province(points), [])
    assert len(shown.row_pages) == view.MOST_PAGES
    named = sum(len(page) for page in shown.row_pages)
    assert shown.more == f"còn {WORDS.number(3321 - named)} việc nữa: xem trang Tổng quan"


@pytest.mark.parametrize("most", [10, 24])
def test_a_text_that_is_too_long_is_cut_between_words(most: int) -> None:
    assert view.shortened("Xã Nghĩa Tâm", 12) == "Xã Nghĩa Tâm"
    cut = view.shortened("Uỷ ban nhân dân xã Nghĩa Phương Thượng", most)
    assert len(cut) <= most and cut.endswith("…")
    assert view.shortened("X" * 40, most) == "X" * (most - 1) + "…"
