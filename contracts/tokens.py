"""Media tokens: what a person's browser shows a relay to publish or play.

`base64url(claims as JSON) "." base64url(Ed25519 signature over the first part)`.
The controller holds the private key, relays the public one. A token is for one
meeting, one subject and one direction, and its time is the time for joining: a
running session is never cut by it, but by the centre (`RelayMeeting.barred`). One for
`steer` moves the floor at a relay, for hours, since it is for when the centre is away. Points
need no token (see point_proof.py).
"""

import base64
import binascii
from datetime import datetime
from typing import Literal

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from msgspec import UNSET, UnsetType

from contracts.codec import decode
from contracts.errors import MalformedPayload, TokenError, TokenExpired, TokenForAnother
from contracts.ids import MeetingId, MeetingIdField
from contracts.message import Instant, Message, ShortText

Direction = Literal["publish", "play", "share", "steer"]
MAX_TOKEN_CHARS = 2048


class MediaToken(Message, frozen=True):
    """What a token claims.

    `bars_at`: up to which end of others' a bar has to reach to end this one too, where that is not
    its own end: it is given for hours, and a new one after signing in again for minutes.
    """

    meeting_id: MeetingIdField
    subject: ShortText
    role: Literal["chair", "secretary", "participant", "viewer"]
    direction: Direction
    expires_at: Instant
    bars_at: Instant | UnsetType = UNSET


def b64url(data: bytes) -> str:
    """Return base64url without padding (RFC 4648, section 5)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def from_b64url(text: str) -> bytes:
    """Return the bytes of base64url without padding.

    Raises:
        ValueError: the text is not base64url.
    """
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeError) as exc:
        raise ValueError(str(exc)) from exc


def sign(token: MediaToken, key: Ed25519PrivateKey) -> str:
    """Return the token as text for an Authorization header."""
    claims = b64url(msgspec.json.encode(token))
    return f"{claims}.{b64url(key.sign(claims.encode()))}"


def verify(
    text: str,
    key: Ed25519PublicKey,
    *,
    meeting_id: MeetingId,
    direction: Direction,
    now: datetime,
) -> MediaToken:
    """Return what the token claims, once it is proved and meant for this.

    Raises:
        TokenExpired: its time for joining has passed.
        TokenForAnother: it is for another meeting or direction.
        TokenError: it is malformed or forged.
    """
    claims, dot, signature = text.partition(".")
    if not dot or len(text) > MAX_TOKEN_CHARS:
        raise TokenError("it is not of the form claims.signature")
    try:
        key.verify(from_b64url(signature), claims.encode())
        token = decode(MediaToken, from_b64url(claims))
    except InvalidSignature as exc:
        raise TokenError("its signature is not the controller's") from exc
    except (MalformedPayload, ValueError) as exc:
        raise TokenError(f"it cannot be read: {exc}") from exc
    if token.meeting_id != meeting_id:
        raise TokenForAnother("it is for another meeting")
    if token.direction != direction:
        raise TokenForAnother(f"it is for {token.direction}, not for {direction}")
    if token.expires_at <= now:
        raise TokenExpired
    return token
