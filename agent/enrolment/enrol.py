"""Enrolment: from an address and a code to an identity of this point's own.

The key is made here and never leaves. The code's first 80 bits say which
installation to trust; nothing secret is sent before its authority is proved. The
time comes from the authority first, so that a clock that is years off does no harm.
Should the answer get lost, the same code can be tried again with the same key.
"""

import hashlib
import re
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from agent.enrolment.centre_http import CentreAnswer, ask
from agent.enrolment.own_certificate import (
    checked_certificate,
    key_for_asking,
    signing_request,
)
from agent.enrolment.time_exchange import ask_time
from agent.errors import AlreadyEnrolled, AuthorityMismatch, MalformedCode, Unreachable
from agent.point.identity import Identity, PointFolder
from contracts import codec, hosts
from contracts.errors import MalformedHost, MalformedPayload
from runtime import atomic, tls, x509_door
from runtime.clock import Clock
from runtime.errors import UnreadableX509

FINGERPRINT_CHARS, SECRET_CHARS = 16, 12
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_READ_AS = str.maketrans({"I": "1", "L": "1", "O": "0", "-": None, " ": None})


@dataclass(frozen=True, slots=True)
class Code:
    """An enrolment code's two parts."""

    fingerprint: bytes
    secret: str


def parse_code(text: str) -> Code:
    """Return a typed code's parts; case, hyphens, I, L and O are forgiven.

    Raises:
        MalformedCode: it cannot be a code.
    """
    plain = text.upper().translate(_READ_AS)
    if len(plain) != FINGERPRINT_CHARS + SECRET_CHARS or set(plain) - set(_ALPHABET):
        raise MalformedCode
    number = 0
    for char in plain[:FINGERPRINT_CHARS]:
        number = number * 32 + _ALPHABET.index(char)
    return Code(number.to_bytes(10, "big"), plain[FINGERPRINT_CHARS:])


def enrol(url: str, code_text: str, folder: PointFolder, *, is_replacing: bool) -> Identity:
    """Enrol this machine and write everything into the folder.

    Raises:
        EnrolmentError: it was refused or is not possible; the leaf says why.
        AlreadyEnrolled: the folder has an identity and `is_replacing` is False.
        OSError: the folder cannot be written.
    """
    code = parse_code(code_text)
    url = url.rstrip("/")
    if folder.identity_file.exists() and not is_replacing:
        raise AlreadyEnrolled(folder.root, _known_name(folder))
    authority = _fetch_authority(url, code)
    ca_pem = authority.public_bytes(Encoding.PEM)
    context = _context(ca_pem)
    found = ask_time(url, authority, context)
    clock = Clock(folder.clock_file)
    epoch_s = found.epoch_at_boot_s + clock.monotonic_ms() / 1000
    now = datetime.fromtimestamp(epoch_s, UTC)
    key = key_for_asking(folder.asking_key_file)
    answer = ask(
        url,
        "/api/v1/enrol",
        context=context,
        question={"secret": code.secret, "csr_pem": signing_request(key)},
        now_s=epoch_s,
    )
    identity = _identity(answer, url, now)
    certificate = checked_certificate(answer, url, key, authority)
    clock.correct(now, error=timedelta(seconds=found.error_s))
    _write(folder, identity, certificate, ca_pem)
    clock.save()
    return identity


def _known_name(folder: PointFolder) -> str:
    found = re.search(rb'"name"\s*:\s*"([^"]*)"', folder.identity_file.read_bytes())
    return found[1].decode(errors="replace") if found else "?"


def _fetch_authority(url: str, code: Code) -> x509.Certificate:
    """Return the authority's certificate, over a connection that proves nothing yet."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    answer = ask(url, "/api/v1/enrol/authority", context=context)
    try:
        authority = x509_door.certificate_from_pem(answer.body)
    except UnreadableX509 as exc:
        raise Unreachable(url, "what answers is no Điểm Cầu controller") from exc
    der = authority.public_bytes(Encoding.DER)
    if hashlib.sha256(der).digest()[: len(code.fingerprint)] != code.fingerprint:
        raise AuthorityMismatch(url)
    return authority


def _context(ca_pem: bytes) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_verify_locations(cadata=ca_pem.decode())
    context.verify_flags |= tls.NO_CHECK_TIME
    return context


def _identity(answer: CentreAnswer, url: str, now: datetime) -> Identity:
    fields = {
        "point_id": answer.text("point_id", url),
        "point_number": answer.number("point_number", url),
        "name": answer.text("name", url),
        "controller_url": url,
        "broker_port": answer.number("broker_port", url),
        "enrolled_at": now.isoformat(),
    }
    try:
        fields["broker_host"] = hosts.host(answer.text("broker_host", url))
        return codec.decode(Identity, msgspec.json.encode(fields))
    except (MalformedHost, MalformedPayload) as exc:
        raise Unreachable(url, str(exc)) from exc


def _write(
    folder: PointFolder,
    identity: Identity,
    certificate: bytes,
    ca_pem: bytes,
) -> None:
    """Write the identity last: half an enrolment counts as none."""
    _leave_former(folder, identity)
    folder.asking_key_file.replace(folder.key_file)
    atomic.write_bytes(folder.certificate_file, certificate, mode=0o644)
    atomic.write_bytes(folder.ca_file, ca_pem, mode=0o644)
    folder.write_identity(identity)


def _leave_former(folder: PointFolder, identity: Identity) -> None:
    """Put away what belongs to the point this machine was before."""
    folder.forget_renewal()
    if not folder.identity_file.exists():
        return
    was_same = f'"{identity.point_id}"'.encode() in folder.identity_file.read_bytes()
    folder.identity_file.unlink()
    for cached in folder.desired_dir.glob("*.json"):
        cached.unlink()
    for suffix in () if was_same else ("", "-wal", "-shm"):
        former = folder.outbox_file.with_name(folder.outbox_file.name + suffix)
        if former.exists():
            former.replace(folder.outbox_file.with_name(f"outbox.db.former{suffix}"))
