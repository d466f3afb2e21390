"""How the centre is judged: each limit at both sides of it."""

from datetime import UTC, datetime, timedelta

import pytest

from controller.centre_settings import CentreSettings
from monitoring.judgement.centre import (
    CHECK_HOLDS,
    SAID_FOR,
    CentreKey,
    CentrePart,
    CentreStanding,
    judge,
)
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
    grown_per_day,
)

NOW = datetime(2026, 11, 27, 3, 0, tzinfo=UTC)
LIMITS = CentreSettings().limits
SERIOUS, MINOR = CentreStanding.SERIOUS, CentreStanding.MINOR
UNKNOWN, GOOD = CentreStanding.UNKNOWN, CentreStanding.GOOD
K = CentreKey
GB = 10**9


def ago(**span: float) -> datetime:
    return NOW - timedelta(**span)


def volume(used: float = 0.5, **facts: object) -> VolumeFacts:
    return VolumeFacts("state", 100 * GB, round((1 - used) * 100 * GB), **facts)  # type: ignore[arg-type]


def database(**facts: object) -> DatabaseFacts:
    return DatabaseFacts("series", **({"bytes_total": GB, "checked_at": ago(hours=2)} | facts))  # type: ignore[arg-type]


CASES: list[tuple[CentreFacts, CentreStanding, CentreKey]] = [
    (CentreFacts(volumes=(volume(0.85),)), GOOD, K.WELL),
    (CentreFacts(volumes=(volume(0.86),)), MINOR, K.VOLUME_FULL),
    (CentreFacts(volumes=(volume(0.96),)), SERIOUS, K.VOLUME_FULL),
    (CentreFacts(volumes=(volume(inode_ratio=0.96),)), SERIOUS, K.VOLUME_FILES),
    (CentreFacts(volumes=(volume(0.86, inode_ratio=0.96),)), SERIOUS, K.VOLUME_FILES),
    (CentreFacts(volumes=(volume(grown_per_day=1.6 * GB),)), GOOD, K.WELL),
    (CentreFacts(volumes=(volume(grown_per_day=1.8 * GB),)), MINOR, K.VOLUME_FILLING),
    (CentreFacts(volumes=(volume(grown_per_day=8.0 * GB),)), SERIOUS, K.VOLUME_FILLING),
    (CentreFacts(volumes=(volume(is_read_only=True),)), SERIOUS, K.VOLUME_READ_ONLY),
    (CentreFacts(volumes=(VolumeFacts("state", error="hangs"),)), SERIOUS, K.VOLUME_SILENT),
    (CentreFacts(volumes=(VolumeFacts("state"),)), GOOD, K.WELL),
    (CentreFacts(databases=(database(),)), GOOD, K.WELL),
    (CentreFacts(databases=(database(checked_at=None),)), UNKNOWN, K.DATABASE_UNCHECKED),
    (CentreFacts(databases=(database(checked_at=NOW - CHECK_HOLDS),)), GOOD, K.WELL),
    (
        CentreFacts(databases=(database(checked_at=NOW - CHECK_HOLDS - timedelta(seconds=1)),)),
        UNKNOWN,
        K.DATABASE_UNCHECKED,
    ),
    (CentreFacts(databases=(database(error="refused"),)), SERIOUS, K.DATABASE_AWAY),
    (CentreFacts(databases=(database(damage="malformed"),)), SERIOUS, K.DATABASE_DAMAGED),
    (CentreFacts(databases=(database(is_read_only=True),)), SERIOUS, K.DATABASE_READ_ONLY),
    (CentreFacts(databases=(database(connections_ratio=0.86),)), MINOR, K.DATABASE_BUSY),
    (CentreFacts(broker=BrokerFacts(loop_ms=2000.0)), GOOD, K.WELL),
    (CentreFacts(broker=BrokerFacts(loop_ms=2001.0)), MINOR, K.BROKER_SLOW),
    (CentreFacts(broker=BrokerFacts(silent_since=ago(seconds=19))), UNKNOWN, K.UNMEASURED),
    (CentreFacts(broker=BrokerFacts(silent_since=ago(seconds=20))), SERIOUS, K.BROKER_SILENT),
    (
        CentreFacts(broker=BrokerFacts(1.0, dropped_at=NOW - SAID_FOR, dropped=3)),
        MINOR,
        K.BROKER_DROPPED,
    ),
    (
        CentreFacts(broker=BrokerFacts(1.0, dropped_at=ago(hours=1, seconds=1), dropped=3)),
        GOOD,
        K.WELL,
    ),
    (CentreFacts(broker=BrokerFacts(1.0, store_bytes=1025 << 20)), MINOR, K.BROKER_STORE),
    (CentreFacts(ingest=IngestFacts(ago(seconds=29))), UNKNOWN, K.UNMEASURED),
    (CentreFacts(ingest=IngestFacts(ago(seconds=30))), SERIOUS, K.INGEST_SILENT),
    (CentreFacts(ingest=IngestFacts(ago(days=1), ago(seconds=29), 3.0)), GOOD, K.WELL),
    (CentreFacts(ingest=IngestFacts(ago(days=1), ago(seconds=30))), SERIOUS, K.INGEST_SILENT),
    (CentreFacts(ingest=IngestFacts(ago(days=1), NOW, 5001.0)), MINOR, K.INGEST_BEHIND),
    (CentreFacts(ingest=IngestFacts(ago(days=1), NOW, waiting=2501)), MINOR, K.INGEST_BEHIND),
    (CentreFacts(ingest=IngestFacts(NOW, NOW, is_failing=True)), SERIOUS, K.INGEST_FAILING),
    (CentreFacts(ingest=IngestFacts(NOW, NOW, lost_at=NOW, lost=1)), MINOR, K.INGEST_LOST),
    (CentreFacts(certificates=(CertificateFacts("server", ago(days=-60)),)), GOOD, K.WELL),
    (
        CentreFacts(certificates=(CertificateFacts("server", ago(days=-59.9)),)),
        MINOR,
        K.CERTIFICATE_ENDING,
    ),
    (
        CentreFacts(certificates=(CertificateFacts("server", ago(days=-13.9)),)),
        SERIOUS,
        K.CERTIFICATE_ENDING,
    ),
    (CentreFacts(certificates=(CertificateFacts("server", NOW),)), SERIOUS, K.CERTIFICATE_OVER),
    (
        CentreFacts(certificates=(CertificateFacts("ca", ago(days=-300), is_authority=True),)),
        MINOR,
        K.CERTIFICATE_ENDING,
    ),
    (
        CentreFacts(certificates=(CertificateFacts("broker", error="gone"),)),
        SERIOUS,
        K.CERTIFICATE_UNREAD,
    ),
    (CentreFacts(backup=BackupFacts(ago(days=400), ago(days=7))), GOOD, K.WELL),
    (CentreFacts(backup=BackupFacts(ago(days=400), ago(days=8))), MINOR, K.BACKUP_OLD),
    (CentreFacts(backup=BackupFacts(ago(days=400), ago(days=29))), SERIOUS, K.BACKUP_OLD),
    (CentreFacts(backup=BackupFacts(ago(days=6))), MINOR, K.BACKUP_NONE),
    (CentreFacts(backup=BackupFacts(ago(days=29))), SERIOUS, K.BACKUP_NONE),
    (
        CentreFacts(backup=BackupFacts(ago(days=400), ago(days=1), failed_at=NOW, error="full")),
        MINOR,
        K.BACKUP_FAILED,
    ),
    (CentreFacts(clock=ClockFacts(True, 1000.0)), GOOD, K.WELL),
    (CentreFacts(clock=ClockFacts(True, 1001.0)), MINOR, K.CLOCK_FAR),
    (CentreFacts(clock=ClockFacts(False, 1.0)), MINOR, K.CLOCK_UNKEPT),
    (CentreFacts(clock=ClockFacts(True, 1.0, is_doubted=True)), SERIOUS, K.CLOCK_DOUBTED),
    (CentreFacts(machine=LoadFacts(3.0, 0.92, 90.0)), GOOD, K.WELL),
    (CentreFacts(machine=LoadFacts(3.1, 0.5, 40.0)), MINOR, K.BUSY),
    (CentreFacts(machine=LoadFacts(0.1, 0.93, 40.0)), MINOR, K.MEMORY_FULL),
    (CentreFacts(machine=LoadFacts(0.1, 0.5, 90.1)), MINOR, K.HOT),
    (CentreFacts(machine=LoadFacts(error="no /proc")), UNKNOWN, K.UNMEASURED),
]


@pytest.mark.parametrize(("facts", "standing", "key"), CASES)
def test_each_thing_is_judged_at_its_limit(
    facts: CentreFacts, standing: CentreStanding, key: CentreKey
) -> None:
    [one] = judge(facts, LIMITS, now=NOW)
    assert (one.standing, one.key) == (standing, key)


def test_every_key_is_judged_and_fits_where_incidents_are_kept() -> None:
    judged = {one.key for facts, _, _ in CASES for one in judge(facts, LIMITS, now=NOW)}
    assert judged == set(CentreKey)
    assert all(len(one.value) <= 24 for one in CentreKey)
    assert all(len(one.value) <= 12 for one in CentrePart)


def test_the_worst_comes_first_and_what_is_well_is_said_too() -> None:
    facts = CentreFacts(
        volumes=(volume(), volume(0.9)),
        databases=(database(checked_at=None),),
        certificates=(CertificateFacts("server", NOW),),
    )
    found = judge(facts, LIMITS, now=NOW)
    assert [one.standing for one in found] == [SERIOUS, MINOR, UNKNOWN, GOOD]


def test_growth_is_told_from_two_days_on_and_shrinking_is_none() -> None:
    days = [(ago(days=4), 100), (ago(days=2), 700), (NOW, 500)]
    assert grown_per_day(days) == 100
    assert grown_per_day([(ago(days=4), 900), (NOW, 500)]) == 0
    assert grown_per_day([(ago(days=1.9), 100), (NOW, 500)]) is None
    assert grown_per_day([]) is None
