"""The audit log for administrators: who, what, when, from where, and how it ended."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Response

from contracts import numbers
from contracts.errors import MalformedNumber
from controller.audit import search, subjects
from controller.audit.search import Search
from controller.audit.service import COMMAND_LINE, Action, AuditLog, AuditOutcome
from controller.audit.subjects import SubjectNames, SubjectPart
from controller.audit.tables import AuditEntry
from controller.meetings import service as meetings
from controller.people import accounts
from controller.places import service as places
from controller.web.i18n.collation import vietnamese
from controller.web.i18n.language import N_, Language
from controller.web.page_request import AskedByAdmin, PageRequest
from controller.web.schemas import MOST_ROW_NUMBER

router = APIRouter(include_in_schema=False)
SHOWN = 50

ACTION_NAMES = {
    Action.SIGN_IN: N_("signed in"),
    Action.SIGN_OUT: N_("signed out"),
    Action.ENROL: N_("a machine enrolled"),
    Action.RENEW: N_("a machine renewed its certificate"),
    Action.REVOKE: N_("revoked a certificate"),
    Action.MAKE_CODE: N_("issued an enrolment code"),
    Action.ADD_UNIT: N_("added a unit"),
    Action.ADD_POINT: N_("added a point"),
    Action.CHANGE_POINT: N_("changed a point"),
    Action.CHANGE_TREE: N_("changed the tree of units"),
    Action.TAKE_BACK_TREE_CHANGE: N_("took back a change of the tree"),
    Action.SEND_INVITATIONS: N_("sent invitations"),
    Action.MAKE_CALENDAR_LINK: N_("made a unit's calendar link"),
    Action.REVOKE_CALENDAR_LINK: N_("withdrew a unit's calendar link"),
    Action.SEND_LETTER_AGAIN: N_("sent a letter again"),
    Action.TRY_MAIL: N_("had waiting mail tried"),
    Action.SET_MAIL_SERVER: N_("set the mail server"),
    Action.ADD_CONTACT: N_("added a contact"),
    Action.CHANGE_CONTACT: N_("changed a contact"),
    Action.REMOVE_CONTACT: N_("removed a contact"),
    Action.ADD_DEVICE: N_("added a device"),
    Action.CHANGE_DEVICE: N_("changed a device"),
    Action.REMOVE_DEVICE: N_("removed a device"),
    Action.NOTE_BATTERY: N_("noted that a battery was replaced"),
    Action.TAKE_BACK_BATTERY: N_("took back that a battery was replaced"),
    Action.ACKNOWLEDGE_INCIDENT: N_("took care of an incident"),
    Action.NOTE_INCIDENT: N_("noted something of an incident"),
    Action.ADD_CHANNEL: N_("added a channel"),
    Action.CHANGE_CHANNEL: N_("changed a channel"),
    Action.REMOVE_CHANNEL: N_("removed a channel"),
    Action.TRY_CHANNEL: N_("tried a channel"),
    Action.CHANGE_TEXT: N_("changed what alerts say"),
    Action.SET_THRESHOLDS: N_("set thresholds"),
    Action.CHANGE_MAILBOX: N_("changed the mailbox of answers"),
    Action.DECLARE_MAINTENANCE: N_("declared maintenance"),
    Action.CHANGE_MAINTENANCE: N_("changed maintenance"),
    Action.WITHDRAW_MAINTENANCE: N_("withdrew maintenance"),
    Action.ADD_CARRIER: N_("added a carrier"),
    Action.CHANGE_CARRIER: N_("changed a carrier"),
    Action.REMOVE_CARRIER: N_("removed a carrier"),
    Action.RESTORE_CARRIER: N_("had a removed carrier back"),
    Action.ADD_CONTRACT: N_("added a contract"),
    Action.CHANGE_CONTRACT: N_("changed a contract"),
    Action.WITHDRAW_CONTRACT: N_("withdrew a contract"),
    Action.IMPORT_CONTRACTS: N_("imported contracts"),
    Action.ASK_LINE_TEST: N_("had a line tested"),
    Action.STOP_LINE_TEST: N_("stopped the test of a line"),
    Action.ASK_REHEARSAL: N_("had points rehearsed"),
    Action.REQUIRE_POINT: N_("required a point for a meeting"),
    Action.RELEASE_POINT: N_("required a point for a meeting no more"),
    Action.NOTE_OUTAGE: N_("noted an outage with a carrier"),
    Action.ISSUE_EVIDENCE: N_("issued evidence for a carrier"),
    Action.CHANGE_DUTY: N_("changed the duty roster"),
    Action.SET_LADDER: N_("set who is told next"),
    Action.IMPORT_PLACES: N_("imported units and points"),
    Action.LINK_IDENTITY: N_("came from the provider of identities for the first time"),
    Action.ALLOW_IDENTITY: N_("let a person come from the provider of identities"),
    Action.FORGET_IDENTITY: N_("undid a person's link to the provider of identities"),
    Action.ADD_PERSON: N_("added a person"),
    Action.RENAME_PERSON: N_("changed a displayed name"),
    Action.CHANGE_ROLE: N_("changed a role"),
    Action.CHANGE_BRANCHES: N_("changed the branches of a person"),
    Action.DISABLE_PERSON: N_("disabled a person"),
    Action.ENABLE_PERSON: N_("enabled a person"),
    Action.CHANGE_PASSWORD: N_("changed a password"),
    Action.SIGN_OUT_EVERYWHERE: N_("signed a person out everywhere"),
    Action.SET_MEETING: N_("set a meeting"),
    Action.CHANGE_MEETING: N_("changed a meeting"),
    Action.CORRECT_MEETING: N_("corrected a meeting that is over"),
    Action.END_MEETING: N_("ended a meeting"),
    Action.CANCEL_MEETING: N_("cancelled a meeting"),
    Action.RESTORE_MEETING: N_("had a cancelled meeting back"),
    Action.ADD_GROUP: N_("saved a group of points"),
    Action.CHANGE_GROUP: N_("changed a group of points"),
    Action.REMOVE_GROUP: N_("deleted a group of points"),
    Action.ADD_TEMPLATE: N_("saved a template of meetings"),
    Action.CHANGE_TEMPLATE: N_("changed a template of meetings"),
    Action.REMOVE_TEMPLATE: N_("deleted a template of meetings"),
    Action.PUT_OUT: N_("put out of a meeting"),
    Action.LET_BACK: N_("let into a meeting again"),
    Action.MOVE_FLOOR: N_("moved the floor"),
    Action.MOVE_AGENDA: N_("went on to an item of the agenda"),
    Action.NOTE_REQUEST: N_("noted who asks for the floor"),
    Action.DROP_REQUEST: N_("took somebody out of the queue for the floor"),
    Action.RESTORE_REQUEST: N_("put somebody back into the queue for the floor"),
    Action.SET_SPEECH_TIME: N_("set the time of a speech"),
    Action.HAND_OVER_CHAIR: N_("handed a meeting over to a deputy"),
    Action.TAKE_CHAIR_BACK: N_("let the chair lead a meeting again"),
    Action.AGREE_ROOMS: N_("agreed to rooms of a meeting"),
    Action.REFUSE_ROOMS: N_("did not agree to rooms of a meeting"),
    Action.TAKE_ROOMS_BACK: N_("took rooms of a meeting back"),
    Action.REINSTATE_ROOMS: N_("agreed after all to rooms of a meeting"),
    Action.ASK_ROOMS_AGAIN: N_("asked for rooms of a meeting again"),
    Action.SET_OWNER_ROLE: N_("said for which owner somebody acts"),
    Action.REMOVE_OWNER_ROLE: N_("had somebody act for an owner no more"),
    Action.LOCK_MEETING: N_("locked a meeting"),
    Action.UNLOCK_MEETING: N_("unlocked a meeting"),
    Action.ADMIT: N_("let somebody into a locked meeting"),
    Action.SEND_MESSAGE: N_("wrote on the screens of points"),
    Action.TAKE_BACK_MESSAGE: N_("took a message from the screens of points"),
    Action.CALL_ROLL: N_("called the roll"),
    Action.CLOSE_ROLL: N_("closed a roll call"),
    Action.REOPEN_ROLL: N_("opened a roll call again"),
    Action.WRITE_MINUTES: N_("wrote minutes of a meeting"),
    Action.LOCK_MINUTES: N_("locked minutes of a meeting"),
    Action.UNLOCK_MINUTES: N_("unlocked minutes of a meeting"),
    Action.TAKE_SIGNED_MINUTES: N_("took signed minutes back"),
    Action.ADD_TASK: N_("noted a task of a meeting"),
    Action.CHANGE_TASK: N_("changed a task of a meeting"),
    Action.FINISH_TASK: N_("said that a task is done"),
    Action.REOPEN_TASK: N_("said that a task is not done"),
    Action.REMOVE_TASK: N_("took a task out"),
    Action.ADD_HANDOUT: N_("brought a file of a meeting"),
    Action.REMOVE_HANDOUT: N_("deleted a file of a meeting"),
    Action.RESTORE_HANDOUT: N_("had a file of a meeting back"),
    Action.OPEN_RECORDING: N_("opened a recording"),
    Action.DELETE_RECORDING: N_("deleted a recording"),
    Action.SHARE: N_("shared a screen"),
    Action.MAKE_GUEST_LINK: N_("made a guest's link"),
    Action.RENEW_GUEST_LINK: N_("made a guest's link anew"),
    Action.WITHDRAW_GUEST_LINK: N_("withdrew a guest's link"),
    Action.RESTORE_GUEST_LINK: N_("let a guest's link in again"),
    Action.OPEN_GUEST_LINK: N_("opened a guest's link"),
    Action.MAKE_WALL_LINK: N_("made a wall screen's link"),
    Action.RENEW_WALL_LINK: N_("made a wall screen's link anew"),
    Action.REMOVE_WALL_LINK: N_("took a wall screen's link back"),
    Action.OPEN_WALL_LINK: N_("opened a wall screen's link"),
    Action.ARRANGE_MAP: N_("put something elsewhere on the map"),
    Action.TAKE_TEMPLATE: N_("changed the template of a paper"),
    Action.USE_BUILT_IN_TEMPLATE: N_("went back to the built-in template of a paper"),
}
OUTCOME_NAMES = {
    AuditOutcome.DONE: N_("done"),
    AuditOutcome.FAILED: N_("not done, it failed"),
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
    account: str
    what: str
    subject: tuple[SubjectPart, ...]
    address: str
    outcome: str


@dataclass(frozen=True, slots=True)
class KindChoice:
    """One kind of entry in the list."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class AuditView:
    """All the page shows. `older`, `newest`: addresses, empty where there is nothing there."""

    rows: tuple[AuditRow, ...]
    search: Search
    kinds: tuple[KindChoice, ...]
    point_names: tuple[str, ...]
    has_too_many_points: bool
    older: str
    newest: str


@router.get("/audit")
def show(
    asked: AskedByAdmin, who: str = "", kind: str = "", day: str = "", before: str = ""
) -> Response:
    """Show the newest entries of what is looked for, or those before one."""
    names = {one.point_id: one.name for one in places.points(asked.state, at=asked.now)}
    sought, before_id = search.typed(who, kind, day), _entry_id(before)
    points = search.named(sought.who, names)
    people = search.named(sought.who, accounts.all_display_names(asked.state))
    entries = asked.web.part(AuditLog).newest(
        limit=SHOWN + 1, before_id=before_id, wanted=search.wanted(sought, points, people)
    )
    shown, words = entries[:SHOWN], asked.words
    view = AuditView(
        rows=_rows(asked, shown, names),
        search=sought,
        kinds=tuple(
            KindChoice(action.value, words.gettext(name)) for action, name in ACTION_NAMES.items()
        ),
        point_names=tuple(sorted(names.values(), key=vietnamese)),
        has_too_many_points=len(points) > search.MAX_POINTS,
        older=sought.address(shown[-1].entry_id) if len(entries) > SHOWN else "",
        newest=sought.address() if before_id is not None else "",
    )
    return asked.page("audit/audit.html", "audit", view=view)


def _rows(
    asked: PageRequest, entries: Sequence[AuditEntry], point_names: Mapping[str, str]
) -> tuple[AuditRow, ...]:
    words = asked.words
    names = SubjectNames(
        point_names,
        meetings.by_ids(asked.state, subjects.meeting_ids(entries)),
        {one.unit_id: one.name for one in places.units(asked.state, at=asked.now)},
    )
    people = accounts.display_names(asked.state, (one.actor for one in entries))
    return tuple(
        AuditRow(
            time=f"{words.date(one.happened_at)} {words.time_exact(one.happened_at)}",
            actor=words.gettext(N_("command line"))
            if one.actor == COMMAND_LINE
            else people.get(one.actor, one.actor),
            account=one.actor if one.actor in people else "",
            what=_named(words, one.action, _ACTIONS),
            subject=subjects.parts(words, one.action, one.subject, one.detail, names),
            address=one.address,
            outcome=_named(words, one.outcome, _OUTCOMES),
        )
        for one in entries
    )


def _entry_id(shown: str) -> int | None:
    try:
        return numbers.whole(shown, least=1, most=MOST_ROW_NUMBER)
    except MalformedNumber:
        return None


def _named(words: Language, value: str, names: Mapping[str, str]) -> str:
    return words.gettext(names[value]) if value in names else value
