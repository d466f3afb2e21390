"""Certificates that end soon: the authority's, the services', the points'."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

from runtime import x509_door
from runtime.errors import UnreadableX509

TOLD_BEFORE = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class CertificateEnding:
    """One certificate and when it ends. `name` is a file's, or a point's."""

    name: str
    ends_at: datetime


def soon(
    pki_dir: Path, points: Iterable[tuple[str, datetime | None]], *, now: datetime
) -> list[CertificateEnding]:
    """Return what ends within 60 days or has ended, the nearest first.

    Args:
        points: names, and when the certificate of each ends; None: it has none.
    """
    found = [CertificateEnding(name, ends_at) for name, ends_at in points if ends_at is not None]
    for path in sorted(pki_dir.glob("*.crt")):
        ends_at = _end_of(path, path.stat().st_mtime_ns)
        if ends_at is not None:
            found.append(CertificateEnding(path.stem, ends_at))
    near = [one for one in found if one.ends_at - now <= TOLD_BEFORE]
    return sorted(near, key=lambda one: (one.ends_at, one.name))


@lru_cache(maxsize=256)
def _end_of(path: Path, _changed_at: int) -> datetime | None:
    try:
        certificate = x509_door.certificate_from_pem(path.read_bytes())
        with x509_door.reading():
            return certificate.not_valid_after_utc
    except (OSError, UnreadableX509):
        return None  # whoever uses it says so at the start
