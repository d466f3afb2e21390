"""Outgoing mail: every letter and how it stands, the mail server."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from contracts import numbers
from contracts.errors import MalformedNumber
from controller.audit.noting import noted
from controller.audit.service import Action
from controller.errors import NotFound, RequestError
from controller.mail import letter_queries, view
from controller.mail.server import MailServerEntered, MailServers, kept_of, server, typed_of
from controller.mail.service import Letters
from controller.mail.view import FILTERS, OUTGOING, SERVER
from controller.web.page_request import (
    AskedByAdmin,
    AskedByOffice,
    PageRequest,
    Sent,
    acted,
    local_path,
    text_of,
    texts_of,
)
from controller.web.schemas import MOST_ROW_NUMBER

router = APIRouter(include_in_schema=False)
SHOWN = 100


@router.get(OUTGOING)
def outgoing(asked: AskedByOffice) -> Response:
    """Show the letters, the newest first."""
    return _list(asked, "mail/outgoing.html")


@router.get(f"/parts{OUTGOING}")
def outgoing_part(asked: AskedByOffice) -> Response:
    """Show what of the page changes."""
    return _list(asked, "mail/parts/outgoing.html")


@router.post(f"{OUTGOING}/try")
def ask(asked: AskedByOffice) -> Response:
    """Have what waits tried now, though the server rests."""
    asked.web.part(MailServers).ask()
    _note(asked, Action.TRY_MAIL, "")
    return acted(asked.request, OUTGOING)


@router.get(SERVER)
def shown(asked: AskedByAdmin) -> Response:
    """Show the server's form, without its password."""
    return _form(asked, kept_of(server(asked.state)))


@router.post(SERVER)
def save(asked: AskedByAdmin, form: Sent) -> Response:
    """Set the server; what is wrong is said in its form."""
    typed = typed_of(texts_of(form))
    try:
        asked.web.part(MailServers).set(typed, actor=asked.person.user_name)
    except RequestError as exc:
        return _form(asked, typed.again(exc.said_in(asked.words.code)), status=422)
    _note(asked, Action.SET_MAIL_SERVER, typed.host)
    return RedirectResponse(OUTGOING, status_code=303)


@router.post(f"{OUTGOING}/{{letter_id}}/again")
def again(asked: AskedByOffice, form: Sent) -> Response:
    """Have a letter go out again."""
    try:
        letter_id = numbers.whole(asked.named("letter_id"), least=1, most=MOST_ROW_NUMBER)
    except MalformedNumber as exc:
        raise NotFound("thư", "letter") from exc
    letter = asked.web.part(Letters).send_again(letter_id)
    _note(asked, Action.SEND_LETTER_AGAIN, letter.about)
    return acted(asked.request, local_path(text_of(form, "back") or OUTGOING))


def _list(asked: PageRequest, template: str) -> Response:
    chosen = asked.request.query_params.get("state", "")
    chosen = chosen if chosen in FILTERS else ""
    before = _before(asked.request)
    letters = letter_queries.listed(asked.state, FILTERS[chosen], before=before, count=SHOWN + 1)
    state = f"?state={chosen}" if chosen else "?"
    here = f"{OUTGOING}{state}" + (f"&before={before}" if before else "")
    shown = view.outgoing(
        asked.words,
        asked.now,
        server(asked.state),
        letters[:SHOWN],
        letter_queries.counts(asked.state),
        chosen=chosen,
        address=here,
        older=f"{OUTGOING}{state}&before={letters[SHOWN - 1].letter_id}"
        if len(letters) > SHOWN
        else "",
    )
    return asked.page(template, "meetings", view=shown)


def _before(request: Request) -> int | None:
    try:
        return numbers.whole(request.query_params.get("before", ""), least=1, most=MOST_ROW_NUMBER)
    except MalformedNumber:
        return None


def _form(asked: PageRequest, typed: MailServerEntered, *, status: int = 200) -> Response:
    form = view.server_form(asked.words, typed)
    return asked.page("mail/server.html", "meetings", status=status, view=form)


def _note(asked: PageRequest, action: Action, subject: str) -> None:
    noted(asked.web, asked.request, action, actor=asked.person.user_name, subject=subject)
