"""A series' own page: all its dates, and what is done with them."""

from dataclasses import replace
from datetime import datetime, timedelta

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData

from contracts import numbers
from contracts.errors import MalformedNumber
from controller.errors import BadEntry
from controller.meetings import series, series_queries
from controller.meetings.acts import OfficeActs
from controller.meetings.recurrence import HolidayChoice, rule_of
from controller.meetings.series_dates import DatesMeant
from controller.meetings.views import series as view
from controller.meetings.views.booking_form import DURATIONS_MIN, entered, span
from controller.meetings.views.series import SeriesView
from controller.roles import Role
from controller.web.page_request import PageRequest, Sent, text_of, texts_of
from controller.web.registration import live_page

router = APIRouter(include_in_schema=False)


@live_page(router, "/series/{series_id}", "meetings/series.html", section="meetings")
def shown(asked: PageRequest) -> SeriesView:
    """Return a series with all its dates."""
    row = series.found_series(asked.state, asked.named("series_id"))
    return view.view(
        asked.words,
        row.series_id,
        rule_of(row.rule),
        HolidayChoice(row.holidays),
        series_queries.dates(asked.state, row.series_id),
        series.skipped_of(row),
        series_queries.places(asked.state, [row.series_id]),
        now=asked.now,
        is_office=asked.person.may(Role.OFFICE),
    )


@router.post("/series/dates/{meeting_id}/move")
def move(acts: OfficeActs, meeting_id: str, form: Sent) -> Response:
    """Move a date, or it and all later ones."""
    wanted = _times(form)
    is_accepted = text_of(form, "accept_clash") == "1"
    series_id = acts.move_dates(meeting_id, wanted, _scope(form), is_clash_accepted=is_accepted)
    return _to(series_id)


@router.post("/series/dates/{meeting_id}/cancel")
def cancel(acts: OfficeActs, meeting_id: str, form: Sent) -> Response:
    """Cancel a date, or it and all later ones."""
    return _to(acts.cancel_dates(meeting_id, _scope(form)))


@router.post("/series/{series_id}/restore")
def restore(acts: OfficeActs, series_id: str, form: Sent) -> Response:
    """Have a date back that was skipped or cancelled."""
    try:
        series_at = datetime.fromisoformat(text_of(form, "series_at"))
    except ValueError as exc:
        raise BadEntry("Trang gửi ngày không đọc được. Tải lại trang.", "No such date.") from exc
    if series_at.tzinfo is None:
        raise BadEntry("Trang gửi ngày không đọc được. Tải lại trang.", "No such date.")
    acts.restore_date(series_id, series_at)
    return _to(series_id)


def _times(form: FormData) -> tuple[datetime, datetime]:
    """Return when a date is to be: the length of a meeting is kept, whatever the form offers."""
    times = span(replace(entered(texts_of(form), ()), minutes=str(DURATIONS_MIN[0])))
    try:
        minutes = numbers.whole(text_of(form, "minutes"), least=1, most=24 * 60)
    except MalformedNumber:
        times = None
    if times is None:
        raise BadEntry("Nhập ngày và giờ bắt đầu.", "Enter the day and the hour it begins.")
    return times[0], times[0] + timedelta(minutes=minutes)


def _scope(form: FormData) -> DatesMeant:
    return DatesMeant.LATER if text_of(form, "scope") == DatesMeant.LATER.value else DatesMeant.ONLY


def _to(series_id: str) -> Response:
    return RedirectResponse(f"/series/{series_id}", status_code=303)
