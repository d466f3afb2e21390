"""A media token proves what it says to whom it is meant for, and nothing else proves anything."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts import tokens
from contracts.errors import TokenError, TokenExpired
from contracts.ids import MeetingId
from contracts.tokens import MediaToken
from tests.contract import cases

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER_KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
NOW = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)
MEETING = MeetingId("m-2026-0117")
TOKEN = MediaToken(
    meeting_id=MEETING, subject="thu-ky-01", role="secretary", direction="play",
    expires_at=NOW + timedelta(minutes=10),
)  # fmt: skip
TEXT = tokens.sign(TOKEN, KEY)


def verified(text: str, *, now: datetime = NOW, meeting: MeetingId = MEETING) -> MediaToken:
    return tokens.verify(text, KEY.public_key(), meeting_id=meeting, direction="play", now=now)


def test_a_token_is_read_as_it_was_signed() -> None:
    assert verified(TEXT) == TOKEN
    assert len(TEXT) < tokens.MAX_TOKEN_CHARS


def test_a_token_counts_until_the_second_it_expires() -> None:
    assert verified(TEXT, now=TOKEN.expires_at - timedelta(microseconds=1)) == TOKEN
    with pytest.raises(TokenExpired):
        verified(TEXT, now=TOKEN.expires_at)


def test_a_token_for_another_meeting_or_direction_is_refused() -> None:
    with pytest.raises(TokenError, match="another meeting"):
        verified(TEXT, meeting=MeetingId("m-2026-0118"))
    publishing = tokens.sign(msgspec.structs.replace(TOKEN, direction="publish"), KEY)
    with pytest.raises(TokenError, match="for publish, not for play"):
        verified(publishing)


def test_a_token_of_another_installation_is_refused() -> None:
    with pytest.raises(TokenError, match="not the controller's"):
        verified(tokens.sign(TOKEN, OTHER_KEY))


@pytest.mark.parametrize("text", ["", ".", "a", "a.b", "..", TEXT + ".", TEXT[:-1], "é.é",
                                  "\ud800.\ud800", "=.=", "A" * 2048 + ".A"])  # fmt: skip
def test_what_is_no_token_is_refused(text: str) -> None:
    with pytest.raises(TokenError):
        verified(text)


def test_claims_that_are_none_are_refused_though_signed() -> None:
    claims = tokens.b64url(b'{"meeting_id":"m-2026-0117"}')
    text = f"{claims}.{tokens.b64url(KEY.sign(claims.encode()))}"
    with pytest.raises(TokenError, match="cannot be read"):
        verified(text)


@st.composite
def _spoilt(draw: st.DrawFn) -> str:
    at = draw(st.integers(0, len(TEXT) - 1))
    length = draw(st.integers(0, 3))
    return TEXT[:at] + draw(st.text(max_size=3)) + TEXT[at + length :]


@settings(max_examples=cases.TOKENS)
@given(text=_spoilt() | st.text(max_size=60))
def test_a_spoilt_token_proves_nothing_but_what_was_signed(text: str) -> None:
    try:
        token = verified(text)
    except TokenError:
        return
    assert token == TOKEN


@settings(max_examples=cases.TOKENS // 4)
@given(data=st.binary(max_size=80))
def test_base64url_comes_back_as_it_went(data: bytes) -> None:
    text = tokens.b64url(data)
    assert "=" not in text
    assert tokens.from_b64url(text) == data
