"""Certificates of relays that are taken back: kept as files beside those that count.

A relay has no row in the database. Its certificate is a file of the centre's, and one that is
taken back is put aside there under its number: the broker's list is made of it too, and each
home is told of it, so that nobody comes from a relay that was stolen, whatever it is called.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives import hashes

from contracts.desired import DIGEST_CHARS
from controller.errors import InstallationError
from runtime import x509_door
from runtime.errors import UnreadableX509

_SUFFIX = ".revoked"


@dataclass(frozen=True, slots=True)
class RevokedRelay:
    """A certificate that a relay had. `digest` is what documents name it by."""

    relay_id: str
    serial: int
    digest: str
    revoked_at: datetime


def put_aside(pki_dir: Path, relay_id: str, *, now: datetime) -> RevokedRelay:
    """Take a relay's certificate back, and its key away: `init` makes it another.

    Raises:
        InstallationError: it has none.
        OSError: the files cannot be moved.
    """
    file = pki_dir / f"{relay_id}.crt"
    found = _read(file, relay_id, now)
    if found is None:
        raise InstallationError(
            f"{file} is no certificate",
            "a relay has one once it is listed in controller.toml and init was run",
        )
    file.rename(pki_dir / f"{relay_id}.{found.serial:x}{_SUFFIX}")
    (pki_dir / f"{relay_id}.key").unlink(missing_ok=True)
    return found


def revoked(pki_dir: Path, *, now: datetime) -> tuple[RevokedRelay, ...]:
    """Return all that were taken back and would still be good."""
    files = sorted(pki_dir.glob(f"*{_SUFFIX}"))
    found = (_read(file, file.name.partition(".")[0], now) for file in files)
    return tuple(one for one in found if one is not None)


def _read(file: Path, relay_id: str, now: datetime) -> RevokedRelay | None:
    try:
        certificate = x509_door.certificate_from_pem(file.read_bytes())
        with x509_door.reading():
            if certificate.not_valid_after_utc < now:
                return None
            digest = certificate.fingerprint(hashes.SHA256()).hex()[:DIGEST_CHARS]
        since = datetime.fromtimestamp(file.stat().st_ctime, UTC)
    except (OSError, UnreadableX509):
        return None
    return RevokedRelay(relay_id, certificate.serial_number, digest, since)
