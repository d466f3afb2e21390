"""Certificates of relays that are taken back: kept as files beside those that count.

A relay has no row in the database. Its certificate is a file of the centre's, and one that is
taken back is put aside there under its number: the broker's list is made of it too, and each
home is told of it, so that nobody comes from a relay that was stolen, whatever it is called.
The file's name says what both need: one whose content is damaged counts all the same.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes

from contracts.desired import DIGEST_CHARS
from controller.errors import InstallationError
from runtime import x509_door
from runtime.errors import UnreadableX509
from runtime.guard import FAILURES

_SUFFIX = ".revoked"
_NAME = re.compile(rf"([^.]+)\.([0-9a-f]{{1,40}})\.([0-9a-f]{{{DIGEST_CHARS}}})\{_SUFFIX}")


@dataclass(frozen=True, slots=True)
class RevokedRelay:
    """A certificate that a relay had. `digest` is what documents name it by."""

    relay_id: str
    serial: int
    digest: str
    revoked_at: datetime


def put_aside(pki_dir: Path, relay_id: str, *, now: datetime) -> None:
    """Take a relay's certificate back, and its key away: `init` makes it another.

    Asked again after it was broken off, it goes on where it was.

    Raises:
        InstallationError: it has none.
        OSError: the files cannot be moved.
    """
    file = pki_dir / f"{relay_id}.crt"
    if file.exists() or relay_id not in {one.relay_id for one in revoked(pki_dir, now=now)}:
        try:
            certificate = x509_door.certificate_from_pem(file.read_bytes())
            digest = _digest(certificate)
        except (OSError, UnreadableX509) as exc:
            raise InstallationError(
                f"{file} is no certificate",
                "a relay has one once it is listed in controller.toml and init was run",
            ) from exc
        name = f"{relay_id}.{certificate.serial_number:x}.{digest}{_SUFFIX}"
        file.rename(pki_dir / name)
    (pki_dir / f"{relay_id}.key").unlink(missing_ok=True)


def revoked(pki_dir: Path, *, now: datetime) -> tuple[RevokedRelay, ...]:
    """Return all that were taken back and would still be good.

    One that cannot be read is told by its name, and is a failure that is counted.
    """
    files = sorted(pki_dir.glob(f"*{_SUFFIX}"))
    found = (_taken_back(file, now) for file in files)
    return tuple(one for one in found if one is not None)


def _taken_back(file: Path, now: datetime) -> RevokedRelay | None:
    try:
        certificate = x509_door.certificate_from_pem(file.read_bytes())
        with x509_door.reading():
            if certificate.not_valid_after_utc < now:
                return None
        since = datetime.fromtimestamp(file.stat().st_ctime, UTC)
        serial, digest = certificate.serial_number, _digest(certificate)
    except (OSError, UnreadableX509) as exc:
        FAILURES.note("revoked_relay", exc, file=str(file))
        named = _NAME.fullmatch(file.name)
        return named and RevokedRelay(named[1], int(named[2], 16), named[3], now)
    return RevokedRelay(file.name.partition(".")[0], serial, digest, since)


def _digest(certificate: x509.Certificate) -> str:
    with x509_door.reading():
        return certificate.fingerprint(hashes.SHA256()).hex()[:DIGEST_CHARS]
