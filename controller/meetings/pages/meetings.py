"""Meetings as a list, and page by page those that lie beyond it."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from fastapi import APIRouter

from controller.errors import BadRequest
from controller.meetings import meeting_queries, series_queries, service
from controller.meetings.attendance import Attendance
from controller.meetings.holds.waiting import stand, waiting_for
from controller.meetings.kinds import HeldAs, MeetingKind
from controller.meetings.list_filter import ListFilter
from controller.meetings.meeting_state import MeetingPhase
from controller.meetings.tables import Meeting, OrderKey
from controller.meetings.views import meetings as view
from controller.meetings.views.meetings import Further, FurtherView, ListFacts, MeetingsView
from controller.places import service as places
from controller.web.elements import Crumb
from controller.web.i18n.language import Language
from controller.web.page_request import PageRequest
from controller.web.registration import live_page

router = APIRouter(include_in_schema=False)

A_PAGE = 100
MAX_ID_CHARS = 40


@live_page(router, "/meetings", "meetings/meetings.html", section="meetings")
def meetings(asked: PageRequest) -> MeetingsView:
    """Return the meetings that are on, to come, and past."""
    state, now, pages = asked.state, asked.now, asked.web.settings.pages
    begins = now - timedelta(days=pages.past_days)
    ends = now + timedelta(days=pages.ahead_days)
    forwarded, wanted = asked.web.part(Attendance).forwarded(), _wanted(asked)
    live = meeting_queries.live(state, forwarded)
    found = {
        one.meeting_id: one
        for one in (
            *(one for one in live if _fits(wanted, one)),
            *meeting_queries.between(state, begins=begins, ends=ends, wanted=wanted),
        )
    }
    further = Further(
        (begins, "")
        if meeting_queries.over(state, by=(begins, ""), count=1, wanted=wanted)
        else None,
        (ends, "")
        if meeting_queries.to_come(state, since=(ends, ""), count=1, wanted=wanted)
        else None,
        wanted,
        _hosts(asked, wanted),
    )
    facts = _said_of(asked, found.values())
    shown = view.view(asked.words, found.values(), facts, pages.past_days, further)
    return replace(shown, approvals=_approvals(asked))


def _approvals(asked: PageRequest) -> str:
    """Return what leads to the rooms that the asker agrees to; empty: they agree to none."""
    waiting = waiting_for(asked.state, asked.person.user_name)
    if waiting is None:
        return ""
    return asked.words.gettext("Rooms to agree to: %(n)s", n=asked.words.number(waiting))


@live_page(router, "/meetings/over", "meetings/meetings_further.html", section="meetings")
def over(asked: PageRequest) -> FurtherView:
    """Return a page of meetings that are over, the latest first."""
    title = asked.words.gettext("Earlier meetings")
    empty = asked.words.gettext("There are no earlier meetings.")
    found = meeting_queries.over(
        asked.state, by=_from(asked), count=A_PAGE + 1, wanted=_wanted(asked)
    )
    return _further(asked, found, view.earlier, title=title, empty=empty)


@live_page(router, "/meetings/later", "meetings/meetings_further.html", section="meetings")
def later(asked: PageRequest) -> FurtherView:
    """Return a page of meetings that are planned for later, the nearest first."""
    title = asked.words.gettext("Later meetings")
    empty = asked.words.gettext("No meeting is planned.")
    found = meeting_queries.to_come(
        asked.state, since=_from(asked), count=A_PAGE + 1, wanted=_wanted(asked)
    )
    return _further(asked, found, view.later, title=title, empty=empty)


def _further(
    asked: PageRequest,
    found: list[Meeting],
    way_on: Callable[[Language, OrderKey | None, ListFilter], Crumb | None],
    *,
    title: str,
    empty: str,
) -> FurtherView:
    """Return a page of what was found, and the way on where that is one more than a page."""
    shown = found[:A_PAGE]
    last = found[-1] if len(found) > A_PAGE else None
    return view.further_view(
        asked.words,
        shown,
        _said_of(asked, shown),
        title=title,
        empty=empty,
        address=_address(asked),
        further=way_on(
            asked.words, (last.begins_at, last.meeting_id) if last else None, _wanted(asked)
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


def _wanted(asked: PageRequest) -> ListFilter:
    """Return which meetings are asked for.

    Raises:
        BadRequest: there is no such type or way of being held, or this names no unit.
    """
    said = asked.request.query_params
    kind, held_as, host = (said.get(name, "") for name in ("kind", "held_as", "host"))
    try:
        if len(host) > MAX_ID_CHARS or not host.isprintable():
            raise ValueError(host)
        return ListFilter(
            MeetingKind(kind) if kind else None, HeldAs(held_as) if held_as else None, host or None
        )
    except ValueError as exc:
        raise BadRequest(
            "invalid_request",
            "Không có loại cuộc họp này, hình thức này hoặc đơn vị này. Chọn trên trang Cuộc họp.",
            "There is no such type, way of being held or unit. Choose on the page of meetings.",
        ) from exc


def _hosts(asked: PageRequest, wanted: ListFilter) -> tuple[tuple[str, str], ...]:
    """Return the units that a list may be asked of: those of now, and the one that is asked of."""
    known = {
        branch.unit.unit_id: branch.unit.name
        for branch in places.as_of(asked.state, asked.now).tree
    }
    if wanted.host_unit_id and wanted.host_unit_id not in known:
        known |= places.unit_names(asked.state, [wanted.host_unit_id])
    return tuple(known.items())


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


def _said_of(asked: PageRequest, found: Iterable[Meeting]) -> ListFacts:
    """Return what a list says of meetings beside what stands in their rows."""
    listed = list(found)
    chairs = places.points_by_id(asked.state, {one.chair_point_id for one in listed})
    return ListFacts(
        point_names={str(point_id): point.name for point_id, point in chairs.items()},
        counts=meeting_queries.participant_counts(asked.state, [one.meeting_id for one in listed]),
        on=_on(asked, listed),
        places=_places(asked, listed),
        rooms=stand(
            asked.state, [one.meeting_id for one in listed if MeetingPhase(one.state).is_told]
        ),
        host_names=places.unit_names(
            asked.state, {one.host_unit_id for one in listed if one.host_unit_id}
        ),
    )


def _fits(wanted: ListFilter, one: Meeting) -> bool:
    return wanted.fits(kind=one.kind, held_as=one.held_as, host_unit_id=one.host_unit_id)
