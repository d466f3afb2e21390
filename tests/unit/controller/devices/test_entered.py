"""A device as people type it: whatever is taken has room in the document of its point."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from contracts import codec
from contracts.devices import MAX_SECRETS_BYTES, SnmpDevices, WantedDevice
from contracts.errors import MalformedPayload
from controller.devices.entered import (
    AUTH,
    MAX_SECRET_CHARS,
    MAX_USER_BYTES,
    PRIV,
    DeviceEntered,
    place_of,
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


def v3(letter: str) -> DeviceEntered:
    """Return a device of v3 with the longest keys, user and algorithms of a letter."""
    key = letter * MAX_SECRET_CHARS
    return DeviceEntered(
        "Switch", "192.168.1.2", version="v3",
        user_name=letter * (MAX_USER_BYTES // len(letter.encode())),
        auth=max(AUTH, key=len), priv=max(PRIV, key=len), auth_key=key, priv_key=key,
    )  # fmt: skip


def test_what_may_travel_is_the_most_that_is_read() -> None:
    assert is_read(bytes(MAX_SECRETS_BYTES))
    assert not is_read(bytes(MAX_SECRETS_BYTES + 1))


@pytest.mark.parametrize("letter", ["a", '"', "\\", "ộ", "\U00020bb7", "\U0001f50b"])
def test_the_longest_secrets_are_read_whatever_letters_they_are_of(letter: str) -> None:
    assert is_read(codec.encode(secrets_of(v3(letter), None)))
    community = DeviceEntered(community=letter * MAX_SECRET_CHARS)
    assert is_read(codec.encode(secrets_of(community, None)))


def test_a_user_has_no_more_octets_than_snmp_takes() -> None:
    typed = replace(v3("a"), user_name="ộ" * 10 + "ab")
    assert secrets_of(typed, None).user == "ộ" * 10 + "ab"
    with pytest.raises(BadEntry) as refused:
        place_of(replace(typed, user_name="ộ" * 11))
    assert "chữ không dấu" in refused.value.said_in("vi")
