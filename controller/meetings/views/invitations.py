"""Who is invited to a meeting by e-mail, and how each letter stands, as the office sees it."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from controller.mail import view as mail_view
from controller.mail.service import MailLetter
from controller.meetings.invited.invitees import Invitee, key_of
from controller.meetings.invited.service import Whom
from controller.meetings.invited.tables import MeetingInvitation, MeetingInvitee
from controller.meetings.views.change import shortened
from controller.web.elements import Badge, Crumb
from controller.web.i18n.language import Language


@dataclass(frozen=True, slots=True)
class InvitedNow:
    """A meeting's invitation as it is kept; `row` None: nobody has invited yet.

    `not_agreed`: why nobody can be invited yet, for the sake of rooms;
    `reached`: the addresses that a letter may have come to; `inviter`: what who invited is called.
    """

    meeting_id: str
    row: MeetingInvitation | None
    invited: Sequence[MeetingInvitee]
    letters: Mapping[str, MailLetter]
    whom: Whom
    has_server: bool
    is_open: bool
    reached: Container[str] = ()
    inviter: str = ""
    not_agreed: str = ""


@dataclass(frozen=True, slots=True)
class InviteeRow:
    """One address; `again`: where its letter is sent again; `href`: its contact; empty: none."""

    key: str
    name: str
    href: str
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
    fresh: tuple[Crumb, ...]
    without: tuple[str, ...]
    has_server: bool
    can_send: bool
    send: str
    called_off: str
    not_agreed: str = ""


def view(words: Language, now: datetime, facts: InvitedNow) -> InvitationsView:
    """Return the panel."""
    told = {key_of(one.address) for one in facts.invited if one.said}
    fresh = [one for one in facts.whom.invitees if key_of(one.address) not in told]
    return InvitationsView(
        meeting_id=facts.meeting_id,
        said=_said(words, now, facts),
        rows=tuple(_row(words, now, facts, one) for one in facts.invited),
        fresh=tuple(Crumb(_named(one), _contact(facts, one.address)) for one in fresh)
        if facts.is_open
        else (),
        without=facts.whom.without if facts.is_open else (),
        has_server=facts.has_server,
        can_send=facts.is_open and facts.has_server and bool(fresh) and not facts.not_agreed,
        send=words.ngettext(
            "Send the invitation to %(n)s person",
            "Send the invitation to %(n)s people",
            len(fresh),
        ),
        called_off=_called_off(words, facts),
        not_agreed=facts.not_agreed if facts.is_open and fresh else "",
    )


def _called_off(words: Language, facts: InvitedNow) -> str:
    """Return who would get a letter that the meeting is off."""
    names = [one.name for one in facts.invited if one.said and one.address in facts.reached]
    if not names and facts.row is not None:
        return words.gettext("No letter has gone out yet: what waits is taken back.")
    if not names:
        return words.gettext("Nobody was invited by e-mail: no letter goes out.")
    count = words.ngettext(
        "%(n)s person who was invited gets a letter that it is off",
        "%(n)s people who were invited get a letter that it is off",
        len(names),
    )
    return f"{count}: {shortened(words, names)}."


def _said(words: Language, now: datetime, facts: InvitedNow) -> str:
    row = facts.row
    if row is None:
        return words.gettext("Nobody is invited by e-mail yet.")
    return words.gettext(
        "%(who)s invited %(time)s. Every change is told by itself.",
        who=facts.inviter or row.invited_by,
        time=words.moment(row.invited_at, now),
    )


def _named(one: Invitee) -> str:
    return f"{one.name} <{one.address}> · {'; '.join(one.points)}"


def _contact(facts: InvitedNow, address: str) -> str:
    """Return where the card of an address is; empty: no point of the meeting has it any more."""
    point_id = facts.whom.points.get(key_of(address), "")
    return f"/points/{point_id}#contacts" if point_id else ""


def _row(words: Language, now: datetime, facts: InvitedNow, invitee: MeetingInvitee) -> InviteeRow:
    letter = facts.letters.get(invitee.address)
    shown = mail_view.row(words, now, letter) if letter else None
    if shown is None:
        badge, note = Badge("unknown", "state-unknown", words.gettext("No letter is kept")), ""
    else:
        badge, note = shown.badge, f"{shown.what} · {shown.when}"
        note = f"{note} · {shown.problem}" if shown.problem else note
    return InviteeRow(
        key=invitee.address,
        name=invitee.name,
        href=_contact(facts, invitee.address),
        address=invitee.address,
        points=invitee.points,
        badge=badge,
        note=note,
        again=shown.again if shown else "",
    )
