"""A device as people type it: whatever is taken has room in the document of its point."""

from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from contracts import codec
from contracts.devices import MAX_SECRETS_BYTES, DeviceSecrets, SnmpDevices, WantedDevice
from contracts.errors import MalformedPayload
from controller.devices.entered import (
    AUTH,
    LEAST_KEY_CHARS,
    MAX_SECRET_CHARS,
    MAX_USER_CHARS,
    PRIV,
    DeviceEntered,
    secrets_of,
)
from controller.errors import BadEntry
from runtime import sealing

KEY = ec.generate_private_key(ec.SECP256R1()).public_key()
CONTEXT = b"xa-1 sw01"


def is_read(message: bytes) -> bool:
    """Say whether a point reads a list with this sealed in it."""
    sealed = sealing.as_text(sealing.seal(message, KEY, context=CONTEXT, secret=b"s"))
    device = WantedDevice(device_id="sw01", address="192.168.1.2", sealed={"0" * 32: sealed})
    now = datetime(2026, 11, 27, tzinfo=UTC)
    wanted = SnmpDevices(leader_epoch=1, generation=1, issued_at=now, devices=(device,))
    try:
        return codec.decode(SnmpDevices, codec.encode(wanted)) == wanted
    except MalformedPayload:
        return False


def v3(letter: str, key_chars: int) -> DeviceEntered:
    """Return a device of v3 with keys of so many letters, and the longest user and algorithms."""
    return DeviceEntered(
        "Switch", "192.168.1.2", version="v3", user_name=letter * MAX_USER_CHARS,
        auth=max(AUTH, key=len), priv=max(PRIV, key=len),
        auth_key=letter * key_chars, priv_key=letter * key_chars,
    )  # fmt: skip


def test_what_may_travel_is_the_most_that_is_read() -> None:
    assert is_read(bytes(MAX_SECRETS_BYTES))
    assert not is_read(bytes(MAX_SECRETS_BYTES + 1))


@pytest.mark.parametrize("letter", ["a", '"', "\\", "ộ", "\U00020bb7", "\U0001f50b"])
def test_whatever_letters_secrets_are_of_they_are_read_or_refused_in_a_sentence(
    letter: str,
) -> None:
    refused = []
    for key_chars in range(LEAST_KEY_CHARS, MAX_SECRET_CHARS + 1):
        try:
            assert is_read(codec.encode(secrets_of(v3(letter, key_chars), None)))
        except BadEntry as exc:
            refused.append(exc.said_in("vi"))
    assert len(set(refused)) == (len(letter.encode()) > 3)
    assert all("cùng nhau quá dài" in one for one in refused)
    community = DeviceEntered(community=letter * MAX_SECRET_CHARS)
    assert is_read(codec.encode(secrets_of(community, None)))


def test_what_was_kept_counts_with_what_is_typed() -> None:
    long = "\U0001f50b" * MAX_SECRET_CHARS
    kept = DeviceSecrets(user="giamsat", auth_key=long, priv_key="k" * 8)
    with pytest.raises(BadEntry):
        secrets_of(
            DeviceEntered(version="v3", user_name=long[:MAX_USER_CHARS], priv_key=long), kept
        )
