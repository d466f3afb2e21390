"""A series' own page: all its dates."""

from fastapi import APIRouter

from controller.meetings import series, series_queries
from controller.meetings.recurrence import HolidayChoice, rule_of
from controller.meetings.views import series as view
from controller.meetings.views.series import SeriesView
from controller.roles import Role
from controller.web.page_request import PageRequest
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
