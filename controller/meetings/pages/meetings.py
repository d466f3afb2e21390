"""Meetings as a list, and page by page those that lie beyond it."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

from fastapi import APIRouter

from controller.errors import BadRequest
from controller.meetings import meeting_queries, series_queries, service
from controller.meetings.attendance import Attendance
from controller.meetings.kinds import MeetingKind
from controller.meetings.tables import Meeting, OrderKey
from controller.meetings.views import meetings as view
from controller.meetings.views.meetings import Further, FurtherView, MeetingsView
from controller.places import service as places
from controller.web.elements import Crumb
from controller.web.i18n.language import Language
from controller.web.page_request import PageRequest
from controller.web.registration import live_page

router = APIRouter(include_in_schema=False)

A_PAGE = 100


@live_page(router, "/meetings", "meetings/meetings.html", section="meetings")
def meetings(asked: PageRequest) -> MeetingsView:
    """Return the meetings that are on, to come, and past."""
    state, now, pages = asked.state, asked.now, asked.web.settings.pages
    begins = now - timedelta(days=pages.past_days)
    ends = now + timedelta(days=pages.ahead_days)
    forwarded, kind = asked.web.part(Attendance).forwarded(), _kind(asked)
    live = meeting_queries.live(state, forwarded)
    found = {
        one.meeting_id: one
        for one in (
            *(one for one in live if kind is None or one.kind == kind.value),
            *meeting_queries.between(state, begins=begins, ends=ends, kind=kind),
        )
    }
    further = Further(
        (begins, "") if meeting_queries.over(state, by=(begins, ""), count=1, kind=kind) else None,
        (ends, "")
        if meeting_queries.to_come(state, since=(ends, ""), count=1, kind=kind)
        else None,
        kind,
    )
    names, counts = _said_of(asked, found.values())
    on = _on(asked, found.values())
    return view.view(
        asked.words,
        found.values(),
        names,
        counts,
        on,
        _places(asked, found.values()),
        pages.past_days,
        further,
    )


@live_page(router, "/meetings/over", "meetings/meetings_further.html", section="meetings")
def over(asked: PageRequest) -> FurtherView:
    """Return a page of meetings that are over, the latest first."""
    title = asked.words.gettext("Earlier meetings")
    empty = asked.words.gettext("There are no earlier meetings.")
    found = meeting_queries.over(asked.state, by=_from(asked), count=A_PAGE + 1, kind=_kind(asked))
    return _further(asked, found, view.earlier, title=title, empty=empty)


@live_page(router, "/meetings/later", "meetings/meetings_further.html", section="meetings")
def later(asked: PageRequest) -> FurtherView:
    """Return a page of meetings that are planned for later, the nearest first."""
    title = asked.words.gettext("Later meetings")
    empty = asked.words.gettext("No meeting is planned.")
    found = meeting_queries.to_come(
        asked.state, since=_from(asked), count=A_PAGE + 1, kind=_kind(asked)
    )
    return _further(asked, found, view.later, title=title, empty=empty)


def _further(
    asked: PageRequest,
    found: list[Meeting],
    way_on: Callable[[Language, OrderKey | None, MeetingKind | None], Crumb | None],
    *,
    title: str,
    empty: str,
) -> FurtherView:
    """Return a page of what was found, and the way on where that is one more than a page."""
    shown = found[:A_PAGE]
    names, counts = _said_of(asked, shown)
    last = found[-1] if len(found) > A_PAGE else None
    return view.further_view(
        asked.words,
        shown,
        names,
        counts,
        _on(asked, shown),
        _places(asked, shown),
        title=title,
        empty=empty,
        address=_address(asked),
        further=way_on(
            asked.words, (last.begins_at, last.meeting_id) if last else None, _kind(asked)
        ),
    )


def _on(asked: PageRequest, found: Iterable[Meeting]) -> set[str]:
    """Return which meetings are on, begun by our clock or not."""
    forwarded = asked.web.part(Attendance).forwarded()
    return {one.meeting_id for one in found if service.is_on(one, forwarded)}


def _places(asked: PageRequest, found: Iterable[Meeting]) -> dict[str, tuple[int, int]]:
    """Return which of how many dates each meeting of a series is."""
    return series_queries.places(asked.state, {one.series_id for one in found if one.series_id})


def _address(asked: PageRequest) -> str:
    url = asked.request.url
    return f"{url.path.removeprefix('/parts')}?{url.query}" if url.query else url.path


def _kind(asked: PageRequest) -> MeetingKind | None:
    """Return of which type meetings are asked for; None: of every type."""
    text = asked.request.query_params.get("kind", "")
    try:
        return MeetingKind(text) if text else None
    except ValueError as exc:
        raise BadRequest(
            "invalid_request",
            "Không có loại cuộc họp này. Chọn loại trên trang Cuộc họp.",
            "There is no such type of meeting. Choose one on the page of meetings.",
        ) from exc


def _from(asked: PageRequest) -> OrderKey:
    """Return from which place on the page is asked for; without a word, from now."""
    asked_for = asked.request.query_params
    text, meeting_id = asked_for.get("from", ""), asked_for.get("id", "")
    if not text:
        return asked.now, ""
    try:
        at = datetime.fromisoformat(text)
        if at.tzinfo is None or not meeting_id.isprintable():
            raise ValueError(text)
        return at.astimezone(UTC), meeting_id
    except (ValueError, OverflowError) as exc:
        raise BadRequest(
            "invalid_request",
            "Địa chỉ trang có thời điểm không đọc được. Mở lại từ trang Cuộc họp.",
            "The page's address names no readable time. Open it from the page of meetings.",
        ) from exc


def _said_of(asked: PageRequest, found: Iterable[Meeting]) -> tuple[dict[str, str], dict[str, int]]:
    """Return the names of the chairs' points, and how many points each meeting has."""
    listed = list(found)
    chairs = places.points_by_id(asked.state, {one.chair_point_id for one in listed})
    names = {str(point_id): point.name for point_id, point in chairs.items()}
    return names, meeting_queries.participant_counts(
        asked.state, [one.meeting_id for one in listed]
    )
