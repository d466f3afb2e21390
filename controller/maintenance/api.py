"""Declared maintenance for programs: what holds, also as of a time; declare, change, withdraw."""

from datetime import datetime

from fastapi import APIRouter, Request
from pydantic import AwareDatetime

from controller.audit.noting import noted
from controller.audit.service import Action
from controller.db.engine import reading
from controller.dispatch.changes import Changes
from controller.maintenance import service
from controller.maintenance.service import Declared, MaintenanceDesk
from controller.web.deps import Office, StateSession, Viewer, Web, WebParts
from controller.web.schemas import Id, Input, Output, Text
from controller.web.signed_in import SignedIn
from monitoring.judgement.maintenance import Maintenance, Scope
from monitoring.judgement.periods import Period

router = APIRouter(prefix="/api/v1", tags=["maintenance"])


class MaintenanceChange(Input):
    """Its times and reason."""

    begins_at: AwareDatetime
    ends_at: AwareDatetime
    reason: Text

    @property
    def period(self) -> Period:
        """From when until when."""
        return Period(self.begins_at, self.ends_at)


class MaintenanceIn(MaintenanceChange):
    """A new declaration; `subject_id` is the point's or unit's, and left out for all."""

    scope: Scope
    subject_id: Id | None = None


class MaintenanceOut(Output):
    """A declaration as it holds. `made_at`: when it was declared or last changed."""

    maintenance_id: str
    scope: str
    subject_id: str
    begins_at: datetime
    ends_at: datetime
    reason: str
    first_at: datetime
    made_at: datetime
    made_by: str
    is_withdrawn: bool

    @classmethod
    def of(cls, source: object) -> "MaintenanceOut":
        """Return a revision as the API shows it."""
        if not isinstance(source, Maintenance):
            raise TypeError("of a Maintenance")
        return cls(
            maintenance_id=source.maintenance_id,
            scope=source.scope.value,
            subject_id=source.subject_id,
            begins_at=source.period.begins_at,
            ends_at=source.period.ends_at,
            reason=source.reason,
            first_at=source.first_at,
            made_at=source.made_at,
            made_by=source.made_by,
            is_withdrawn=source.is_withdrawn,
        )


@router.get("/maintenance")
def list_maintenance(
    session: StateSession,
    _: Viewer,
    since: AwareDatetime | None = None,
    as_of: AwareDatetime | None = None,
) -> list[MaintenanceOut]:
    """Return what holds and ends after `since`; `as_of`: as it had been declared by then."""
    return [MaintenanceOut.of(one) for one in service.standing(session, since=since, as_of=as_of)]


@router.get("/maintenance/{maintenance_id}")
def list_revisions(session: StateSession, _: Viewer, maintenance_id: str) -> list[MaintenanceOut]:
    """Return every revision of one declaration, the first one first."""
    return [MaintenanceOut.of(one) for one in service.history(session, maintenance_id)]


@router.post("/maintenance", status_code=201)
def declare_maintenance(
    web: WebParts, person: Office, request: Request, form: MaintenanceIn
) -> MaintenanceOut:
    """Declare maintenance of a point, a unit or all, ahead or afterwards."""
    said = Declared(form.scope, form.subject_id or "", form.period, form.reason)
    one = web.part(MaintenanceDesk).declare(said, actor=person.user_name, now=web.now())
    return _done(web, person, request, Action.DECLARE_MAINTENANCE, one)


@router.post("/maintenance/{maintenance_id}/change")
def change_maintenance(
    web: WebParts, person: Office, request: Request, maintenance_id: str, form: MaintenanceChange
) -> MaintenanceOut:
    """Change one that is not over."""
    one = web.part(MaintenanceDesk).change(
        maintenance_id, form.period, form.reason, actor=person.user_name, now=web.now()
    )
    return _done(web, person, request, Action.CHANGE_MAINTENANCE, one)


@router.post("/maintenance/{maintenance_id}/withdraw")
def withdraw_maintenance(
    web: WebParts, person: Office, request: Request, maintenance_id: str
) -> MaintenanceOut:
    """Withdraw one that is not over; its history stays."""
    desk = web.part(MaintenanceDesk)
    one = desk.withdraw(maintenance_id, actor=person.user_name, now=web.now())
    return _done(web, person, request, Action.WITHDRAW_MAINTENANCE, one)


def _done(
    web: Web, person: SignedIn, request: Request, action: Action, one: Maintenance
) -> MaintenanceOut:
    web.part(Changes).note_maintenance(one.maintenance_id)
    with reading(web.state) as session:
        detail = service.in_short(session, one)
    noted(web, request, action, actor=person.user_name, subject=one.maintenance_id, detail=detail)
    return MaintenanceOut.of(one)
