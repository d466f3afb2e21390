"""Who is invited to a meeting by e-mail, and how each letter stands, as the office sees it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from controller.mail import view as mail_view
from controller.mail.service import MailLetter
from controller.meetings.invited.invitees import Invitee, key_of
from controller.meetings.invited.service import Whom
from controller.meetings.invited.tables import MeetingInvitation, MeetingInvitee
from controller.web.elements import Badge
from controller.web.i18n.language import Language


@dataclass(frozen=True, slots=True)
class InvitedNow:
    """A meeting's invitation as it is kept; `row` None: nobody has invited yet."""

    meeting_id: str
    row: MeetingInvitation | None
    invited: Sequence[MeetingInvitee]
    letters: Mapping[str, MailLetter]
    whom: Whom
    has_server: bool
    is_open: bool


@dataclass(frozen=True, slots=True)
class InviteeRow:
    """One address; `again`: where its letter is sent again, empty: it is not."""

    key: str
    name: str
    address: str
    points: str
    badge: Badge
    note: str
    again: str


@dataclass(frozen=True, slots=True)
class InvitationsView:
    """The panel; `fresh`: who would be invited by the button, `without`: points of nobody."""

    meeting_id: str
    said: str
    rows: tuple[InviteeRow, ...]
    fresh: tuple[str, ...]
    without: tuple[str, ...]
    has_server: bool
    can_send: bool
    send: str


def view(words: Language, now: datetime, facts: InvitedNow) -> InvitationsView:
    """Return the panel."""
    told = {key_of(one.address) for one in facts.invited if one.said}
    fresh = [one for one in facts.whom.invitees if key_of(one.address) not in told]
    return InvitationsView(
        meeting_id=facts.meeting_id,
        said=_said(words, now, facts),
        rows=tuple(_row(words, now, one, facts.letters.get(one.address)) for one in facts.invited),
        fresh=tuple(_named(one) for one in fresh) if facts.is_open else (),
        without=facts.whom.without if facts.is_open else (),
        has_server=facts.has_server,
        can_send=facts.is_open and facts.has_server and bool(fresh),
        send=words.ngettext(
            "Send the invitation to %(n)s person",
            "Send the invitation to %(n)s people",
            len(fresh),
        ),
    )


def _said(words: Language, now: datetime, facts: InvitedNow) -> str:
    row = facts.row
    if row is None:
        return words.gettext("Nobody is invited by e-mail yet.")
    return words.gettext(
        "%(who)s invited %(time)s. Every change is told by itself.",
        who=row.invited_by,
        time=words.moment(row.invited_at, now),
    )


def _named(one: Invitee) -> str:
    return f"{one.name} <{one.address}> · {'; '.join(one.points)}"


def _row(
    words: Language, now: datetime, invitee: MeetingInvitee, letter: MailLetter | None
) -> InviteeRow:
    shown = mail_view.row(words, now, letter) if letter else None
    if shown is None:
        badge, note = Badge("unknown", "state-unknown", words.gettext("No letter is kept")), ""
    else:
        badge, note = shown.badge, f"{shown.what} · {shown.when}"
        note = f"{note} · {shown.problem}" if shown.problem else note
    return InviteeRow(
        key=invitee.address,
        name=invitee.name,
        address=invitee.address,
        points=invitee.points,
        badge=badge,
        note=note,
        again=shown.again if shown else "",
    )
