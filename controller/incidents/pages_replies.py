"""The mailbox that answers to alerts come to: its form, and what the last look found."""

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from controller.audit.noting import noted
from controller.audit.service import Action
from controller.dispatch.changes import Changes
from controller.errors import RequestError
from controller.incidents.channel_view import CHANNELS
from controller.incidents.fates import said_of
from controller.incidents.replies.mailbox import AlertMailboxes, mailbox, place_of
from controller.incidents.replies.mailbox_entered import SECURITIES, MailboxEntered
from controller.incidents.replies.tables import AlertMailbox
from controller.web.elements import Badge, Crumb
from controller.web.page_request import AskedByAdmin, PageRequest, Sent, acted, texts_of

# Comes before the channels, of which none is called so.
router = APIRouter(include_in_schema=False)
REPLIES = f"{CHANNELS}/replies"
_SECURITY_NAMES = {"tls": "TLS", "starttls": "STARTTLS"}


@dataclass(frozen=True, slots=True)
class RepliesView:
    """The page."""

    crumbs: tuple[Crumb, ...]
    form: MailboxEntered
    securities: tuple[tuple[str, str], ...]
    is_set: bool
    badge: Badge
    said: str


@router.get(REPLIES)
def shown(asked: AskedByAdmin) -> Response:
    """Return the form, without the password."""
    return _page(asked, mailbox(asked.state))


@router.get(f"/parts{REPLIES}")
def part(asked: AskedByAdmin) -> Response:
    """Return what of the page changes."""
    view = _view(asked, mailbox(asked.state), None)
    return asked.page("incidents/parts/replies.html", "incidents", view=view)


@router.post(REPLIES)
def save(asked: AskedByAdmin, form: Sent) -> Response:
    """Set the mailbox; what is wrong is said in its form."""
    typed = _typed(texts_of(form))
    try:
        asked.web.part(AlertMailboxes).set(typed, actor=asked.person.user_name)
    except RequestError as exc:
        again = typed.again(exc.said_in(asked.words.code))
        return _page(asked, mailbox(asked.state), again, status=422)
    asked.web.part(Changes).note_incident(0)
    noted(
        asked.web,
        asked.request,
        Action.CHANGE_MAILBOX,
        actor=asked.person.user_name,
        subject=typed.address,
    )
    return RedirectResponse(REPLIES, status_code=303)


@router.post(f"{REPLIES}/look")
def look(asked: AskedByAdmin) -> Response:
    """Have the mailbox looked into; what is found comes to the page by itself."""
    asked.web.part(AlertMailboxes).ask()
    asked.web.part(Changes).note_incident(0)
    return acted(asked.request, REPLIES)


def _typed(fields: Mapping[str, str]) -> MailboxEntered:
    names = ("host", "port", "security", "user", "folder", "address")
    plain = {name: fields.get(name, "").strip() for name in names}
    return MailboxEntered(
        is_on=fields.get("is_on") == "yes",
        has_plus=fields.get("has_plus") == "yes",
        password=fields.get("password", ""),
        **plain,
    )


def _kept(row: AlertMailbox | None) -> MailboxEntered:
    if row is None:
        return MailboxEntered(is_on=True)
    place = place_of(row)
    return MailboxEntered(
        is_on=row.is_on,
        host=place.host,
        port=str(place.port),
        security=place.security,
        user=place.user,
        folder=place.folder,
        address=place.address,
        has_plus=place.has_plus,
    )


def _page(
    asked: PageRequest,
    row: AlertMailbox | None,
    typed: MailboxEntered | None = None,
    *,
    status: int = 200,
) -> Response:
    view = _view(asked, row, typed)
    return asked.page("incidents/replies.html", "incidents", status=status, view=view)


def _view(
    asked: PageRequest, row: AlertMailbox | None, typed: MailboxEntered | None
) -> RepliesView:
    words = asked.words
    badge, said = _state(asked, row)
    return RepliesView(
        crumbs=(
            Crumb(words.gettext("Incidents"), "/incidents"),
            Crumb(words.gettext("Who is told"), CHANNELS),
            Crumb(words.gettext("Answers by e-mail")),
        ),
        form=typed or _kept(row),
        securities=tuple((one, _SECURITY_NAMES[one]) for one in SECURITIES),
        is_set=row is not None,
        badge=badge,
        said=said,
    )


def _state(asked: PageRequest, row: AlertMailbox | None) -> tuple[Badge, str]:
    words = asked.words
    if row is not None and row.asked_at is not None:
        return Badge("unknown", "state-unknown", words.gettext("Being looked into")), ""
    if row is None or row.looked_at is None:
        return Badge("unknown", "state-unknown", words.gettext("Never looked into")), ""
    when = words.moment(row.looked_at, asked.now)
    if row.outcome == "looked":
        return Badge("up", "state-up", words.gettext("Can be read")), when
    said = f"{when} · {said_of(words, row.outcome)}"
    return Badge("down", "state-down", words.gettext("The mailbox cannot be read")), said
