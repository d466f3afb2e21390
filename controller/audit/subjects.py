"""What an entry of the audit log is about: names and links in place of ids."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from contracts.floor_request import FloorAction
from controller.audit.service import Action
from controller.audit.tables import AuditEntry
from controller.meetings.rollcall.rules import CONFIRMED, TAKEN_BACK, RollState
from controller.meetings.service import Meeting
from controller.roles import Role
from controller.web.i18n.language import N_, Language

_PLACES = frozenset(
    action.value
    for action in (
        *(Action.ENROL, Action.RENEW, Action.REVOKE, Action.MAKE_CODE),
        *(Action.ADD_POINT, Action.CHANGE_POINT),
        *(Action.ADD_CONTACT, Action.CHANGE_CONTACT, Action.REMOVE_CONTACT),
        *(Action.ADD_DEVICE, Action.CHANGE_DEVICE, Action.REMOVE_DEVICE),
        *(Action.NOTE_BATTERY, Action.TAKE_BACK_BATTERY),
        *(Action.ASK_LINE_TEST, Action.STOP_LINE_TEST),
    )
)
MEETINGS = frozenset(
    action.value
    for action in (
        *(Action.SET_MEETING, Action.CHANGE_MEETING, Action.CORRECT_MEETING),
        *(Action.END_MEETING, Action.CANCEL_MEETING, Action.RESTORE_MEETING),
        *(Action.AGREE_ROOMS, Action.REFUSE_ROOMS, Action.TAKE_ROOMS_BACK, Action.ASK_ROOMS_AGAIN),
        Action.REINSTATE_ROOMS,
        *(Action.SEND_INVITATIONS, Action.SEND_LETTER_AGAIN),
        *(Action.OPEN_RECORDING, Action.DELETE_RECORDING),
        *(Action.PUT_OUT, Action.LET_BACK, Action.MOVE_FLOOR, Action.SHARE),
        Action.MOVE_AGENDA,
        *(Action.NOTE_REQUEST, Action.DROP_REQUEST, Action.RESTORE_REQUEST),
        *(Action.SET_SPEECH_TIME, Action.SEND_MESSAGE, Action.TAKE_BACK_MESSAGE),
        *(Action.CALL_ROLL, Action.CLOSE_ROLL, Action.REOPEN_ROLL, Action.ASK_REHEARSAL),
        *(Action.REQUIRE_POINT, Action.RELEASE_POINT),
        *(Action.WRITE_MINUTES, Action.LOCK_MINUTES, Action.UNLOCK_MINUTES),
        Action.TAKE_SIGNED_MINUTES,
        *(Action.LOCK_MEETING, Action.UNLOCK_MEETING, Action.ADMIT),
        *(Action.HAND_OVER_CHAIR, Action.TAKE_CHAIR_BACK),
        *(Action.TAKE_SIGNED_MINUTES, Action.ADD_TASK, Action.CHANGE_TASK),
        *(Action.FINISH_TASK, Action.REOPEN_TASK, Action.REMOVE_TASK),
        *(Action.ADD_HANDOUT, Action.REMOVE_HANDOUT, Action.RESTORE_HANDOUT),
        *(Action.MAKE_GUEST_LINK, Action.RENEW_GUEST_LINK, Action.OPEN_GUEST_LINK),
        *(Action.WITHDRAW_GUEST_LINK, Action.RESTORE_GUEST_LINK),
    )
)
_UNITS = frozenset(
    action.value
    for action in (
        *(Action.MAKE_CALENDAR_LINK, Action.REVOKE_CALENDAR_LINK),
        *(Action.ADD_UNIT, Action.ADD_CONTACT, Action.CHANGE_CONTACT, Action.REMOVE_CONTACT),
    )
)
_INCIDENTS = frozenset((Action.ACKNOWLEDGE_INCIDENT.value, Action.NOTE_INCIDENT.value))
_MAINTENANCE = frozenset(
    action.value
    for action in (
        Action.DECLARE_MAINTENANCE,
        Action.CHANGE_MAINTENANCE,
        Action.WITHDRAW_MAINTENANCE,
    )
)
_CARRIERS = frozenset(
    action.value
    for action in (
        *(Action.ADD_CARRIER, Action.CHANGE_CARRIER, Action.REMOVE_CARRIER),
        *(Action.RESTORE_CARRIER, Action.ISSUE_EVIDENCE),
    )
)
_CONTRACTS = frozenset(
    action.value
    for action in (
        *(Action.ADD_CONTRACT, Action.CHANGE_CONTRACT, Action.WITHDRAW_CONTRACT),
        Action.NOTE_OUTAGE,
    )
)
_GROUPS = frozenset((Action.ADD_GROUP.value, Action.CHANGE_GROUP.value))
_TEMPLATES = frozenset((Action.ADD_TEMPLATE.value, Action.CHANGE_TEMPLATE.value))
_REFUSALS = {
    "code_unknown": N_("no such code"),
    "code_used": N_("the code was used before"),
    "code_expired": N_("the code had expired"),
    "code_burnt": N_("the code was locked after too many failed tries"),
    "bad_signing_request": N_("the signing request could not be read"),
    "invalid_request": N_("the request could not be read"),
    "renewal_not_proved": N_("the machine did not prove that the certificate is its own"),
    "certificate_ended": N_("the certificate had ended"),
    "certificate_revoked": N_("the certificate had been revoked or replaced"),
    "certificate_unknown": N_("the centre does not know the certificate"),
    "not_due": N_("the certificate was not due yet"),
}
_SIGN_INS = {
    "provider_down": N_("the provider of identities did not answer"),
    "provider_declined": N_("the provider of identities said no"),
    "provider_setup": N_("the provider of identities is not set up rightly"),
    "attempt_lost": N_("the answer belonged to no try of this browser"),
    "not_believed": N_("the provider's word was not believed"),
    "person_unknown": N_("nobody of that name has an account"),
    "person_waiting": N_("the account waits for an administrator"),
    "person_disabled": N_("the account is disabled"),
    "person_not_allowed": N_("an administrator's account that was not allowed to come so"),
    "another_identity": N_("the account is another identity's"),
}
_DETAILS = (
    _REFUSALS
    | _SIGN_INS
    | {
        FloorAction.GRANT.value: N_("invited to speak"),
        FloorAction.WITHDRAW.value: N_("floor withdrawn"),
        FloorAction.WITHDRAW_ALL.value: N_("every floor withdrawn"),
        FloorAction.MODE.value: N_("mode changed"),
        FloorAction.MUTE.value: N_("microphone turned off"),
        FloorAction.MUTE_ALL.value: N_("all microphones turned off"),
        FloorAction.UNMUTE.value: N_("microphone turned on"),
        FloorAction.STAGE.value: N_("main picture changed"),
        FloorAction.UNDO.value: N_("last move undone"),
        RollState.UNCALLED.value: N_("not called"),
        RollState.PRESENT.value: N_("present"),
        RollState.LATE.value: N_("late"),
        RollState.SUBSTITUTE.value: N_("substitute"),
        RollState.ABSENT.value: N_("absent"),
        CONFIRMED: N_("proposals confirmed"),
        TAKEN_BACK: N_("last act taken back"),
        Role.VIEWER.value: N_("Viewer"),
        Role.OFFICE.value: N_("Office"),
        Role.ADMIN.value: N_("Administrator"),
    }
)


@dataclass(frozen=True, slots=True)
class SubjectPart:
    """A name, and the page that is about it; `href` empty: there is none."""

    text: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class SubjectNames:
    """What points are called, and meetings of those who are spoken of, and units; by their ids."""

    points: Mapping[str, str]
    meetings: Mapping[str, Meeting]
    units: Mapping[str, str] = field(default_factory=dict)


def meeting_ids(entries: Iterable[AuditEntry]) -> set[str]:
    """Return the meetings that entries are about."""
    subjects = (one.subject.split() for one in entries if one.action in MEETINGS)
    return {ids[0] for ids in subjects if ids}


def parts(
    words: Language, action: str, subject: str, detail: str, names: SubjectNames
) -> tuple[SubjectPart, ...]:
    """Return an entry's subject and detail for people; an id that nothing has is shown as it is."""
    ids = subject.split() if action in MEETINGS else [subject]
    found = [_part(words, action, index, one, names) for index, one in enumerate(ids) if one]
    if detail:
        found.append(SubjectPart(words.gettext(_DETAILS[detail]) if detail in _DETAILS else detail))
    return tuple(found)


def _part(words: Language, action: str, index: int, one: str, names: SubjectNames) -> SubjectPart:
    if action in MEETINGS and index == 0:
        known = names.meetings.get(one)
        text = (
            f"{known.title}, {words.time(known.begins_at)} {words.date(known.begins_at)}"
            if known
            else one
        )
        return SubjectPart(text, f"/meetings/{one}")
    if action in _PLACES | MEETINGS and one in names.points:
        return SubjectPart(names.points[one], f"/points/{one}")
    if action in _INCIDENTS and one.isdecimal():
        return SubjectPart(one, f"/incidents/{one}")
    if action in _MAINTENANCE:
        return SubjectPart(words.gettext("Maintenance"), f"/maintenance/{one}")
    if action in _CARRIERS:
        return SubjectPart(words.gettext("Carrier"), f"/carriers/{one}")
    if action in _CONTRACTS:
        return SubjectPart(words.gettext("Contract"), f"/carriers/contracts/{one}")
    if action in _GROUPS:
        return SubjectPart(words.gettext("Group of points"), f"/meetings/groups/{one}")
    if action in _TEMPLATES:
        return SubjectPart(words.gettext("Template of meetings"), f"/meetings/templates/{one}")
    if action == Action.SET_THRESHOLDS.value:
        return SubjectPart(words.gettext("Change %(n)s", n=one), "/thresholds")
    if action in _UNITS and one in names.units:
        return SubjectPart(names.units[one], "/points")
    return SubjectPart(one)
