"""Secrets sealed to a machine's key, so that whoever carries or keeps them cannot read them.

An ephemeral ECDH key on P-256, the curve of every certificate here; HKDF with SHA-256; AES-256-GCM.
The ephemeral key is derived from what is sealed, for whom and a secret of the sealer's: the same
is sealed to the same octets, so that a document which says nothing new is seen to be the same.
"""

import base64
import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from runtime.errors import NotOpened

_CURVE = ec.SECP256R1()
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_POINT_BYTES, _NONCE_BYTES, _KEY_BYTES = 65, 12, 32
_NONCE = bytes(_NONCE_BYTES)
"""Each key seals one message and no other, so that its nonce need not differ."""


def seal(message: bytes, key: ec.EllipticCurvePublicKey, *, context: bytes, secret: bytes) -> bytes:
    """Return a message that only the key's owner can open, in the same context."""
    recipient = _encoded(key)
    digest = hmac.digest(
        secret, b"\0".join((recipient, context, hashlib.sha256(message).digest())), hashlib.sha512
    )
    ephemeral = ec.derive_private_key(int.from_bytes(digest, "big") % (_ORDER - 1) + 1, _CURVE)
    public = _encoded(ephemeral.public_key())
    shared = ephemeral.exchange(ec.ECDH(), key)
    return public + AESGCM(_derived(shared, public + recipient)).encrypt(_NONCE, message, context)


def opened(sealed: bytes, key: ec.EllipticCurvePrivateKey, *, context: bytes) -> bytes:
    """Return what was sealed to a key.

    Raises:
        NotOpened: it was sealed to another, in another context, or was changed.
    """
    public = sealed[:_POINT_BYTES]
    try:
        ephemeral = ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, public)
        shared = key.exchange(ec.ECDH(), ephemeral)
        derived = _derived(shared, public + _encoded(key.public_key()))
        return AESGCM(derived).decrypt(_NONCE, sealed[_POINT_BYTES:], context)
    except (ValueError, InvalidTag) as exc:
        raise NotOpened from exc


def locked(message: bytes, master: bytes, *, context: bytes) -> bytes:
    """Return a message that only who has the master key can unlock: for a database."""
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(_derived(master, b"kept")).encrypt(nonce, message, context)


def unlocked(kept: bytes, master: bytes, *, context: bytes) -> bytes:
    """Return what was locked.

    Raises:
        NotOpened: by another master key, in another context, or it was changed.
    """
    try:
        aead = AESGCM(_derived(master, b"kept"))
        return aead.decrypt(kept[:_NONCE_BYTES], kept[_NONCE_BYTES:], context)
    except (ValueError, InvalidTag) as exc:
        raise NotOpened from exc


def as_text(octets: bytes) -> str:
    """Return what was sealed or locked as text."""
    return base64.b64encode(octets).decode()


def from_text(text: str) -> bytes:
    """Return what `as_text` was given.

    Raises:
        NotOpened: it was never given this.
    """
    try:
        return base64.b64decode(text, validate=True)
    except ValueError as exc:
        raise NotOpened from exc


def _derived(secret: bytes, info: bytes) -> bytes:
    return HKDF(hashes.SHA256(), _KEY_BYTES, salt=None, info=b"diemcau sealing 1 " + info).derive(
        secret
    )


def _encoded(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
