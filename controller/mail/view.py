"""Outgoing mail as people read it: how the server takes it, each letter, the server's form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from controller.mail import entered as mail_entered
from controller.mail import wording
from controller.mail.retrying import AGAIN, LetterState
from controller.mail.server import MailServerEntered, place_of
from controller.mail.tables import MailLetter, MailServer
from controller.web.elements import Badge, Choice, Crumb
from controller.web.i18n.language import Language

OUTGOING, SERVER = "/mail", "/mail/server"
FILTERS: Mapping[str, tuple[LetterState, ...]] = {
    "": tuple(LetterState),
    "waiting": (LetterState.WAITING, LetterState.SENDING),
    "sent": (LetterState.SENT,),
    "refused": (LetterState.REFUSED,),
    "given_up": (LetterState.GIVEN_UP,),
}


@dataclass(frozen=True, slots=True)
class LetterRow:
    """One letter; `again`: where it is sent again, empty: it is not."""

    key: str
    when: str
    name: str
    address: str
    what: str
    subject: str
    href: str
    badge: Badge
    problem: str
    again: str


@dataclass(frozen=True, slots=True)
class ServerStanding:
    """How the mail server takes letters; `place` empty: none is set."""

    place: str
    badge: Badge
    said: str


@dataclass(frozen=True, slots=True)
class OutgoingView:
    """The page; `older`: where the list goes on, empty: it ends."""

    crumbs: tuple[Crumb, ...]
    server: ServerStanding
    filters: tuple[Choice, ...]
    chosen: str
    summary: str
    rows: tuple[LetterRow, ...]
    address: str
    older: str


@dataclass(frozen=True, slots=True)
class MailServerForm:
    """The form that sets the server."""

    crumbs: tuple[Crumb, ...]
    form: MailServerEntered
    securities: tuple[tuple[str, str], ...]


def outgoing(
    words: Language,
    now: datetime,
    server: MailServer | None,
    letters: Sequence[MailLetter],
    counts: Mapping[str, int],
    *,
    chosen: str,
    address: str,
    older: str,
) -> OutgoingView:
    """Return the page."""
    waiting = counts.get("waiting", 0) + counts.get("sending", 0)
    return OutgoingView(
        crumbs=_crumbs(words),
        server=standing(words, now, server),
        filters=_filters(words, chosen),
        chosen=chosen,
        summary=words.gettext(
            "%(waiting)s wait, %(sent)s sent, %(refused)s refused, %(given_up)s given up",
            waiting=words.number(waiting),
            sent=words.number(counts.get("sent", 0)),
            refused=words.number(counts.get("refused", 0)),
            given_up=words.number(counts.get("given_up", 0)),
        ),
        rows=tuple(row(words, now, one) for one in letters),
        address=address,
        older=older,
    )


def _crumbs(words: Language, *more: Crumb) -> tuple[Crumb, ...]:
    last = OUTGOING if more else ""
    meetings = Crumb(words.gettext("Meetings"), "/meetings")
    return (meetings, Crumb(words.gettext("Outgoing mail"), last), *more)


def _filters(words: Language, chosen: str) -> tuple[Choice, ...]:
    names = wording.state_names(words)
    return tuple(
        Choice(key, names[states[0]] if key else words.gettext("All letters"), key == chosen)
        for key, states in FILTERS.items()
    )


def standing(words: Language, now: datetime, server: MailServer | None) -> ServerStanding:
    """Return how the server takes letters."""
    if server is None:
        badge = Badge("unknown", "state-unknown", words.gettext("No mail server is set."))
        return ServerStanding("", badge, "")
    place = place_of(server)
    shown = f"{place.sender} · {place.host}:{place.port}"
    if server.tried_at is None:
        return ServerStanding(
            shown, Badge("unknown", "state-unknown", words.gettext("Never tried")), ""
        )
    when = words.moment(server.tried_at, now)
    fate = server.outcome.partition(" ")[0]
    if fate in ("sent", "recipients", "refused"):
        return ServerStanding(shown, Badge("up", "state-up", words.gettext("Takes letters")), when)
    problem = wording.problem_of(words, server.outcome, server.said)
    badge = Badge("down", "state-down", words.gettext("Takes no letters"))
    return ServerStanding(shown, badge, f"{when} · {problem}")


def row(words: Language, now: datetime, letter: MailLetter) -> LetterRow:
    """Return one letter as a line."""
    can_again = LetterState(letter.state) in AGAIN
    problem = wording.problem_of(words, letter.problem, letter.said)
    if LetterState(letter.state) is LetterState.WAITING and letter.next_try_at > now:
        next_try = words.gettext("Next try %(time)s.", time=words.moment(letter.next_try_at, now))
        problem = f"{problem} {next_try}".strip()
    return LetterRow(
        key=str(letter.letter_id),
        when=words.moment(letter.ended_at or letter.queued_at, now),
        name=letter.name,
        address=letter.address,
        what=wording.what_of(words, letter),
        subject=letter.subject,
        href=letter.href,
        badge=wording.badge_of(words, letter),
        problem=problem,
        again=f"{OUTGOING}/{letter.letter_id}/again" if can_again else "",
    )


def server_form(words: Language, typed: MailServerEntered) -> MailServerForm:
    """Return the form."""
    securities = {
        mail_entered.STARTTLS: "STARTTLS",
        mail_entered.TLS: "TLS",
        mail_entered.PLAIN: words.gettext("not encrypted, without a password"),
    }
    crumbs = _crumbs(words, Crumb(words.gettext("Mail server")))
    return MailServerForm(crumbs, typed, tuple(securities.items()))
