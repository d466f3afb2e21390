"""Whoever agrees for an owner is told by a letter that somebody asks, or took rooms at once."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from controller.mail import service as mail
from controller.mail.service import MAX_WAITING, LetterWritten
from controller.meetings.holds import hold_queries
from controller.meetings.tables import Meeting
from controller.places.owner import OWNER_NAMES, Owner
from controller.settings import ControllerSettings
from controller.web.i18n.catalogue import chosen
from controller.web.i18n.language import N_, Language
from controller.web.names import page_origins

LETTERS_IN = "vi"
MAX_SUBJECT_CHARS, MAX_NAME_CHARS = 200, 60
PAGE = "/approvals"
ASKS = "ask"


def tell_approvers(
    session: Session,
    settings: ControllerSettings,
    meeting: Meeting,
    owners: Sequence[Owner],
    *,
    until: datetime | None,
    now: datetime,
) -> int:
    """Queue a letter to each who agrees for an owner and has an address; return how many.

    While no mail server is set, or too much waits, nobody is written to: the page says it too.

    Args:
        until: when the rooms lapse unanswered; None: they were taken by an emergency.
    """
    if not mail.sender_of(session) or mail.count_waiting(session) >= MAX_WAITING:
        return 0
    words, told = chosen(LETTERS_IN), 0
    for role in hold_queries.roles(session):
        owner = Owner(role.owner)
        if not role.approves or not role.email or owner not in owners:
            continue
        href = page_of(meeting.meeting_id, owner)
        link = f"{page_origins(settings)[0]}{href}"
        mail.put(session, _letter(words, meeting, role.email, owner, href, link, until, now), now)
        told += 1
    return told


def page_of(meeting_id: str, owner: Owner) -> str:
    """Return the page on which an owner answers for a meeting."""
    return f"{PAGE}/{meeting_id}/{owner.value}"


def _letter(
    words: Language,
    meeting: Meeting,
    address: str,
    owner: Owner,
    href: str,
    link: str,
    until: datetime | None,
    now: datetime,
) -> LetterWritten:
    at = f"{words.time(meeting.begins_at)} {words.date(meeting.begins_at)}"
    name = words.gettext(OWNER_NAMES[owner])
    if until is None:
        taken = N_("Rooms taken by an emergency meeting: %(title)s")
        subject = words.gettext(taken, title=meeting.title)
        first = words.gettext(
            "An emergency meeting at %(at)s uses rooms of: %(owner)s. It asked nobody before.",
            at=at,
            owner=name,
        )
    else:
        subject = words.gettext("Rooms to agree to: %(title)s (%(at)s)", title=meeting.title, at=at)
        first = words.gettext(
            "The meeting at %(at)s needs rooms of: %(owner)s. They are held until %(until)s.",
            at=at,
            owner=name,
            until=words.moment(until, now),
        )
    return LetterWritten(
        about=f"hold:{owner.value[:5]}:{meeting.meeting_id}",
        href=href,
        what=ASKS,
        address=address,
        name="",
        subject=subject[:MAX_SUBJECT_CHARS],
        text="\n\n".join((meeting.title, first, words.gettext("Answer here: %(link)s", link=link))),
        method="",
        calendar="",
    )
