"""The centre's own certificates, as they lie on the disk: until when each is good."""

from pathlib import Path

from monitoring.judgement.centre_facts import CertificateFacts
from runtime import x509_door
from runtime.errors import UnreadableX509

AUTHORITY = "ca"


def certificates(pki_dir: Path) -> list[CertificateFacts]:
    """Return each, the authority first; one that is missing there altogether is told too."""
    paths = {path.stem: path for path in sorted(pki_dir.glob("*.crt"))}
    for name in ("server", "broker", AUTHORITY):
        paths = {name: pki_dir / f"{name}.crt"} | paths
    return [_read(name, path) for name, path in paths.items()]


def _read(name: str, path: Path) -> CertificateFacts:
    is_authority = name == AUTHORITY
    try:
        certificate = x509_door.certificate_from_pem(path.read_bytes())
        return CertificateFacts(name, certificate.not_valid_after_utc, is_authority)
    except (OSError, UnreadableX509) as exc:
        return CertificateFacts(name, None, is_authority, str(exc)[:200])
