"""Secrets sealed to a machine's key, and locked for a database."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from runtime import sealing
from runtime.errors import NotOpened

MINE, OTHER = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
MESSAGE, CONTEXT, SECRET = "mật khẩu".encode(), b"xa-1 k3m9", b"s" * 32


def sealed(message: bytes = MESSAGE, context: bytes = CONTEXT, secret: bytes = SECRET) -> bytes:
    return sealing.seal(message, MINE.public_key(), context=context, secret=secret)


def test_only_the_key_opens_it_in_its_context() -> None:
    assert sealing.opened(sealed(), MINE, context=CONTEXT) == MESSAGE
    assert MESSAGE not in sealed()
    for key, context in ((OTHER, CONTEXT), (MINE, b"xa-2 k3m9")):
        with pytest.raises(NotOpened):
            sealing.opened(sealed(), key, context=context)


def test_the_same_is_sealed_alike_and_anything_else_is_not() -> None:
    assert sealed() == sealed()
    others = [sealed(b"other"), sealed(context=b"c"), sealed(secret=b"t" * 32)]
    assert len({sealed()[:65], *(one[:65] for one in others)}) == 4


@pytest.mark.parametrize("at", [0, 1, 40, 65, -1])
def test_what_was_changed_or_cut_is_not_opened(at: int) -> None:
    changed = bytearray(sealed())
    changed[at] ^= 1
    for wrong in (bytes(changed), sealed()[:at], b""):
        with pytest.raises(NotOpened):
            sealing.opened(wrong, MINE, context=CONTEXT)


def test_what_is_locked_differs_each_time_and_needs_its_master() -> None:
    kept = [sealing.locked(MESSAGE, SECRET, context=CONTEXT) for _ in range(2)]
    assert kept[0] != kept[1]
    assert [sealing.unlocked(one, SECRET, context=CONTEXT) for one in kept] == [MESSAGE] * 2
    for master, context in ((b"t" * 32, CONTEXT), (SECRET, b"other")):
        with pytest.raises(NotOpened):
            sealing.unlocked(kept[0], master, context=context)


def test_text_that_is_none_of_ours_is_told() -> None:
    assert sealing.from_text(sealing.as_text(b"\x00\xff")) == b"\x00\xff"
    with pytest.raises(NotOpened):
        sealing.from_text("không phải")
