"""The centre's own state: something of each standing, with words as long as they get."""

from datetime import datetime, timedelta

from sqlmodel import Session

from controller.centre import centre_rows
from controller.centre_settings import CentreSettings
from monitoring.judgement.centre import judge
from monitoring.judgement.centre_facts import (
    BackupFacts,
    BrokerFacts,
    CentreFacts,
    CertificateFacts,
    ClockFacts,
    DatabaseFacts,
    IngestFacts,
    LoadFacts,
    VolumeFacts,
)

_GB = 10**9
NAMES = ("ca", "broker", "server", "centre-web", "centre-ingest", "time-signer", "relay-1")


def seed(session: Session, now: datetime) -> None:
    """Write how the centre was when all was well, and how it is."""
    limits = CentreSettings().limits
    centre_rows.keep(session, judge(_facts(now), limits, now=now), now - timedelta(hours=3))
    wrong = CentreFacts(
        volumes=(
            VolumeFacts("state series broker", 120 * _GB, 4 * _GB, 0.31, grown_per_day=2e8),
            VolumeFacts("recordings", 4000 * _GB, 2100 * _GB, 0.01),
            VolumeFacts("backups", error="/srv/backup/noi-khac/may-chu-luu-tru-cua-trung-tam-du-"
                        "lieu-tinh: the file system has not answered for 4 s"),
        ),
        databases=(
            DatabaseFacts("state", 48_000_000, 100_000.0, checked_at=None),
            DatabaseFacts("series", 11 * _GB, 3.1e7, checked_at=now - timedelta(hours=5)),
        ),
        broker=BrokerFacts(2_412.0, None, 174, now - timedelta(minutes=20), 1_204, 31_000_000),
        ingest=_facts(now).ingest,
        certificates=tuple(
            CertificateFacts(name, now + timedelta(days=40 if name == "relay-1" else 300))
            for name in NAMES
        ),
        backup=BackupFacts(
            now - timedelta(days=400), now - timedelta(days=9), "/srv/backup/2026-11-18",
            now - timedelta(hours=20), "/srv/backup/2026-11-26/series.db: No space left on device",
        ),
        clock=ClockFacts(True, 12.0),
        machine=LoadFacts(0.4, 0.61, 52.0),
    )  # fmt: skip
    centre_rows.keep(session, judge(wrong, limits, now=now), now - timedelta(minutes=12))


def _facts(now: datetime) -> CentreFacts:
    return CentreFacts(
        volumes=(VolumeFacts("state series broker", 120 * _GB, 30 * _GB, 0.3),),
        databases=(DatabaseFacts("series", 11 * _GB, 3.1e7, checked_at=now - timedelta(hours=5)),),
        broker=BrokerFacts(3.0, None, 174, store_bytes=31_000_000),
        ingest=IngestFacts(now, now, 14.0, 3, now - timedelta(seconds=2)),
        backup=BackupFacts(now, now - timedelta(days=2), "/srv/backup/2026-11-18"),
        clock=ClockFacts(True, 12.0),
    )
