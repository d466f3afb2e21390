"""The duty roster: for everybody, its shifts for the office, people and ladder for admins."""

from datetime import timedelta

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from contracts import numbers
from contracts.errors import MalformedNumber
from contracts.local_days import day_of
from controller.audit.noting import noted
from controller.audit.service import Action
from controller.dispatch.changes import Changes
from controller.errors import NotFound, RequestError
from controller.incidents import channel_queries
from controller.incidents.duty import duty_queries, duty_view, roster, service
from controller.incidents.duty.duty_entered import (
    MemberEntered,
    RungEntered,
    ShiftEntered,
    SwapEntered,
)
from controller.incidents.duty.duty_view import DUTY, LADDER, DutyView, Roster
from controller.incidents.duty.ladder import RUNGS
from controller.incidents.duty.service import Duty, PolicyEntered
from controller.incidents.duty.tables import DutyPerson
from controller.places import service as places
from controller.web.i18n.collation import vietnamese
from controller.web.page_request import (
    Asked,
    AskedByAdmin,
    AskedByOffice,
    PageRequest,
    Sent,
    text_of,
    texts_of,
)

router = APIRouter(include_in_schema=False)
AHEAD = timedelta(days=7)
_MAX_ID = 2**31 - 1


@router.get(DUTY)
def duty(asked: Asked) -> Response:
    """Show who is on duty."""
    return asked.page("incidents/duty.html", "incidents", view=_view(asked))


@router.get(f"/parts{DUTY}")
def duty_part(asked: Asked) -> Response:
    """Show what of the page changes."""
    return asked.page("incidents/parts/duty.html", "incidents", view=_view(asked))


@router.post(f"{DUTY}/shifts")
def add_shift(asked: AskedByOffice, form: Sent) -> Response:
    """Add a shift of each week."""
    days = tuple(one for one in form.getlist("day") if isinstance(one, str))
    who, begins, ends = (text_of(form, name) for name in ("person", "begins", "ends"))
    try:
        name = asked.web.part(Duty).add_shift(who, days, begins, ends)
    except RequestError as exc:
        return _again(asked, exc, ShiftEntered(who, days, begins, ends))
    return _done(asked, name)


@router.post(f"{DUTY}/shifts/{{shift_id}}/remove")
def remove_shift(asked: AskedByOffice) -> Response:
    """Remove a shift."""
    try:
        shift_id = numbers.whole(asked.named("shift_id"), least=1, most=_MAX_ID)
    except MalformedNumber as exc:
        raise NotFound("ca trực", "shift") from exc
    return _done(asked, asked.web.part(Duty).remove_shift(shift_id))


@router.post(f"{DUTY}/swaps")
def add_swap(asked: AskedByOffice, form: Sent) -> Response:
    """Have somebody take another's shifts of a date."""
    day, out_id, in_id = (text_of(form, name) for name in ("date", "out", "in"))
    try:
        name = asked.web.part(Duty).add_swap(day, out_id, in_id)
    except RequestError as exc:
        return _again(asked, exc, SwapEntered(day, out_id, in_id))
    return _done(asked, name)


@router.post(f"{DUTY}/swaps/{{on_date}}/{{out_id}}/remove")
def remove_swap(asked: AskedByOffice) -> Response:
    """Undo a swap."""
    who = asked.web.part(Duty).remove_swap(asked.named("on_date"), asked.named("out_id"))
    return _done(asked, who)


@router.get(f"{DUTY}/people/new")
def new_person(asked: AskedByAdmin) -> Response:
    """Return the form of somebody new."""
    return _person_form(asked, None, MemberEntered())


@router.post(f"{DUTY}/people")
def add_person(asked: AskedByAdmin, form: Sent) -> Response:
    """Add somebody."""
    return _save(asked, None, texts_of(form))


@router.get(f"{DUTY}/people/{{person_id}}")
def person(asked: AskedByAdmin) -> Response:
    """Return the form of somebody."""
    row = _person(asked)
    return _person_form(asked, row, duty_view.kept_of(row))


@router.post(f"{DUTY}/people/{{person_id}}")
def change_person(asked: AskedByAdmin, form: Sent) -> Response:
    """Change somebody."""
    return _save(asked, _person(asked), texts_of(form))


@router.post(f"{DUTY}/people/{{person_id}}/remove")
def remove_person(asked: AskedByAdmin) -> Response:
    """Remove somebody with their shifts."""
    return _done(asked, asked.web.part(Duty).remove_person(_person(asked).person_id))


@router.get(LADDER)
def ladder(asked: AskedByAdmin) -> Response:
    """Return the form of the ladder that counts."""
    rungs = duty_view.rungs_kept(duty_queries.ladder(asked.state))
    policy = duty_view.policy_kept(duty_queries.policy(asked.state))
    return _ladder_form(asked, rungs, policy)


@router.post(LADDER)
def set_ladder(asked: AskedByAdmin, form: Sent) -> Response:
    """Set the ladder, and what counts for all."""
    rungs = [
        RungEntered(
            text_of(form, f"target{position}"),
            (
                text_of(form, f"high{position}"),
                text_of(form, f"normal{position}"),
                text_of(form, f"low{position}"),
            ),
        )
        for position in range(1, RUNGS + 1)
    ]
    policy = PolicyEntered(text_of(form, "ahead"), text_of(form, "wakes"))
    try:
        asked.web.part(Duty).set_ladder(rungs, policy, seen=text_of(form, "seen"))
    except RequestError as exc:
        return _ladder_form(asked, rungs, policy, exc.said_in(asked.words.code), status=422)
    _note(asked, Action.SET_LADDER, "")
    return RedirectResponse(DUTY, status_code=303)


def _view(
    asked: PageRequest, problem: str = "", typed: ShiftEntered | SwapEntered | None = None
) -> DutyView:
    state, now = asked.state, asked.now
    people = duty_queries.people(state)
    spans = duty_queries.duty_between(state, now, now + AHEAD)
    branches = {one.person_id: one.unit_id for one in people}
    shifts = duty_queries.shifts(state)
    missing = roster.gaps(spans, branches, begins_at=now, ends_at=now + AHEAD) if shifts else []
    today = day_of(now)
    what = Roster(
        people,
        shifts,
        duty_queries.swaps(state, since=today),
        spans,
        missing,
        _channels(asked),
        _units(asked),
    )
    return duty_view.duty_view(asked.words, now, what, problem, typed)


def _channels(asked: PageRequest) -> dict[str, str]:
    return {one.channel_id: one.name for one in channel_queries.of_people(asked.state)}


def _units(asked: PageRequest) -> dict[str, str]:
    found = places.units(asked.state, at=asked.now)
    return {one.unit_id: one.name for one in sorted(found, key=lambda one: vietnamese(one.name))}


def _again(asked: PageRequest, exc: RequestError, typed: ShiftEntered | SwapEntered) -> Response:
    view = _view(asked, exc.said_in(asked.words.code), typed)
    return asked.page("incidents/duty.html", "incidents", status=422, view=view)


def _person(asked: PageRequest) -> DutyPerson:
    row = asked.state.get(DutyPerson, asked.named("person_id"))
    if row is None:
        raise NotFound("người trực", "person")
    return row


def _save(asked: PageRequest, row: DutyPerson | None, fields: dict[str, str]) -> Response:
    names = (
        "name", "channel_id", "address", "unit_id", "quiet_from", "quiet_until", "quiet_lets",
    )  # fmt: skip
    typed = MemberEntered(**{name: fields[name].strip() for name in names if name in fields})
    try:
        name = asked.web.part(Duty).save_person(row.person_id if row else "", typed)
    except RequestError as exc:
        return _person_form(asked, row, typed.again(exc.said_in(asked.words.code)), status=422)
    return _done(asked, name)


def _person_form(
    asked: PageRequest, row: DutyPerson | None, typed: MemberEntered, *, status: int = 200
) -> Response:
    view = duty_view.person_form(asked.words, row, typed, _channels(asked), _units(asked))
    return asked.page("incidents/duty_person.html", "incidents", status=status, view=view)


def _ladder_form(
    asked: PageRequest,
    rungs: list[RungEntered],
    policy: PolicyEntered,
    problem: str = "",
    *,
    status: int = 200,
) -> Response:
    targets = service.targets(asked.state)
    seen = duty_queries.ladder_mark(asked.state)
    view = duty_view.ladder_form(asked.words, rungs, policy, targets, RUNGS, seen, problem)
    return asked.page("incidents/ladder.html", "incidents", status=status, view=view)


def _done(asked: PageRequest, name: str) -> Response:
    _note(asked, Action.CHANGE_DUTY, name)
    return RedirectResponse(DUTY, status_code=303)


def _note(asked: PageRequest, action: Action, subject: str) -> None:
    asked.web.part(Changes).note_incident(0)
    noted(asked.web, asked.request, action, actor=asked.person.user_name, subject=subject)
