"""Channels by which people are told: added, changed, removed, tried.

What proves us to a mail server or a service is locked by a key that stands in no database. No
page and no log has it again.
"""

import secrets
import string
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlalchemy import Engine
from sqlmodel import Session

from controller.db.engine import writing
from controller.errors import BadEntry, BadRequest, NotFound
from controller.incidents import channel_entered, channel_queries
from controller.incidents.channel_entered import (
    APPRISE,
    WEBHOOK,
    ChannelEntered,
    ChannelPlace,
    ChannelTaken,
)
from controller.incidents.tables import AlertChannel
from runtime import sealing
from runtime.errors import NotOpened

MAX_CHANNELS = 20
REMOVED = "removed"
_ALPHABET = string.ascii_lowercase + string.digits


@dataclass(frozen=True, slots=True)
class AlertChannels:
    """What administrators do with channels. `master`: the key that locks what is kept."""

    engine: Engine
    master: bytes
    now: Callable[[], datetime]

    def add(self, typed: ChannelEntered, *, actor: str) -> str:
        """Add a channel; return its name.

        Raises:
            BadEntry: a field cannot be taken.
            BadRequest: there are as many as there may be.
        """
        found = channel_entered.taken(typed)
        _need_secret(found)
        channel_id = "".join(secrets.choice(_ALPHABET) for _ in range(8))
        with writing(self.engine) as session:
            if len(channel_queries.channels(session)) >= MAX_CHANNELS:
                raise BadRequest(
                    "too_many_channels",
                    f"Chỉ có tối đa {MAX_CHANNELS} kênh: bỏ một kênh trước.",
                    f"There are at most {MAX_CHANNELS} channels: remove one first.",
                )
            row = AlertChannel(
                channel_id=channel_id,
                kind=found.kind,
                name=found.name,
                place=_as_text(found.place),
                secret=self._locked(found.secret, channel_id),
                added_at=self.now(),
                added_by=actor,
            )
            found.quiet.put_into(row)
            session.add(row)
        return found.name

    def change(self, channel_id: str, typed: ChannelEntered) -> str:
        """Change a channel; return its name. A secret left open stays, for the same server.

        Raises:
            BadEntry: a field cannot be taken.
            NotFound: there is no such channel.
        """
        found = channel_entered.taken(typed)
        with writing(self.engine) as session:
            row = _found(session, channel_id)
            before = place_of(row)
            place, secret = found.place, found.secret
            if row.kind == APPRISE and secret is None:
                place = before
            is_kept = secret is None and row.kind == found.kind and before.server == place.server
            if not is_kept:
                _need_secret(found)
            row.kind, row.name, row.place = found.kind, found.name, _as_text(place)
            if not is_kept:
                row.secret = self._locked(secret, channel_id)
            row.tried_at, row.outcome = None, ""
            found.quiet.put_into(row)
            session.add(row)
        return found.name

    def remove(self, channel_id: str) -> str:
        """Remove a channel; what waits for it is sent no more. Return its name.

        Raises:
            NotFound: there is no such channel.
        """
        with writing(self.engine) as session:
            row = _found(session, channel_id)
            name = row.name
            channel_queries.give_up_of(session, channel_id, self.now(), problem=REMOVED)
            session.delete(row)
        return name

    def ask(self, channel_id: str) -> str:
        """Have a channel tried; its outcome comes to the page by itself. Return its name.

        Raises:
            NotFound: there is no such channel.
        """
        with writing(self.engine) as session:
            row = _found(session, channel_id)
            name = row.name
            row.asked_at = self.now()
            session.add(row)
        return name

    def secret_of(self, row: AlertChannel) -> str | None:
        """Return what proves us to the channel; None: it was kept under another key."""
        if not row.secret:
            return ""
        try:
            kept = sealing.from_text(row.secret)
            return sealing.unlocked(kept, self.master, context=_context(row.channel_id)).decode()
        except NotOpened:
            return None

    def _locked(self, secret: str | None, channel_id: str) -> str:
        if not secret:
            return ""
        kept = sealing.locked(secret.encode(), self.master, context=_context(channel_id))
        return sealing.as_text(kept)


def place_of(row: AlertChannel) -> ChannelPlace:
    """Return where a channel leads, as far as it may be shown."""
    return msgspec.json.decode(row.place, type=ChannelPlace)


def _as_text(place: ChannelPlace) -> str:
    return msgspec.json.encode(place).decode()


def _context(channel_id: str) -> bytes:
    return f"alert channel {channel_id}".encode()


def _need_secret(found: ChannelTaken) -> None:
    if found.secret is not None:
        return
    if found.kind == APPRISE:
        raise BadEntry("Địa chỉ Apprise chưa được nhập.", "The address of Apprise is empty.")
    if found.kind == WEBHOOK:
        raise BadEntry("Khóa ký chưa được nhập.", "The signing key is empty.")
    if found.place.user:
        raise BadEntry("Mật khẩu chưa được nhập.", "The password is empty.")


def _found(session: Session, channel_id: str) -> AlertChannel:
    row = channel_queries.channel(session, channel_id)
    if row is None:
        raise NotFound("kênh báo tin", "channel")
    return row
