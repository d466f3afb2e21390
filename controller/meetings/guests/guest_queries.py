"""Reading guests' links, and what relays and pages are told by them."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete
from sqlmodel import Session, col, select

from contracts.desired import MAX_NAME_CHARS, Barred
from contracts.ids import GUEST_PREFIX, PointId
from contracts.participants import ParticipantKind
from controller.link_pass import Pass
from controller.meetings.access_tables import Expulsion
from controller.meetings.guests.standing import GuestStanding, Known, standing
from controller.meetings.guests.tables import GuestLink
from controller.meetings.meeting_state import MeetingPhase
from controller.meetings.tables import Meeting

_FINAL = [phase.value for phase in MeetingPhase if phase.is_final]


def get(session: Session, guest_id: str) -> GuestLink | None:
    """Return a link."""
    return session.get(GuestLink, guest_id)


def of_meeting(session: Session, meeting_id: str) -> list[GuestLink]:
    """Return a meeting's links, the first made first."""
    return list(
        session.exec(
            select(GuestLink)
            .where(GuestLink.meeting_id == meeting_id)
            .order_by(col(GuestLink.made_at), col(GuestLink.guest_id))
        )
    )


def standing_of(
    session: Session, link: GuestLink, meeting: Meeting, shown: Pass | None, *, now: datetime
) -> GuestStanding:
    """Return how a link stands for the browser that shows something; None: for any."""
    out = (meeting.meeting_id, link.guest_id, ParticipantKind.PERSON.value)
    known = Known(
        phase=MeetingPhase(meeting.state),
        begins_at=meeting.begins_at,
        is_joined=meeting.is_joined,
        is_withdrawn=link.withdrawn_at is not None,
        is_put_out=session.get(Expulsion, out) is not None,
        is_this_browser=shown is None or shown.proves(link.browser_sha256),
    )
    return standing(known, now=now)


def is_guest_of(session: Session, meeting_id: str, guest_id: str) -> bool:
    """Return whether a meeting has a link for this guest."""
    link = get(session, guest_id)
    return link is not None and link.meeting_id == meeting_id


def names_of_meeting(session: Session, meeting_id: str) -> dict[PointId, str]:
    """Return what a meeting's guests are called, for the chapters of its recording."""
    links = of_meeting(session, meeting_id)
    return {PointId(one.guest_id): marked(one.name, "khách", most=MAX_NAME_CHARS) for one in links}


def marked(name: str, mark: str, *, most: int) -> str:
    """Return a guest's name with its mark, which is there whatever of the name has no room."""
    return f"{name[: most - len(mark) - 3]} ({mark})"


def names(
    session: Session, subjects: Iterable[str], *, mark: str = "khách", most: int = MAX_NAME_CHARS
) -> dict[str, str]:
    """Return what those are called who are guests, each marked as one.

    The mark is part of the name wherever it is shown: a guest who is called as somebody of the
    house would be taken for them.
    """
    wanted = [one for one in subjects if one.startswith(GUEST_PREFIX)]
    found = session.exec(select(GuestLink).where(col(GuestLink.guest_id).in_(wanted)))
    return {one.guest_id: marked(one.name, mark, most=most) for one in found} if wanted else {}


def barred(session: Session, meeting_id: str) -> tuple[Barred, ...]:
    """Return which guests a relay shall keep out: who was withdrawn, who opened before."""
    links = of_meeting(session, meeting_id)
    return tuple(
        Barred(subject=one.guest_id, until=None if one.withdrawn_at else one.ended_until)
        for one in links
        if one.withdrawn_at or one.ended_until
    )


def forget(session: Session, limit: datetime, *, count: int) -> int:
    """Remove some links of meetings that were over before an instant; return how many."""
    over = (
        select(GuestLink.guest_id)
        .join(Meeting, col(Meeting.meeting_id) == col(GuestLink.meeting_id))
        .where(col(Meeting.state).in_(_FINAL), Meeting.ends_at < limit)
        .limit(count)
    )
    ids = list(session.exec(over))
    session.exec(delete(GuestLink).where(col(GuestLink.guest_id).in_(ids)))
    return len(ids)
