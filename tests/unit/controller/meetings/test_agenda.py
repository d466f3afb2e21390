"""Where one is in an agenda, by how much one is behind, and whom its speakers are."""

from datetime import UTC, datetime, timedelta

import pytest

from controller.meetings import agenda
from controller.meetings.agenda import AgendaItem, AgendaPlace

T0 = datetime(2026, 11, 26, 7, tzinfo=UTC)
ITEMS = (
    AgendaItem("Khai mạc", 10),
    AgendaItem("Báo cáo", 20, "xã  B"),
    AgendaItem("Ý kiến", 30),
)


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def began(*at: float | None) -> tuple[AgendaItem, ...]:
    return tuple(
        AgendaItem(one.title, one.minutes, began_at=None if when is None else T0 + minutes(when))
        for one, when in zip(ITEMS, at, strict=True)
    )


def test_items_follow_one_another_from_the_meetings_beginning() -> None:
    hours = agenda.planned(ITEMS, T0)
    assert [(begins - T0, ends - T0) for begins, ends in hours] == [
        (minutes(0), minutes(10)),
        (minutes(10), minutes(30)),
        (minutes(30), minutes(60)),
    ]
    assert agenda.length(ITEMS) == minutes(60)


@pytest.mark.parametrize(
    ("items", "live_at", "now", "index", "lag"),
    [
        (ITEMS, 0, 3, 0, 0),
        (ITEMS, 5, 6, 0, 5),  # begun late
        (ITEMS, 0, 10, 0, 0),
        (ITEMS, 0, 14, 0, 4),  # longer than planned
        (began(None, 14, None), 0, 20, 1, 4),
        (began(None, 14, None), 0, 37, 1, 7),
        (began(None, 6, None), 0, 12, 1, -4),  # ahead, until it takes longer than planned
        (began(None, 6, None), 0, 28, 1, -2),
        (began(None, None, 26), 0, 40, 2, -4),  # one was left out
        (began(None, 14, 33), 0, 200, 2, 140),
    ],
)
def test_one_is_where_the_secretary_came_to_and_behind_by_what_was_late_or_took_longer(
    items: tuple[AgendaItem, ...], live_at: float, now: float, index: int, lag: float
) -> None:
    at = agenda.place(items, T0, live_at=T0 + minutes(live_at), now=T0 + minutes(now))
    assert at == AgendaPlace(index, minutes(lag))


def test_without_items_one_is_nowhere() -> None:
    assert agenda.place((), T0, live_at=T0, now=T0) is None


def test_a_speaker_is_the_point_that_alone_is_called_so() -> None:
    names = {"p-b": "Xã B", "p-c": "Xã C", "p-d": "xã c"}
    items = (*ITEMS, AgendaItem("Trả lời", 5, "Xã C"), AgendaItem("Kết luận", 5, "Ông Hải"))
    found = [one.point_id for one in agenda.with_points(items, names)]
    assert found == [None, "p-b", None, None, None]
