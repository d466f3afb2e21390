"""Maintenance for people: the list, declaring it, one with its history, changing, withdrawing."""

from datetime import datetime, timedelta

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from contracts.local_days import ZONE
from controller.audit.noting import noted
from controller.audit.service import Action
from controller.dispatch.changes import Changes
from controller.errors import BadEntry, NotFound, RequestError
from controller.maintenance import panel, service
from controller.maintenance.panel import MaintenanceEntered, MaintenanceFormView
from controller.maintenance.service import Declared, MaintenanceDesk
from controller.places import service as places
from controller.web.elements import Crumb
from controller.web.page_request import Asked, AskedByOffice, PageRequest, Sent, text_of
from monitoring.judgement.maintenance import Maintenance, Scope
from monitoring.judgement.periods import Period

router = APIRouter(include_in_schema=False)
USUALLY = timedelta(hours=2)


@router.get("/maintenance")
def listed(asked: Asked) -> Response:
    """Show what is on, to come, and was lately."""
    shown = panel.of_subject(asked, Scope.ALL, "")
    return asked.page("maintenance/list.html", "points", maintenance=shown)


@router.get(panel.NEW)
def new(asked: AskedByOffice) -> Response:
    """Return the form that declares maintenance of a point, a unit or all."""
    scope, subject_id = _subject(dict(asked.request.query_params))
    begins = asked.now.astimezone(ZONE).replace(second=0, microsecond=0)
    typed = MaintenanceEntered(panel.typed(begins), panel.typed(begins + USUALLY))
    return _form(asked, scope, subject_id, typed)


@router.post("/maintenance")
def declare(asked: AskedByOffice, form: Sent) -> Response:
    """Declare maintenance; what is wrong is said in its form."""
    scope, subject_id = _subject({text_of(form, "scope"): text_of(form, "subject_id") or "1"})
    typed = _typed(form)
    try:
        said = Declared(scope, subject_id, _period(typed), typed.reason)
        desk = asked.web.part(MaintenanceDesk)
        one = desk.declare(said, actor=asked.person.user_name, now=asked.now)
    except BadEntry as exc:
        return _form(asked, scope, subject_id, _wrong(asked, typed, exc), status=422)
    _note(asked, Action.DECLARE_MAINTENANCE, one)
    return RedirectResponse(f"/maintenance/{one.maintenance_id}", status_code=303)


@router.get("/maintenance/{maintenance_id}")
def shown(asked: Asked) -> Response:
    """Show one with its history."""
    return _page(asked)


@router.post("/maintenance/{maintenance_id}/change")
def change(asked: AskedByOffice, form: Sent) -> Response:
    """Change one that is not over; what is wrong is said in its form."""
    name, typed = asked.named("maintenance_id"), _typed(form)
    try:
        one = asked.web.part(MaintenanceDesk).change(
            name, _period(typed), typed.reason, actor=asked.person.user_name, now=asked.now
        )
    except BadEntry as exc:
        return _page(asked, _wrong(asked, typed, exc), status=422)
    _note(asked, Action.CHANGE_MAINTENANCE, one)
    return RedirectResponse(f"/maintenance/{name}", status_code=303)


@router.post("/maintenance/{maintenance_id}/withdraw")
def withdraw(asked: AskedByOffice) -> Response:
    """Withdraw one that is not over."""
    name = asked.named("maintenance_id")
    desk = asked.web.part(MaintenanceDesk)
    one = desk.withdraw(name, actor=asked.person.user_name, now=asked.now)
    _note(asked, Action.WITHDRAW_MAINTENANCE, one)
    return RedirectResponse(f"/maintenance/{name}", status_code=303)


def _page(
    asked: PageRequest, typed: MaintenanceEntered | None = None, *, status: int = 200
) -> Response:
    kept = service.history(asked.state, asked.named("maintenance_id"))
    revisions = service.signed(asked.state, kept)
    last = revisions[-1]
    count = service.count_of(asked.state, last.scope, last.subject_id, asked.now)
    names = service.subject_names(asked.state, [last])
    view = panel.view(asked.words, asked.now, revisions, names, count, typed)
    return asked.page("maintenance/maintenance.html", "points", status=status, view=view)


def _form(
    asked: PageRequest,
    scope: Scope,
    subject_id: str,
    typed: MaintenanceEntered,
    *,
    status: int = 200,
) -> Response:
    words = asked.words
    if scope is Scope.POINT:
        point = places.point(asked.state, subject_id, at=asked.now)
        name = point.name if point else ""
    elif scope is Scope.UNIT:
        name = places.unit_names(asked.state, [subject_id]).get(subject_id, "")
    else:
        name = words.gettext("All points")
    if not name:
        raise NotFound("điểm cầu hoặc đơn vị", "point or unit")
    back = panel.place_of(scope, subject_id)
    view = MaintenanceFormView(
        crumbs=(Crumb(name, back), Crumb(words.gettext("Declare maintenance"))),
        title=words.gettext("Maintenance: %(name)s", name=name),
        address="/maintenance",
        scope=scope.value,
        subject_id=subject_id,
        consequence=panel.consequence(
            words, service.count_of(asked.state, scope, subject_id, asked.now)
        ),
        back=back,
        form=typed,
    )
    return asked.page("maintenance/new.html", "points", status=status, view=view)


def _subject(named: dict[str, str]) -> tuple[Scope, str]:
    for scope in Scope:
        if named.get(scope.value):
            return scope, "" if scope is Scope.ALL else named[scope.value]
    raise NotFound("điểm cầu hoặc đơn vị", "point or unit")


def _typed(form: Sent) -> MaintenanceEntered:
    return MaintenanceEntered(
        text_of(form, "begins"), text_of(form, "ends"), text_of(form, "reason")
    )


def _wrong(asked: PageRequest, typed: MaintenanceEntered, exc: RequestError) -> MaintenanceEntered:
    problem = exc.said_in(asked.words.code)
    return MaintenanceEntered(typed.begins, typed.ends, typed.reason, problem)


def _period(typed: MaintenanceEntered) -> Period:
    return Period(_instant(typed.begins), _instant(typed.ends))


def _instant(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
        return found if found.tzinfo else found.replace(tzinfo=ZONE)
    except ValueError as exc:
        raise BadEntry(
            "Nhập ngày và giờ bắt đầu, kết thúc.", "Enter the day and time of begin and end."
        ) from exc


def _note(asked: PageRequest, action: Action, one: Maintenance) -> None:
    asked.web.part(Changes).note_maintenance(one.maintenance_id)
    noted(
        asked.web,
        asked.request,
        action,
        actor=asked.person.user_name,
        subject=one.maintenance_id,
        detail=service.in_short(asked.state, one),
    )
