"""One meeting is changed: in the form it was set by, with whom that tells; one held, corrected."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData

from contracts.ids import PointId
from controller.db.engine import reading
from controller.errors import RequestError
from controller.health import service as health
from controller.meetings import (
    agenda_queries,
    calendar,
    change_queries,
    event_queries,
    floor_queries,
    meeting_queries,
)
from controller.meetings.acts import OfficeActs
from controller.meetings.calendar import Calendar, MeetingForm, is_correctable
from controller.meetings.guests import service as guests
from controller.meetings.invited import service as invitations
from controller.meetings.meeting_queries import MeetingFacts
from controller.meetings.meeting_state import MeetingPhase
from controller.meetings.pages import booking_groups
from controller.meetings.pages.agenda import typed_agenda
from controller.meetings.pages.booking_clash import clash_of, new_clashes
from controller.meetings.pages.booking_groups import NOTHING_DONE, GroupAct
from controller.meetings.pages.booking_rooms import offered_at, rooms_note
from controller.meetings.prepared.acts import PreparingActs
from controller.meetings.refusals import found, not_changed_now
from controller.meetings.tables import Meeting
from controller.meetings.views import booking as booking_view
from controller.meetings.views import booking_form
from controller.meetings.views import change as view
from controller.meetings.views.booking import BookingOutcome
from controller.meetings.views.booking_form import Entered
from controller.meetings.views.change import ChangeTold, PointsChanged
from controller.meetings.views.free_times import booking_of
from controller.places import service as places
from controller.web.elements import Choice, Crumb
from controller.web.page_request import AskedByOffice, PageRequest, Sent, text_of, texts_of

router = APIRouter(include_in_schema=False)

_OPEN = (MeetingPhase.DRAFT.value, MeetingPhase.SCHEDULED.value)
_CHANGES = frozenset(("meeting_edited", "meeting_corrected"))


@dataclass(frozen=True, slots=True)
class _BeingChanged:
    """A meeting that is being changed: its row, as it is, as the form saw it."""

    row: Meeting
    kept: Entered
    seen: str
    is_over: bool


@router.get("/meetings/{meeting_id}/change")
def show(asked: AskedByOffice) -> Response:
    """Show the form, filled as the meeting is; of one that is on or over, why there is none."""
    one = _changed(asked)
    if one.row.state not in _OPEN and not one.is_over:
        raise not_changed_now(one.row)
    outcome = BookingOutcome(clash=clash_of(asked, one.kept, of=one.row.meeting_id))
    return _form(asked, one, one.kept, outcome)


@router.post("/meetings/{meeting_id}/change")
def change(asked: AskedByOffice, acts: OfficeActs, groups: PreparingActs, form: Sent) -> Response:
    """Change it and lead to its page; else the form again, with what is wrong."""
    one, words = _changed(asked, seen=text_of(form, "seen")), asked.words
    meeting_id = one.row.meeting_id
    try:
        calendar.refuse_unless_normal(text_of(form, "classification"))
    except RequestError as exc:
        is_refused = exc.code == "classification_refused"
        kept = one.kept if is_refused else _entered(form)
        outcome = BookingOutcome(is_refused=is_refused, problem=exc.said_in(words.code))
        return _form(asked, one, kept, outcome, status=422)
    entered = _entered(form)
    if booking_groups.is_asked(form):
        entered, said = booking_groups.done(asked, groups, form, entered)
        outcome = BookingOutcome(clash=clash_of(asked, entered, of=meeting_id))
        return _form(asked, one, entered, outcome, said=said)
    clash = clash_of(asked, entered, of=meeting_id)
    if any(text_of(form, name) for name in ("use_time", "more_items", "show_points")):
        return _form(asked, one, entered, BookingOutcome(clash=clash))
    read = booking_form.read(entered, words, now=asked.now)
    if read.meeting is None:
        outcome = BookingOutcome(errors=read.errors, clash=clash)
        return _form(asked, one, entered, outcome, status=422)
    if not entered.is_clash_accepted and _is_in_the_way(asked, one, entered):
        outcome = BookingOutcome(clash=clash, must_accept=True)
        return _form(asked, one, entered, outcome, status=409)
    try:
        acts.edit(meeting_id, _at_its_hours(one, entered, read.meeting), expected=one.seen)
    except RequestError as exc:
        if exc.code == "changed_meanwhile":
            with reading(asked.web.state) as session:  # the request's own sees what was before
                fresh = replace(asked, state=session)
                return _meanwhile(fresh, entered, BookingOutcome(clash=clash))
        outcome = BookingOutcome(problem=exc.said_in(words.code), clash=clash)
        return _form(asked, one, entered, outcome, status=exc.status)
    return RedirectResponse(f"/meetings/{meeting_id}", status_code=303)


@router.post("/parts/meetings/{meeting_id}/told")
def told(asked: AskedByOffice, form: Sent) -> Response:
    """Show whom a change would tell. Nothing is kept of it."""
    one = _changed(asked, seen=text_of(form, "seen"))
    shown = _told(asked, one, _entered(form))
    return asked.page("meetings/parts/change_told.html", "", told=shown)


def _changed(asked: PageRequest, *, seen: str | None = None) -> _BeingChanged:
    """Return the meeting that the address names; `seen`: as the form saw it, None: as it is."""
    row = found(asked.state, asked.named("meeting_id"))
    invited = meeting_queries.participants(asked.state, row.meeting_id)
    mode = floor_queries.current(asked.state, row.meeting_id).mode
    agenda = agenda_queries.of_meeting(asked.state, row.meeting_id)
    return _BeingChanged(
        row,
        booking_form.as_it_is(row, invited, mode, agenda),
        change_queries.seen(asked.state, row) if seen is None else seen,
        is_correctable(row),
    )


def _entered(form: FormData) -> Entered:
    participants = [one for one in form.getlist("participants") if isinstance(one, str)]
    return booking_form.entered(texts_of(form), participants, typed_agenda(form))


def _at_its_hours(one: _BeingChanged, entered: Entered, read: MeetingForm) -> MeetingForm:
    """Return what was entered; hours that nobody touched stay as they are, to the second."""
    was, now = ((each.date, each.begins, each.minutes) for each in (one.kept, entered))
    if was != now:
        return read
    return replace(read, begins_at=one.row.begins_at, ends_at=one.row.ends_at)


def _is_in_the_way(asked: PageRequest, one: _BeingChanged, entered: Entered) -> bool:
    span = booking_form.span(one.kept) or (one.row.begins_at, one.row.ends_at)
    was = booking_of(*span, one.kept.point_ids, of=one.row.meeting_id)
    return bool(new_clashes(asked, entered, was))


def _told(asked: PageRequest, one: _BeingChanged, entered: Entered) -> ChangeTold:
    """Return whom it tells to save what was entered so far."""
    words, state, row = asked.words, asked.state, one.row
    kept = change_queries.facts_of(state, row)
    wanted = _wanted(asked, one, entered) or kept
    was, now = set(kept.point_ids), set(map(PointId, entered.point_ids))
    is_changed = (wanted.columns(), wanted.agenda, now) != (
        kept.columns(),
        kept.agenda,
        was,
    ) or entered.mode != one.kept.mode
    is_told = MeetingPhase(row.state) is MeetingPhase.SCHEDULED
    would_be = Meeting(**(row.model_dump() | wanted.columns()))
    points = PointsChanged(
        len(was & now), len(now - was), len(was - now), is_told and row.is_joined
    )
    ordered = tuple(map(PointId, entered.point_ids))
    foreseen = (
        invitations.foreseen(state, would_be, ordered, wanted.agenda or (), asked.now)
        if is_told
        else None
    )
    return view.told(words, foreseen, points, is_changed=is_changed)


def _wanted(asked: PageRequest, one: _BeingChanged, entered: Entered) -> MeetingFacts | None:
    """Return what would be kept of what was entered; None: it cannot be kept as it is."""
    read = booking_form.read(entered, asked.words, now=asked.now)
    if read.meeting is None:
        return None
    try:
        form = _at_its_hours(one, entered, read.meeting)
        held = {*one.kept.point_ids, one.row.host_unit_id} if one.is_over else ()
        return asked.web.part(Calendar).checked(asked.state, form, asked.now, held=held)
    except RequestError:
        return None


def _meanwhile(asked: PageRequest, entered: Entered, outcome: BookingOutcome) -> Response:
    """Show the form again as it was typed, beside what somebody else made of the meeting."""
    one, words = _changed(asked), asked.words
    names = places.as_of(asked.state, asked.now).point_names
    units = places.unit_names(asked.state, [one.kept.host_unit_id])
    differs = view.differing(words, entered, one.kept, units, names)
    last = event_queries.newest_move(asked.state, one.row.meeting_id, _CHANGES)
    who = guests.called(asked.state, {event.actor for event in last})
    by = next((who.get(event.actor, event.actor) for event in last), "")
    return _form(asked, one, entered, outcome, status=409, meanwhile=(by, differs))


def _gone(asked: PageRequest, one: _BeingChanged, known: Mapping[str, str]) -> dict[str, str]:
    """Return the points of the meeting that are no more, and what they were called."""
    ids = [point for point in one.kept.point_ids if point not in known]
    return {str(id_): each.name for id_, each in places.points_by_id(asked.state, ids).items()}


def _form(
    asked: PageRequest,
    one: _BeingChanged,
    entered: Entered,
    outcome: BookingOutcome,
    *,
    status: int = 200,
    said: GroupAct = NOTHING_DONE,
    meanwhile: tuple[str, tuple[view.Differs, ...]] | None = None,
) -> Response:
    words, at = asked.words, offered_at(asked, entered)
    known = places.as_of(asked.state, at)
    names, address = known.point_names, f"/meetings/{one.row.meeting_id}"
    shown = booking_view.view(
        words,
        entered,
        known.tree,
        health.point_states(asked.series, known.points, asked.now),
        outcome,
        known.units,
        booking_groups.shown(asked, said, entered.kind, names),
        rooms_note(asked, entered, known, at, one.row),
    )
    heading, gone = view.heading(words, one.row, is_over=one.is_over), _gone(asked, one, names)
    crumbs = (
        Crumb(words.gettext("Meetings"), "/meetings"),
        Crumb(one.row.title, address),
        Crumb(words.gettext("Correct") if one.is_over else words.gettext("Change")),
    )
    shown = replace(shown, is_new=False, action=f"{address}/change", crumbs=crumbs)
    return asked.page(
        "meetings/meeting_change.html",
        "meetings",
        status=status,
        view=_with_gone(asked, shown, gone, entered) if one.is_over else shown,
        can_record=asked.web.settings.recording.folder is not None and not one.is_over,
        change=view.ChangeView(
            meeting_id=one.row.meeting_id,
            heading=heading,
            seen=one.seen,
            told=_told(asked, one, entered),
            who=meanwhile[0] if meanwhile else "",
            meanwhile=meanwhile[1] if meanwhile else None,
            gone=", ".join(gone.values()) if not one.is_over else "",
            is_over=one.is_over,
        ),
    )


def _with_gone(
    asked: PageRequest, shown: booking_view.BookingView, gone: Mapping[str, str], entered: Entered
) -> booking_view.BookingView:
    """Return the form of a meeting that was held: in person, also with points that are no more."""
    chairs = [
        Choice(one, name, is_chosen=one == entered.chair_point_id) for one, name in gone.items()
    ]
    unit = view.gone_unit(asked.words, gone, entered.point_ids)
    return replace(
        shown,
        held_as=tuple(one for one in shown.held_as if one.is_chosen),
        chairs=(*shown.chairs, *chairs),
        units=(*shown.units, unit) if gone else shown.units,
    )
