"""What the centre knows of itself: values only, found by controller/centre, judged in centre.py."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

LEAST_GROWTH_SPAN = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class VolumeFacts:
    """One file system of the centre; None: it has no such limit, or did not say.

    `grown_per_day`: bytes by which the databases on it grow.
    """

    name: str
    bytes_total: int = 0
    bytes_free: int = 0
    inode_ratio: float | None = None
    is_read_only: bool = False
    grown_per_day: float = 0.0
    error: str = ""


@dataclass(frozen=True, slots=True)
class DatabaseFacts:
    """One database. `checked_at`: when its pages were last found in order, or not (`damage`)."""

    name: str
    bytes_total: int = 0
    grown_per_day: float | None = None
    is_read_only: bool = False
    connections_ratio: float | None = None
    checked_at: datetime | None = None
    damage: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class BrokerFacts:
    """The broker, by a message that we sent to ourselves through it.

    `silent_since`: since when none has come back. `dropped_at`: when it last dropped messages.
    """

    loop_ms: float | None = None
    silent_since: datetime | None = None
    clients: int | None = None
    dropped_at: datetime | None = None
    dropped: int = 0
    store_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class IngestFacts:
    """The process that takes in reports, by its own last word.

    `lag_ms`: of a message through the queue of the reports. `heard_at` None: never, by this
    process. `lost_at`: when it last lost something that nobody sends again.
    """

    watched_since: datetime
    heard_at: datetime | None = None
    lag_ms: float | None = None
    waiting: int = 0
    newest_at: datetime | None = None
    is_failing: bool = False
    lost_at: datetime | None = None
    lost: int = 0


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """One certificate of the centre's."""

    name: str
    ends_at: datetime | None = None
    is_authority: bool = False
    error: str = ""


@dataclass(frozen=True, slots=True)
class BackupFacts:
    """The last backup that was made, and read again whole; `failed_at`: a later try."""

    installed_at: datetime | None = None
    made_at: datetime | None = None
    folder: str = ""
    failed_at: datetime | None = None
    error: str = ""


@dataclass(frozen=True, slots=True)
class ClockFacts:
    """The centre's clock. `is_doubted`: data or points contradict it."""

    is_kept: bool
    error_ms: float
    is_doubted: bool = False


@dataclass(frozen=True, slots=True)
class LoadFacts:
    """The centre's machine; None: not known. `load`: what waits for one processor."""

    load: float | None = None
    memory_ratio: float | None = None
    temperature_c: float | None = None
    error: str = ""


@dataclass(frozen=True, slots=True)
class CentreFacts:
    """All of it, as one look found it."""

    volumes: Sequence[VolumeFacts] = ()
    databases: Sequence[DatabaseFacts] = ()
    broker: BrokerFacts | None = None
    ingest: IngestFacts | None = None
    certificates: Sequence[CertificateFacts] = ()
    backup: BackupFacts | None = None
    clock: ClockFacts | None = None
    machine: LoadFacts | None = None


def grown_per_day(sizes: Sequence[tuple[datetime, int]]) -> float | None:
    """Return by how many bytes a day something grows; None: it is not known for long enough.

    Args:
        sizes: when it had which size, the oldest first.
    """
    if not sizes or sizes[-1][0] - sizes[0][0] < LEAST_GROWTH_SPAN:
        return None
    span = sizes[-1][0] - sizes[0][0]
    return max(0.0, (sizes[-1][1] - sizes[0][1]) / (span / timedelta(days=1)))
