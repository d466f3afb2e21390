"""Series of meetings: made, shown, and their dates moved, cancelled and had back."""

from fastapi import APIRouter

from controller.meetings import series, series_queries
from controller.meetings.acts import OfficeActs
from controller.meetings.api_meetings import Judged, form_of
from controller.meetings.recurrence import BadRule, rule_of
from controller.meetings.schemas import MeetingIn, MeetingOut
from controller.meetings.series import SeriesForm
from controller.meetings.series_changes import DateFacts
from controller.meetings.series_schemas import (
    DateCancelIn,
    DateChangeIn,
    DateMoveIn,
    DateRestoreIn,
    SeriesIn,
    SeriesOut,
)
from controller.meetings.tables import MeetingSeries
from controller.web.deps import StateSession, Viewer

router = APIRouter(prefix="/api/v1/series", tags=["series"])


@router.post("", status_code=201)
def make_series(acts: OfficeActs, session: StateSession, _: Judged, form: SeriesIn) -> SeriesOut:
    """Make a series: a meeting for each of its dates, all or none."""
    try:
        rule = rule_of(form.rule)
    except BadRule as exc:
        raise series.refused(exc) from exc
    fields = form.model_dump(exclude={"rule", "holidays"})
    meeting = form_of(MeetingIn.model_validate(fields))
    series_id = acts.create_series(SeriesForm(meeting, rule, form.holidays))
    return _shown(session, series.found_series(session, series_id))


@router.get("/{series_id}")
def one_series(session: StateSession, _: Viewer, series_id: str) -> SeriesOut:
    """Return a series with all its meetings."""
    return _shown(session, series.found_series(session, series_id))


@router.post("/dates/{meeting_id}/move")
def move(acts: OfficeActs, session: StateSession, meeting_id: str, form: DateMoveIn) -> SeriesOut:
    """Move a date, or it and all later ones; refused where points are taken, unless accepted."""
    wanted = (form.begins_at, form.ends_at)
    series_id = acts.move_dates(
        meeting_id, wanted, form.scope, is_clash_accepted=form.is_clash_accepted
    )
    return _shown(session, series.found_series(session, series_id))


@router.put("/dates/{meeting_id}")
def change(
    acts: OfficeActs, session: StateSession, _: Judged, meeting_id: str, form: DateChangeIn
) -> SeriesOut:
    """Change what a date, or it and all later ones, is about and who is invited."""
    fields = form.model_dump(exclude={"classification", "scope", "is_clash_accepted", "point_ids"})
    wanted = DateFacts(**fields, point_ids=tuple(form.point_ids))
    series_id = acts.change_dates(
        meeting_id, wanted, form.scope, is_clash_accepted=form.is_clash_accepted
    )
    return _shown(session, series.found_series(session, series_id))


@router.post("/dates/{meeting_id}/cancel")
def cancel(
    acts: OfficeActs, session: StateSession, meeting_id: str, form: DateCancelIn
) -> SeriesOut:
    """Cancel a date, or it and all later ones."""
    series_id = acts.cancel_dates(meeting_id, form.scope)
    return _shown(session, series.found_series(session, series_id))


@router.post("/{series_id}/restore")
def restore(
    acts: OfficeActs, session: StateSession, series_id: str, form: DateRestoreIn
) -> SeriesOut:
    """Have a date back that was skipped or cancelled."""
    acts.restore_date(series_id, form.series_at)
    return _shown(session, series.found_series(session, series_id))


def _shown(session: StateSession, row: MeetingSeries) -> SeriesOut:
    meetings = series_queries.dates(session, row.series_id)
    return SeriesOut(
        series_id=row.series_id,
        rule=row.rule,
        first_at=row.first_at,
        holidays=row.holidays,
        skipped=series.skipped_of(row),
        meetings=[MeetingOut.of(one) for one in meetings],
    )
