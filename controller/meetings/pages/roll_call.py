"""The roll call: a page to call it on, a sheet to print, and what is done on them."""

from urllib.parse import quote

from fastapi import APIRouter, Response
from starlette.datastructures import FormData

from contracts import numbers
from contracts.errors import MalformedNumber
from contracts.participants import person_named
from controller import spreadsheet
from controller.errors import BadEntry, BadRequest
from controller.meetings.guests import service as guests
from controller.meetings.refusals import found
from controller.meetings.rollcall import roll_queries
from controller.meetings.rollcall.acts import RollActs
from controller.meetings.rollcall.desk import MAX_HEADS, MAX_LATE_MIN, RollDesk, RollWish
from controller.meetings.rollcall.roll import rows_of
from controller.meetings.rollcall.rules import RollState
from controller.meetings.views import roll_call as view
from controller.meetings.views import roll_table
from controller.meetings.views.roll_call import RollCallView, RollFacts
from controller.places import service as places
from controller.roles import Role
from controller.web.download import download
from controller.web.page_request import Asked, PageRequest, Sent, acted, text_of
from controller.web.registration import live_page

router = APIRouter(include_in_schema=False)


@live_page(
    router, "/meetings/{meeting_id}/roll-call", "meetings/roll_call.html", section="meetings"
)
def roll_call(asked: PageRequest) -> RollCallView:
    """Return everybody invited, those of one state where one is asked for."""
    asked_for = asked.request.query_params
    return view.view(
        asked.words,
        asked.now,
        facts_of(asked),
        shown=_shown(asked_for.get("show", "")),
        chosen=asked_for.get("row", ""),
    )


@router.get("/meetings/{meeting_id}/roll-call/sheet")
def sheet(asked: Asked) -> Response:
    """Show it as a sheet to print."""
    shown = view.view(asked.words, asked.now, facts_of(asked), shown=None, chosen="")
    return asked.page("meetings/roll_sheet.html", "meetings", view=shown)


@router.get("/meetings/{meeting_id}/roll-call.xlsx")
def as_xlsx(asked: Asked) -> Response:
    """Return it as a workbook, with when each came in and left."""
    facts = facts_of(asked)
    columns, rows = roll_table.table(asked.words, facts)
    title = asked.words.gettext("Roll call")
    content = spreadsheet.as_xlsx(title, columns, rows, made_at=asked.now)
    return download(content, f"{facts.meeting.meeting_id}-roll-call.xlsx", spreadsheet.XLSX)


@router.post("/meetings/{meeting_id}/roll-call/marks")
def mark(acts: RollActs, meeting_id: str, form: Sent) -> Response:
    """Say how one who is invited stands: by a button of its row, or with a note and a number."""
    acts.mark(meeting_id, [_wish(form)])
    return _back(acts, meeting_id)


@router.post("/meetings/{meeting_id}/roll-call/confirm")
def confirm(acts: RollActs, meeting_id: str) -> Response:
    """Say what is proposed of all whom nobody has called."""
    acts.confirm(meeting_id)
    return _back(acts, meeting_id)


@router.post("/meetings/{meeting_id}/roll-call/undo")
def undo(acts: RollActs, meeting_id: str) -> Response:
    """Take back one's own last act."""
    acts.take_back(meeting_id)
    return _back(acts, meeting_id)


@router.post("/meetings/{meeting_id}/roll-call/close")
def close(acts: RollActs, meeting_id: str) -> Response:
    """Let nothing be changed from now on."""
    acts.close(meeting_id)
    return _back(acts, meeting_id)


@router.post("/meetings/{meeting_id}/roll-call/reopen")
def reopen(acts: RollActs, meeting_id: str, form: Sent) -> Response:
    """Open a closed roll call again."""
    acts.reopen(meeting_id, text_of(form, "reason"))
    return _back(acts, meeting_id)


def facts_of(asked: PageRequest) -> RollFacts:
    """Return a meeting's roll call with everybody's name."""
    meeting = found(asked.state, asked.named("meeting_id"))
    call = roll_queries.get(asked.state, meeting.meeting_id)
    grace = asked.web.part(RollDesk).grace
    rows = rows_of(asked.state, meeting, grace=grace, now=asked.now)
    points = places.points_by_id(
        asked.state, [row.subject for row in rows if person_named(row.subject) is None]
    )
    people = {name for row in rows if (name := person_named(row.subject)) is not None}
    actors = {one.actor for row in rows for one in (row.mark, row.before) if one}
    called = guests.called(
        asked.state,
        people | actors | {call.closed_by, call.reopened_by},
        mark=asked.words.gettext("guest"),
    )
    return RollFacts(
        meeting=meeting,
        call=call,
        rows=rows,
        names={point.point_id: point.name for point in points.values()},
        people=called,
        grace=grace,
        is_office=asked.person.may(Role.OFFICE),
    )


def _back(acts: RollActs, meeting_id: str) -> Response:
    return acted(acts.request, f"/meetings/{quote(meeting_id)}/roll-call")


def _shown(text: str) -> RollState | None:
    try:
        return RollState(text) if text else None
    except ValueError as exc:
        raise _unknown() from exc


def _wish(form: FormData) -> RollWish:
    """Return what was pressed: "STATE SUBJECT" of a row's button, or the fields of the row."""
    state, _, subject = text_of(form, "mark").partition(" ")
    try:
        if subject:
            return RollWish(subject, RollState(state))
        wanted = text_of(form, "state")
        chosen = RollState(wanted) if wanted else None
    except ValueError as exc:
        raise _unknown() from exc
    return RollWish(
        text_of(form, "subject"),
        chosen,
        text_of(form, "detail"),
        _number(text_of(form, "late_min"), MAX_LATE_MIN, "Số phút muộn", "The minutes"),
        _number(text_of(form, "heads"), MAX_HEADS, "Số người", "The number of people"),
    )


def _number(text: str, most: int, name_vi: str, name_en: str) -> int | None:
    if not text.strip():
        return None
    try:
        return numbers.typed_whole(text, most=most)
    except MalformedNumber as exc:
        raise BadEntry(
            f"{name_vi} phải là số từ 0 đến {most}.", f"{name_en} must be from 0 to {most}."
        ) from exc


def _unknown() -> BadRequest:
    return BadRequest(
        "invalid_request",
        "Trang gửi một việc không có. Tải lại trang rồi thử lại.",
        "The page asked for something that does not exist. Reload it and try again.",
    )
