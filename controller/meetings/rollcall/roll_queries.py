"""Roll calls: read, claimed and written."""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import and_, delete, func, or_, update
from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from contracts.participants import ParticipantKind, person_named, speaker_id
from controller.meetings.meeting_state import MeetingPhase
from controller.meetings.rollcall.rules import COMING, GOING, Movement, RollMark, RollState
from controller.meetings.rollcall.tables import RollCall, RollCallEntry
from controller.meetings.tables import Meeting, MeetingEvent

# 400 participants of whom each comes and goes fifty times.
MAX_MOVEMENTS = 20_000
_FINAL = [phase.value for phase in MeetingPhase if phase.is_final]


def get(session: Session, meeting_id: str) -> RollCall:
    """Return a meeting's roll call; one that nobody has begun is open and empty."""
    return session.get(RollCall, meeting_id) or RollCall(
        meeting_id=meeting_id, acts=0, closed_by="", reopened_by="", reason=""
    )


def claimed(session: Session, meeting_id: str) -> RollCall:
    """Return a meeting's roll call, which nobody else changes until this transaction ends."""
    session.get(Meeting, meeting_id, with_for_update=True, populate_existing=True)
    found = session.get(RollCall, meeting_id, populate_existing=True)
    if found is None:
        found = get(session, meeting_id)
        session.add(found)
        session.flush()
    return found


def entry_count(session: Session, meeting_id: str) -> int:
    """Return how many entries a meeting has, those taken back among them."""
    counted = select(func.count()).where(RollCallEntry.meeting_id == meeting_id)
    return session.exec(counted).one()


def marks(
    session: Session, meeting_id: str, subjects: Collection[str] | None = None
) -> dict[str, tuple[RollMark, RollMark | None]]:
    """Return what counts of each subject, and what another person had said before that.

    Args:
        subjects: None for all.
    """
    query = select(RollCallEntry).where(
        RollCallEntry.meeting_id == meeting_id, col(RollCallEntry.taken_back_at).is_(None)
    )
    if subjects is not None:
        query = query.where(col(RollCallEntry.subject).in_(list(subjects)))
    found: dict[str, tuple[RollMark, RollMark | None]] = {}
    for entry in session.exec(query.order_by(col(RollCallEntry.entry_id))):
        mark, known = _mark(entry), found.get(entry.subject)
        before = None
        if known is not None:
            is_others = known[0].actor != mark.actor
            before = known[0] if is_others else known[1]
        found[entry.subject] = mark, before
    return found


def _mark(entry: RollCallEntry) -> RollMark:
    return RollMark(
        state=RollState(entry.state),
        detail=entry.detail,
        late_min=entry.late_min,
        heads=entry.heads,
        actor=entry.actor,
        at=entry.happened_at,
        proposed=entry.proposed,
    )


def add(session: Session, meeting_id: str, act: int, said: Iterable[tuple[str, RollMark]]) -> int:
    """Add what one act says of each subject; return of how many."""
    entries = [
        RollCallEntry(
            meeting_id=meeting_id,
            subject=subject,
            act=act,
            state=mark.state.value,
            detail=mark.detail,
            late_min=mark.late_min,
            heads=mark.heads,
            proposed=mark.proposed,
            actor=mark.actor,
            happened_at=mark.at,
        )
        for subject, mark in said
    ]
    session.add_all(entries)
    return len(entries)


def last_act(session: Session, meeting_id: str, actor: str) -> int | None:
    """Return the newest act of a person that is not taken back; None: there is none."""
    return session.exec(
        select(func.max(RollCallEntry.act)).where(
            RollCallEntry.meeting_id == meeting_id,
            RollCallEntry.actor == actor,
            col(RollCallEntry.taken_back_at).is_(None),
        )
    ).one()


def take_back(session: Session, meeting_id: str, act: int, *, now: datetime) -> int:
    """Take an act back; return of how many subjects it was."""
    changed = session.exec(
        update(RollCallEntry)
        .where(
            col(RollCallEntry.meeting_id) == meeting_id,
            col(RollCallEntry.act) == act,
            col(RollCallEntry.taken_back_at).is_(None),
        )
        .values(taken_back_at=now)
    )
    return changed.rowcount


def changed_at(session: Session, meeting_ids: Collection[str]) -> dict[str, datetime]:
    """Return when something was said or taken back last, of the meetings where it was."""
    row = RollCallEntry
    query = (
        select(row.meeting_id, func.max(row.happened_at), func.max(row.taken_back_at))
        .where(col(row.meeting_id).in_(list(meeting_ids)))
        .group_by(row.meeting_id)
    )
    return {
        meeting_id: said_at if back_at is None else max(said_at, back_at)
        for meeting_id, said_at, back_at in session.exec(query)
    }


def is_heard(session: Session, meeting_id: str) -> bool:
    """Return whether anybody was seen to come into a meeting."""
    came = select(MeetingEvent.event_id).where(
        MeetingEvent.meeting_id == meeting_id, col(MeetingEvent.kind).in_(list(COMING))
    )
    return session.exec(came.limit(1)).first() is not None


def movements(
    session: Session, meeting_id: str, subjects: Collection[str] | None = None
) -> dict[str, list[Movement]]:
    """Return who came and went, each in its order, as the floor names them.

    Args:
        subjects: None for all.
    """
    query = (
        columns(
            col(MeetingEvent.point_id),
            col(MeetingEvent.subject),
            col(MeetingEvent.kind),
            col(MeetingEvent.direction),
            col(MeetingEvent.happened_at),
        )
        .where(
            col(MeetingEvent.meeting_id) == meeting_id,
            col(MeetingEvent.kind).in_([*COMING, *GOING]),
        )
        .order_by(col(MeetingEvent.happened_at), col(MeetingEvent.event_id))
        .limit(MAX_MOVEMENTS)
    )
    if subjects is not None:
        people = [name for one in subjects if (name := person_named(one)) is not None]
        query = query.where(
            or_(
                col(MeetingEvent.point_id).in_(list(subjects)),
                and_(col(MeetingEvent.point_id).is_(None), col(MeetingEvent.subject).in_(people)),
            )
        )
    found: dict[str, list[Movement]] = {}
    for point_id, subject, kind, direction, at in session.connection().execute(query):
        who = point_id or speaker_id(subject, ParticipantKind.PERSON)
        found.setdefault(who, []).append(Movement(kind, direction or "", at))
    return found


def forget(session: Session, limit: datetime, *, count: int) -> int:
    """Remove entries of meetings that were over before an instant; return how many rows."""
    over = select(Meeting.meeting_id).where(col(Meeting.state).in_(_FINAL), Meeting.ends_at < limit)
    old = select(RollCallEntry.entry_id).where(col(RollCallEntry.meeting_id).in_(over)).limit(count)
    ids = list(session.exec(old))
    session.exec(delete(RollCallEntry).where(col(RollCallEntry.entry_id).in_(ids)))
    if ids:
        return len(ids)
    calls = list(
        session.exec(
            select(RollCall.meeting_id).where(col(RollCall.meeting_id).in_(over)).limit(count)
        )
    )
    session.exec(delete(RollCall).where(col(RollCall.meeting_id).in_(calls)))
    return len(calls)
