"""Writing the audit log. What cannot be written is logged, and stops nobody's work."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

import structlog
from sqlalchemy import Engine

from controller.audit import audit_queries
from controller.audit.audit_queries import EntryFilter
from controller.audit.tables import AuditEntry
from controller.db.engine import reading, writing
from controller.errors import StorageError, UnstorableValue
from runtime.limits import KeyedBuckets, TokenBucket

_log = structlog.get_logger()

COMMAND_LINE = "command line"
EVERYTHING = EntryFilter()


class Action(Enum):
    """What is written down; kept as its value."""

    SIGN_IN = "sign_in"
    SIGN_OUT = "sign_out"
    ENROL = "enrol"
    RENEW = "renew"
    REVOKE = "revoke"
    MAKE_CODE = "make_code"
    ADD_UNIT = "add_unit"
    ADD_POINT = "add_point"
    CHANGE_POINT = "change_point"
    CHANGE_TREE = "change_tree"
    TAKE_BACK_TREE_CHANGE = "take_back_tree_change"
    SEND_INVITATIONS = "send_invitations"
    MAKE_CALENDAR_LINK = "make_calendar_link"
    REVOKE_CALENDAR_LINK = "revoke_calendar_link"
    SEND_LETTER_AGAIN = "send_letter_again"
    TRY_MAIL = "try_mail"
    SET_MAIL_SERVER = "set_mail_server"
    ADD_CONTACT = "add_contact"
    CHANGE_CONTACT = "change_contact"
    REMOVE_CONTACT = "remove_contact"
    ADD_DEVICE = "add_device"
    CHANGE_DEVICE = "change_device"
    REMOVE_DEVICE = "remove_device"
    NOTE_BATTERY = "note_battery"
    TAKE_BACK_BATTERY = "take_back_battery"
    ACKNOWLEDGE_INCIDENT = "acknowledge_incident"
    NOTE_INCIDENT = "note_incident"
    ADD_CHANNEL = "add_channel"
    CHANGE_CHANNEL = "change_channel"
    REMOVE_CHANNEL = "remove_channel"
    TRY_CHANNEL = "try_channel"
    CHANGE_TEXT = "change_text"
    SET_THRESHOLDS = "set_thresholds"
    CHANGE_MAILBOX = "change_mailbox"
    DECLARE_MAINTENANCE = "declare_maintenance"
    CHANGE_MAINTENANCE = "change_maintenance"
    WITHDRAW_MAINTENANCE = "withdraw_maintenance"
    ADD_CARRIER = "add_carrier"
    CHANGE_CARRIER = "change_carrier"
    REMOVE_CARRIER = "remove_carrier"
    RESTORE_CARRIER = "restore_carrier"
    ADD_CONTRACT = "add_contract"
    CHANGE_CONTRACT = "change_contract"
    WITHDRAW_CONTRACT = "withdraw_contract"
    IMPORT_CONTRACTS = "import_contracts"
    ASK_LINE_TEST = "ask_line_test"
    STOP_LINE_TEST = "stop_line_test"
    ASK_REHEARSAL = "ask_rehearsal"
    REQUIRE_POINT = "require_point"
    RELEASE_POINT = "release_point"
    NOTE_OUTAGE = "note_outage"
    ISSUE_EVIDENCE = "issue_evidence"
    CHANGE_DUTY = "change_duty"
    SET_LADDER = "set_ladder"
    IMPORT_PLACES = "import_places"
    LINK_IDENTITY = "link_identity"
    ALLOW_IDENTITY = "allow_identity"
    FORGET_IDENTITY = "forget_identity"
    ADD_PERSON = "add_person"
    RENAME_PERSON = "rename_person"
    CHANGE_ROLE = "change_role"
    CHANGE_BRANCHES = "change_branches"
    DISABLE_PERSON = "disable_person"
    ENABLE_PERSON = "enable_person"
    CHANGE_PASSWORD = "change_password"  # noqa: S105 - the name of an act
    SIGN_OUT_EVERYWHERE = "sign_out_everywhere"
    SET_MEETING = "set_meeting"
    CHANGE_MEETING = "change_meeting"
    CORRECT_MEETING = "correct_meeting"
    END_MEETING = "end_meeting"
    CANCEL_MEETING = "cancel_meeting"
    RESTORE_MEETING = "restore_meeting"
    AGREE_ROOMS = "agree_rooms"
    REFUSE_ROOMS = "refuse_rooms"
    TAKE_ROOMS_BACK = "take_rooms_back"
    REINSTATE_ROOMS = "reinstate_rooms"
    ASK_ROOMS_AGAIN = "ask_rooms_again"
    SET_OWNER_ROLE = "set_owner_role"
    REMOVE_OWNER_ROLE = "remove_owner_role"
    ADD_GROUP = "add_group"
    CHANGE_GROUP = "change_group"
    REMOVE_GROUP = "remove_group"
    ADD_TEMPLATE = "add_template"
    CHANGE_TEMPLATE = "change_template"
    REMOVE_TEMPLATE = "remove_template"
    PUT_OUT = "put_out"
    LET_BACK = "let_back"
    MOVE_FLOOR = "move_floor"
    MOVE_AGENDA = "move_agenda"
    NOTE_REQUEST = "note_request"
    DROP_REQUEST = "drop_request"
    RESTORE_REQUEST = "restore_request"
    SET_SPEECH_TIME = "set_speech_time"
    HAND_OVER_CHAIR = "hand_over_chair"
    TAKE_CHAIR_BACK = "take_chair_back"
    LOCK_MEETING = "lock_meeting"
    UNLOCK_MEETING = "unlock_meeting"
    ADMIT = "admit"
    SEND_MESSAGE = "send_message"
    TAKE_BACK_MESSAGE = "take_back_message"
    CALL_ROLL = "call_roll"
    CLOSE_ROLL = "close_roll"
    REOPEN_ROLL = "reopen_roll"
    WRITE_MINUTES = "write_minutes"
    LOCK_MINUTES = "lock_minutes"
    UNLOCK_MINUTES = "unlock_minutes"
    TAKE_SIGNED_MINUTES = "take_signed_minutes"
    ADD_TASK = "add_task"
    CHANGE_TASK = "change_task"
    FINISH_TASK = "finish_task"
    REOPEN_TASK = "reopen_task"
    REMOVE_TASK = "remove_task"
    ADD_HANDOUT = "add_handout"
    REMOVE_HANDOUT = "remove_handout"
    RESTORE_HANDOUT = "restore_handout"
    OPEN_RECORDING = "open_recording"
    DELETE_RECORDING = "delete_recording"
    SHARE = "share"
    MAKE_GUEST_LINK = "make_guest_link"
    RENEW_GUEST_LINK = "renew_guest_link"
    WITHDRAW_GUEST_LINK = "withdraw_guest_link"
    RESTORE_GUEST_LINK = "restore_guest_link"
    OPEN_GUEST_LINK = "open_guest_link"
    MAKE_WALL_LINK = "make_wall_link"
    RENEW_WALL_LINK = "renew_wall_link"
    REMOVE_WALL_LINK = "remove_wall_link"
    OPEN_WALL_LINK = "open_wall_link"
    ARRANGE_MAP = "arrange_map"
    TAKE_TEMPLATE = "take_template"
    USE_BUILT_IN_TEMPLATE = "use_built_in_template"


class AuditOutcome(Enum):
    """How it ended; kept as its value."""

    DONE = "done"
    FAILED = "failed"
    REFUSED = "refused"
    THROTTLED = "throttled"


# What anybody does for themselves, as often as they like; who administers leaves every trace.
_REPEATABLE = frozenset(
    (
        Action.SIGN_IN,
        Action.SIGN_OUT,
        Action.RENEW,
        Action.CHANGE_PASSWORD,
        Action.MOVE_FLOOR,
        Action.CALL_ROLL,
        Action.WRITE_MINUTES,
        Action.SHARE,
        Action.OPEN_GUEST_LINK,
        Action.OPEN_WALL_LINK,
    )
)
DONE_AT_ONCE, DONE_PER_S = 600, 0.1


class EntryLimit:
    """Nobody drives the others' entries out of the log by what may be done again and again.

    Of an address that is slowed down one entry a minute; of all that is refused or slowed
    one a second in the long run, 300 at once; of what one person or point does for itself
    one in ten seconds, 600 at once.
    """

    def __init__(self) -> None:
        self._done: KeyedBuckets[tuple[Action, str]] = KeyedBuckets(
            per_s=DONE_PER_S, burst=DONE_AT_ONCE
        )
        self._slowed: KeyedBuckets[str] = KeyedBuckets(per_s=1 / 60, burst=1)
        self._all = TokenBucket(per_s=1, burst=300)
        self._lock = threading.Lock()

    def allows(
        self, action: Action, outcome: AuditOutcome, *, who: str, address: str, now_s: float
    ) -> bool:
        """Return whether an entry may be written; `who` did it, or has it done to them."""
        with self._lock:
            if outcome in (AuditOutcome.DONE, AuditOutcome.FAILED):
                return action not in _REPEATABLE or self._done.take((action, who), now_s=now_s)
            is_slowed = outcome is AuditOutcome.THROTTLED
            if is_slowed and not self._slowed.take(address, now_s=now_s):
                return False
            return self._all.take(now_s=now_s)


@dataclass(frozen=True, slots=True)
class AuditLog:
    """Where what people and machines do is written down. Used from worker threads."""

    engine: Engine
    now: Callable[[], datetime]
    limit: EntryLimit = field(default_factory=EntryLimit)

    def note(
        self,
        action: Action,
        *,
        actor: str = "",
        address: str = "",
        subject: str = "",
        outcome: AuditOutcome = AuditOutcome.DONE,
        detail: str = "",
    ) -> None:
        """Add one entry. Never give it a password, code, token or key."""
        who = actor or subject
        if not self.limit.allows(action, outcome, who=who, address=address, now_s=time.monotonic()):
            return
        entry = AuditEntry(
            happened_at=self.now(),
            actor=_fitted(actor, 60),
            address=_fitted(address, 60),
            action=action.value,
            subject=_fitted(subject, 120),
            outcome=outcome.value,
            detail=_fitted(detail, 200),
        )
        try:
            with writing(self.engine) as session:
                audit_queries.add(session, entry)
        except (StorageError, UnstorableValue) as exc:
            _log.error("audit_not_written", action=action.value, error=str(exc))

    def newest(
        self, *, limit: int, before_id: int | None = None, wanted: EntryFilter = EVERYTHING
    ) -> list[AuditEntry]:
        """Return entries from the newest back, or those before one."""
        with reading(self.engine) as session:
            return audit_queries.newest(session, limit=limit, before_id=before_id, wanted=wanted)

    def prune(self, *, before: datetime | None, max_rows: int) -> None:
        """Remove what is older than an instant, if one is named, and the oldest beyond a bound.

        Raises:
            StorageError: not now.
        """
        with writing(self.engine) as session:
            audit_queries.prune(session, before=before, max_rows=max_rows)


def _fitted(text: str, max_chars: int) -> str:
    """Return what any database keeps: what strangers type may hold anything."""
    shown = "".join(char if char.isprintable() else "�" for char in text)
    return shown[:max_chars]
