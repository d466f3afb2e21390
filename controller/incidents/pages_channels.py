"""Channels by which people are told: the list, the form, the trial."""

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from controller.audit.noting import noted
from controller.audit.service import Action
from controller.dispatch.changes import Changes
from controller.errors import NotFound, RequestError
from controller.incidents import channel_queries, channel_view
from controller.incidents.channel_entered import ChannelEntered
from controller.incidents.channel_view import CHANNELS
from controller.incidents.channels import AlertChannels
from controller.incidents.tables import AlertChannel
from controller.web.page_request import AskedByAdmin, PageRequest, Sent, acted, texts_of

router = APIRouter(include_in_schema=False)


@router.get(CHANNELS)
def channels(asked: AskedByAdmin) -> Response:
    """Show every channel."""
    return _list(asked, "incidents/channels.html")


@router.get(f"/parts{CHANNELS}")
def channels_part(asked: AskedByAdmin) -> Response:
    """Show what of the page changes."""
    return _list(asked, "incidents/parts/channels.html")


@router.get(f"{CHANNELS}/new")
def new(asked: AskedByAdmin) -> Response:
    """Return the form of a new channel."""
    return _form(asked, None, ChannelEntered())


@router.post(CHANNELS)
def add(asked: AskedByAdmin, form: Sent) -> Response:
    """Add a channel; what is wrong is said in its form."""
    typed = channel_view.entered_of(texts_of(form))
    try:
        name = asked.web.part(AlertChannels).add(typed, actor=asked.person.user_name)
    except RequestError as exc:
        return _form(asked, None, typed.again(exc.said_in(asked.words.code)), status=422)
    _note(asked, Action.ADD_CHANNEL, name)
    return RedirectResponse(CHANNELS, status_code=303)


@router.get(f"{CHANNELS}/{{channel_id}}")
def shown(asked: AskedByAdmin) -> Response:
    """Return the form that changes a channel, without its secret."""
    row = _channel(asked)
    return _form(asked, row, channel_view.kept_of(row))


@router.post(f"{CHANNELS}/{{channel_id}}")
def change(asked: AskedByAdmin, form: Sent) -> Response:
    """Change a channel; a secret that was left open stays, for the same server."""
    row, typed = _channel(asked), channel_view.entered_of(texts_of(form))
    try:
        name = asked.web.part(AlertChannels).change(row.channel_id, typed)
    except RequestError as exc:
        return _form(asked, row, typed.again(exc.said_in(asked.words.code)), status=422)
    _note(asked, Action.CHANGE_CHANNEL, name)
    return RedirectResponse(CHANNELS, status_code=303)


@router.post(f"{CHANNELS}/{{channel_id}}/remove")
def remove(asked: AskedByAdmin) -> Response:
    """Remove a channel."""
    name = asked.web.part(AlertChannels).remove(_channel(asked).channel_id)
    _note(asked, Action.REMOVE_CHANNEL, name)
    return RedirectResponse(CHANNELS, status_code=303)


@router.post(f"{CHANNELS}/{{channel_id}}/try")
def ask(asked: AskedByAdmin) -> Response:
    """Have a channel tried; its outcome comes to the page by itself."""
    name = asked.web.part(AlertChannels).ask(_channel(asked).channel_id)
    _note(asked, Action.TRY_CHANNEL, name)
    return acted(asked.request, CHANNELS)


def _list(asked: PageRequest, template: str) -> Response:
    rows = channel_queries.channels(asked.state)
    view = channel_view.channels_view(asked.words, asked.now, rows)
    return asked.page(template, "incidents", view=view)


def _channel(asked: PageRequest) -> AlertChannel:
    row = channel_queries.channel(asked.state, asked.named("channel_id"))
    if row is None:
        raise NotFound("kênh báo tin", "channel")
    return row


def _form(
    asked: PageRequest, row: AlertChannel | None, typed: ChannelEntered, *, status: int = 200
) -> Response:
    form = channel_view.form_view(asked.words, row, typed)
    return asked.page("incidents/channel_form.html", "incidents", status=status, view=form)


def _note(asked: PageRequest, action: Action, name: str) -> None:
    asked.web.part(Changes).note_incident(0)
    noted(asked.web, asked.request, action, actor=asked.person.user_name, subject=name)
