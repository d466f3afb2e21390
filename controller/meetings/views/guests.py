"""The guests of a meeting as the office sees them, and a link as it is shown once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from controller.link_pass import Pass
from controller.meetings.guests.standing import GuestStanding
from controller.meetings.guests.tables import GuestLink
from controller.web.elements import Badge
from controller.web.i18n.language import Language


@dataclass(frozen=True, slots=True)
class GuestFacts:
    """A link, how it stands, and whether its guest is in the meeting now."""

    link: GuestLink
    standing: GuestStanding
    is_in: bool


@dataclass(frozen=True, slots=True)
class GuestRow:
    """One guest's line."""

    guest_id: str
    name: str
    right: str
    badge: Badge
    note: str
    is_withdrawn: bool


@dataclass(frozen=True, slots=True)
class GuestsView:
    """The panel: `can_change` until the meeting is over."""

    meeting_id: str
    rows: tuple[GuestRow, ...]
    can_change: bool
    count: str


@dataclass(frozen=True, slots=True)
class LinkView:
    """A link that was just made, with whose it is; `pin` is empty where it asks for none."""

    meeting_id: str
    title: str
    guest_id: str
    name: str
    url: str
    pin: str


def view(
    words: Language,
    now: datetime,
    meeting_id: str,
    guests: Sequence[GuestFacts],
    *,
    can_change: bool,
) -> GuestsView:
    """Return the panel of a meeting's guests."""
    return GuestsView(
        meeting_id,
        tuple(_row(words, now, one) for one in guests),
        can_change,
        words.ngettext("%(n)s guest", "%(n)s guests", len(guests)),
    )


def link_url(origin: str, shown: Pass) -> str:
    """Return a link: what proves it stands after `#`, which no browser sends to anybody."""
    return f"{origin}/guest#{shown.text}"


def _row(words: Language, now: datetime, facts: GuestFacts) -> GuestRow:
    link = facts.link
    asks, listens = words.gettext("may ask for the floor"), words.gettext("listens only")
    right, with_pin = asks if link.may_speak else listens, words.gettext("with a PIN")
    return GuestRow(
        guest_id=link.guest_id,
        name=link.name,
        right=f"{right} · {with_pin}" if link.pin_hash else right,
        badge=_badge(words, facts),
        note=words.gettext("opened %(time)s", time=words.moment(link.opened_at, now))
        if link.opened_at
        else words.gettext("made %(time)s", time=words.moment(link.made_at, now)),
        is_withdrawn=link.withdrawn_at is not None,
    )


def _badge(words: Language, facts: GuestFacts) -> Badge:
    match facts.standing:
        case GuestStanding.WITHDRAWN:
            return Badge("cancelled", "state-calm", words.gettext("Withdrawn"))
        case GuestStanding.OVER:
            return Badge("tick", "state-calm", words.gettext("Over"))
        case GuestStanding.PUT_OUT:
            return Badge("cancelled", "state-calm", words.gettext("Put out of the meeting"))
    if facts.is_in:
        return Badge("in-meeting", "state-live", words.gettext("In the meeting"))
    if facts.link.opened_at is None:
        return Badge("unknown", "state-unknown", words.gettext("Not opened yet"))
    if facts.standing is GuestStanding.EARLY:
        return Badge("scheduled", "state-calm", words.gettext("Waits for the meeting"))
    return Badge("unknown", "state-unknown", words.gettext("Opened, not in now"))
