"""The audit log for administrators: who, what, when, from where, and how it ended."""

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import APIRouter, Response

from controller.audit import subjects
from controller.audit.service import COMMAND_LINE, Action, AuditLog, AuditOutcome
from controller.audit.subjects import SubjectNames, SubjectPart
from controller.meetings import service as meetings
from controller.places import service as places
from controller.web.i18n.language import N_, Language
from controller.web.page_request import AskedByAdmin

router = APIRouter(include_in_schema=False)
SHOWN = 200

ACTION_NAMES = {
    Action.SIGN_IN: N_("signed in"),
    Action.SIGN_OUT: N_("signed out"),
    Action.ENROL: N_("a machine enrolled"),
    Action.RENEW: N_("a machine renewed its certificate"),
    Action.REVOKE: N_("revoked a certificate"),
    Action.MAKE_CODE: N_("issued an enrolment code"),
    Action.ADD_UNIT: N_("added a unit"),
    Action.ADD_POINT: N_("added a point"),
    Action.IMPORT_PLACES: N_("imported units and points"),
    Action.ADD_PERSON: N_("added a person"),
    Action.RENAME_PERSON: N_("changed a displayed name"),
    Action.CHANGE_ROLE: N_("changed a role"),
    Action.DISABLE_PERSON: N_("disabled a person"),
    Action.ENABLE_PERSON: N_("enabled a person"),
    Action.CHANGE_PASSWORD: N_("changed a password"),
    Action.SIGN_OUT_EVERYWHERE: N_("signed a person out everywhere"),
    Action.SET_MEETING: N_("set a meeting"),
    Action.CHANGE_MEETING: N_("changed a meeting"),
    Action.END_MEETING: N_("ended a meeting"),
    Action.CANCEL_MEETING: N_("cancelled a meeting"),
    Action.PUT_OUT: N_("put out of a meeting"),
    Action.LET_BACK: N_("let into a meeting again"),
    Action.MOVE_FLOOR: N_("moved the floor"),
}
OUTCOME_NAMES = {
    AuditOutcome.DONE: N_("done"),
    AuditOutcome.REFUSED: N_("refused"),
    AuditOutcome.THROTTLED: N_("slowed down"),
}
_ACTIONS = {action.value: name for action, name in ACTION_NAMES.items()}
_OUTCOMES = {outcome.value: name for outcome, name in OUTCOME_NAMES.items()}


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One entry in words."""

    time: str
    actor: str
    what: str
    subject: tuple[SubjectPart, ...]
    address: str
    outcome: str


@router.get("/audit")
def show(asked: AskedByAdmin, before: int | None = None) -> Response:
    """Show the newest entries, or those before one."""
    entries = asked.web.part(AuditLog).newest(limit=SHOWN, before_id=before)
    words = asked.words
    names = SubjectNames(
        {one.point_id: one.name for one in places.points(asked.state, at=asked.now)},
        meetings.by_ids(asked.state, subjects.meeting_ids(entries)),
    )
    rows = tuple(
        AuditRow(
            time=f"{words.date(one.happened_at)} {words.time_exact(one.happened_at)}",
            actor=words.gettext(N_("command line")) if one.actor == COMMAND_LINE else one.actor,
            what=_named(words, one.action, _ACTIONS),
            subject=subjects.parts(words, one.action, one.subject, one.detail, names),
            address=one.address,
            outcome=_named(words, one.outcome, _OUTCOMES),
        )
        for one in entries
    )
    older = entries[-1].entry_id if len(entries) == SHOWN else None
    return asked.page("audit/audit.html", "audit", rows=rows, older=older)


def _named(words: Language, value: str, names: Mapping[str, str]) -> str:
    return words.gettext(names[value]) if value in names else value
