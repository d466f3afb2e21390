"""The list of certificates that ended before their date, as the broker reads it.

A list that expires would shut everybody out, so ours is valid as long as the authority.
OpenSSL takes the newest of the lists it has been given, by whole seconds; so each begins
at least a second after the one before, and a day early, for clocks that are behind.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from controller.enrolment import revoked_relays
from controller.enrolment.pki import BACKDATED, Authority
from controller.enrolment.tables import PointCertificate
from runtime import atomic, x509_door
from runtime.errors import UnreadableX509

FILE = "revoked.crl"


def path(pki_dir: Path) -> Path:
    """Return where the list is; the broker's configuration names it."""
    return pki_dir / FILE


def write(
    pki_dir: Path, authority: Authority, ended: Iterable[PointCertificate], *, now: datetime
) -> bool:
    """Put the list on the disk where it says something else than the one there; True: it did.

    Raises:
        OSError: it cannot be written.
    """
    listed_at = {int(row.serial, 16): row.ended_at or now for row in ended}
    listed_at |= {one.serial: one.revoked_at for one in revoked_relays.revoked(pki_dir, now=now)}
    before = _read(path(pki_dir), authority)
    # One that begins later was made by a clock that was ahead: the broker would refuse everybody.
    if before is not None and before.last_update_utc <= now:
        if _serials(before) == listed_at.keys():
            return False
    begins_at = _begin(before, now)
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(authority.certificate.subject)
        .last_update(begins_at)
        .next_update(authority.certificate.not_valid_after_utc)
    )
    for serial, at in sorted(listed_at.items()):
        revoked = x509.RevokedCertificateBuilder(serial, at.astimezone(UTC))
        builder = builder.add_revoked_certificate(revoked.build())
    listed = builder.sign(authority.key, hashes.SHA256())
    pem = listed.public_bytes(serialization.Encoding.PEM)
    atomic.write_bytes(path(pki_dir), pem, mode=0o644)
    return True


def _begin(before: x509.CertificateRevocationList | None, now: datetime) -> datetime:
    early = (now - BACKDATED).astimezone(UTC).replace(microsecond=0)
    if before is None:
        return early
    after = before.last_update_utc + timedelta(seconds=1)
    # Of a clock that has leapt back more than a day: a list of the future is none.
    return max(early, after) if after <= now else early


def _read(file: Path, authority: Authority) -> x509.CertificateRevocationList | None:
    try:
        found = x509_door.revocation_list_from_pem(file.read_bytes())
        with x509_door.reading():
            is_ours = found.is_signature_valid(authority.key.public_key())
    except (OSError, UnreadableX509):
        return None
    return found if is_ours else None


def _serials(listed: x509.CertificateRevocationList) -> set[int]:
    return {one.serial_number for one in listed}
