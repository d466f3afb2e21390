"""How the centre itself is: one verdict for each thing of it, also where it is well. Pure.

Of one thing the worst is said. SERIOUS is an incident, addressed to the centre; what could not
be found out is UNKNOWN, which is never "well".
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

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
from monitoring.judgement.problem import Argument

SAID_FOR = timedelta(hours=1)
"""How long it is said that something was dropped."""
CHECK_HOLDS = timedelta(days=8)
_DAY = timedelta(days=1)


class CentrePart(StrEnum):
    """What kind of thing it is; in the order of the page."""

    BROKER = "broker"
    INGEST = "ingest"
    DATABASE = "database"
    VOLUME = "volume"
    BACKUP = "backup"
    CERTIFICATE = "certificate"
    CLOCK = "clock"
    MACHINE = "machine"


class CentreStanding(StrEnum):
    """How it is; worst first."""

    SERIOUS = "serious"
    MINOR = "minor"
    UNKNOWN = "unknown"
    GOOD = "good"


class CentreKey(StrEnum):
    """What can be said of a thing; `well` of each. Keys of incidents, so at most 24 characters."""

    WELL = "well"
    BROKER_SILENT = "centre_broker_silent"
    BROKER_SLOW = "centre_broker_slow"
    BROKER_DROPPED = "centre_broker_dropped"
    BROKER_STORE = "centre_broker_store"
    INGEST_SILENT = "centre_ingest_silent"
    INGEST_FAILING = "centre_ingest_failing"
    INGEST_BEHIND = "centre_ingest_behind"
    INGEST_LOST = "centre_ingest_lost"
    DATABASE_AWAY = "centre_database_away"
    DATABASE_DAMAGED = "centre_database_damaged"
    DATABASE_READ_ONLY = "centre_database_readonly"
    DATABASE_BUSY = "centre_database_busy"
    DATABASE_UNCHECKED = "centre_unchecked"
    VOLUME_SILENT = "centre_disk_silent"
    VOLUME_READ_ONLY = "centre_disk_readonly"
    VOLUME_FULL = "centre_disk_full"
    VOLUME_FILES = "centre_disk_files"
    VOLUME_FILLING = "centre_disk_filling"
    BACKUP_NONE = "centre_backup_none"
    BACKUP_FAILED = "centre_backup_failed"
    BACKUP_OLD = "centre_backup_old"
    CERTIFICATE_OVER = "centre_certificate_over"
    CERTIFICATE_ENDING = "centre_certificate_ends"
    CERTIFICATE_UNREAD = "centre_certificate_bad"
    CLOCK_DOUBTED = "centre_clock_doubted"
    CLOCK_UNKEPT = "centre_clock_unkept"
    CLOCK_FAR = "centre_clock_far"
    MEMORY_FULL = "centre_memory_full"
    BUSY = "centre_busy"
    HOT = "centre_hot"
    UNMEASURED = "centre_unmeasured"


@dataclass(frozen=True, slots=True)
class CentreLimits:
    """From where on something is wrong with the centre; `serious_`: an incident."""

    disk_ratio: float
    serious_disk_ratio: float
    full_within_days: int
    serious_full_within_days: int
    certificate_days: int
    serious_certificate_days: int
    authority_days: int
    backup_days: int
    serious_backup_days: int
    broker_ms: float
    broker_silent_s: float
    broker_store_mb: int
    ingest_lag_ms: float
    ingest_waiting: int
    ingest_silent_s: float
    clock_error_ms: float
    memory_ratio: float
    load: float
    temperature_c: float
    connections_ratio: float


@dataclass(frozen=True, slots=True)
class CentreVerdict:
    """One thing of the centre and how it is; `arguments` fill the text of its key."""

    part: CentrePart
    about: str
    standing: CentreStanding
    key: CentreKey
    arguments: Mapping[str, Argument] = field(default_factory=dict)


_SERIOUS, _MINOR = CentreStanding.SERIOUS, CentreStanding.MINOR
_UNKNOWN, _GOOD = CentreStanding.UNKNOWN, CentreStanding.GOOD
Said = tuple[CentreStanding, CentreKey]


def judge(facts: CentreFacts, limits: CentreLimits, *, now: datetime) -> list[CentreVerdict]:
    """Return how each thing is, worst first."""
    found = list(_verdicts(facts, limits, now))
    standings, parts = list(CentreStanding), list(CentrePart)
    return sorted(found, key=lambda one: (standings.index(one.standing), parts.index(one.part)))


def _verdicts(facts: CentreFacts, limits: CentreLimits, now: datetime) -> Iterator[CentreVerdict]:
    if facts.broker is not None:
        yield _verdict(CentrePart.BROKER, "", _of_broker(facts.broker, limits, now))
    if facts.ingest is not None:
        yield _verdict(CentrePart.INGEST, "", _of_ingest(facts.ingest, limits, now))
    for database in facts.databases:
        yield _verdict(CentrePart.DATABASE, database.name, _of_database(database, limits, now))
    for volume in facts.volumes:
        yield _verdict(CentrePart.VOLUME, volume.name, _of_volume(volume, limits))
    if facts.backup is not None:
        yield _verdict(CentrePart.BACKUP, "", _of_backup(facts.backup, limits, now))
    for one in facts.certificates:
        yield _verdict(CentrePart.CERTIFICATE, one.name, _of_certificate(one, limits, now))
    if facts.clock is not None:
        yield _verdict(CentrePart.CLOCK, "", _of_clock(facts.clock, limits))
    if facts.machine is not None:
        yield _verdict(CentrePart.MACHINE, "", _of_machine(facts.machine, limits))


Found = tuple[CentreStanding, CentreKey, dict[str, Argument]]


def _verdict(part: CentrePart, about: str, found: Found) -> CentreVerdict:
    standing, key, arguments = found
    return CentreVerdict(part, about, standing, key, arguments)


def _first(said: Iterator[Said], arguments: Mapping[str, Argument | None]) -> Found:
    """Return the worst of what is said; nothing: it is well."""
    order = list(CentreStanding)
    worst = min(said, key=lambda one: order.index(one[0]), default=(_GOOD, CentreKey.WELL))
    return (*worst, {name: value for name, value in arguments.items() if value not in (None, "")})


def _levels(
    value: float | None, minor: float, serious: float, *, is_bad: Callable[[float, float], bool]
) -> CentreStanding | None:
    """Return how bad a value is by two limits; None: it is not, or there is none."""
    if value is None:
        return None
    if is_bad(value, serious):
        return _SERIOUS
    return _MINOR if is_bad(value, minor) else None


def _above(value: float, limit: float) -> bool:
    return value > limit


def _below(value: float, limit: float) -> bool:
    return value < limit


def _of_broker(one: BrokerFacts, limits: CentreLimits, now: datetime) -> Found:
    def said() -> Iterator[Said]:
        silent = one.silent_since
        if silent is not None and now - silent >= timedelta(seconds=limits.broker_silent_s):
            yield _SERIOUS, CentreKey.BROKER_SILENT
        if one.loop_ms is not None and one.loop_ms > limits.broker_ms:
            yield _MINOR, CentreKey.BROKER_SLOW
        if _is_lately(one.dropped_at, now):
            yield _MINOR, CentreKey.BROKER_DROPPED
        if (one.store_bytes or 0) > limits.broker_store_mb * 2**20:
            yield _MINOR, CentreKey.BROKER_STORE
        if one.loop_ms is None:
            yield _UNKNOWN, CentreKey.UNMEASURED

    told = {"loop_ms": _whole(one.loop_ms), "clients": one.clients, "bytes": one.store_bytes}
    lately = {"at": one.dropped_at, "count": one.dropped if one.dropped_at else None}
    return _first(said(), {**told, **lately, "since": one.silent_since})


def _of_ingest(one: IngestFacts, limits: CentreLimits, now: datetime) -> Found:
    since = one.heard_at or one.watched_since

    def said() -> Iterator[Said]:
        if now - since >= timedelta(seconds=limits.ingest_silent_s):
            yield _SERIOUS, CentreKey.INGEST_SILENT
        elif one.heard_at is None:
            yield _UNKNOWN, CentreKey.UNMEASURED
        if one.is_failing:
            yield _SERIOUS, CentreKey.INGEST_FAILING
        if (one.lag_ms or 0) > limits.ingest_lag_ms or one.waiting > limits.ingest_waiting:
            yield _MINOR, CentreKey.INGEST_BEHIND
        if _is_lately(one.lost_at, now):
            yield _MINOR, CentreKey.INGEST_LOST

    told = {"lag_ms": _whole(one.lag_ms), "waiting": one.waiting if one.heard_at else None}
    lately = {"at": one.lost_at, "count": one.lost if one.lost_at else None}
    return _first(said(), {**told, **lately, "newest": one.newest_at, "since": since})


def _of_database(one: DatabaseFacts, limits: CentreLimits, now: datetime) -> Found:
    def said() -> Iterator[Said]:
        if one.error:
            yield _SERIOUS, CentreKey.DATABASE_AWAY
            return
        if one.damage:
            yield _SERIOUS, CentreKey.DATABASE_DAMAGED
        if one.is_read_only:
            yield _SERIOUS, CentreKey.DATABASE_READ_ONLY
        if (one.connections_ratio or 0) > limits.connections_ratio:
            yield _MINOR, CentreKey.DATABASE_BUSY
        if one.checked_at is None or now - one.checked_at > CHECK_HOLDS:
            yield _UNKNOWN, CentreKey.DATABASE_UNCHECKED

    grown = None if one.grown_per_day is None else round(one.grown_per_day)
    used = None if one.connections_ratio is None else round(100 * one.connections_ratio)
    told = {"bytes": one.bytes_total, "grown": grown, "checked": one.checked_at, "percent": used}
    return _first(said(), {**told, "error": one.error or one.damage})


def _of_volume(one: VolumeFacts, limits: CentreLimits) -> Found:
    if one.error:
        return _SERIOUS, CentreKey.VOLUME_SILENT, {"error": one.error}
    used = 1 - one.bytes_free / one.bytes_total if one.bytes_total else None
    left = one.bytes_free / one.grown_per_day if one.grown_per_day > 0 else None
    levels = limits.disk_ratio, limits.serious_disk_ratio

    def said() -> Iterator[Said]:
        if one.is_read_only:
            yield _SERIOUS, CentreKey.VOLUME_READ_ONLY
        if full := _levels(used, *levels, is_bad=_above):
            yield full, CentreKey.VOLUME_FULL
        if files := _levels(one.inode_ratio, *levels, is_bad=_above):
            yield files, CentreKey.VOLUME_FILES
        days = limits.full_within_days, limits.serious_full_within_days
        if filling := _levels(left, *days, is_bad=_below):
            yield filling, CentreKey.VOLUME_FILLING

    inodes = None if one.inode_ratio is None else round(100 * one.inode_ratio)
    return _first(
        said(),
        {
            "free": one.bytes_free,
            "bytes": one.bytes_total,
            "percent": None if used is None else round(100 * used),
            "inodes": inodes,
            "days": None if left is None or left > 3650 else int(left),
        },
    )


def _of_backup(one: BackupFacts, limits: CentreLimits, now: datetime) -> Found:
    begun = one.made_at or one.installed_at
    age_days = None if begun is None else (now - begun) / _DAY
    age = _levels(age_days, limits.backup_days, limits.serious_backup_days, is_bad=_above)

    def said() -> Iterator[Said]:
        if one.failed_at is not None:
            yield age or _MINOR, CentreKey.BACKUP_FAILED
        if one.made_at is None:
            yield age or _MINOR, CentreKey.BACKUP_NONE
        elif age is not None:
            yield age, CentreKey.BACKUP_OLD

    told = {"at": one.made_at, "name": one.folder, "failed": one.failed_at, "error": one.error}
    return _first(said(), told)


def _of_certificate(one: CertificateFacts, limits: CentreLimits, now: datetime) -> Found:
    if one.ends_at is None:
        return _SERIOUS, CentreKey.CERTIFICATE_UNREAD, {"error": one.error}
    left = (one.ends_at - now) / _DAY
    minor = limits.authority_days if one.is_authority else limits.certificate_days
    level = _levels(left, minor, limits.serious_certificate_days, is_bad=_below)
    told: dict[str, Argument] = {"at": one.ends_at, "days": int(left)}
    if left <= 0:
        return _SERIOUS, CentreKey.CERTIFICATE_OVER, told
    if level is not None:
        return level, CentreKey.CERTIFICATE_ENDING, told
    return _GOOD, CentreKey.WELL, told


def _of_clock(one: ClockFacts, limits: CentreLimits) -> Found:
    def said() -> Iterator[Said]:
        if one.is_doubted:
            yield _SERIOUS, CentreKey.CLOCK_DOUBTED
        if not one.is_kept:
            yield _MINOR, CentreKey.CLOCK_UNKEPT
        elif one.error_ms > limits.clock_error_ms:
            yield _MINOR, CentreKey.CLOCK_FAR

    return _first(said(), {"error_ms": _whole(one.error_ms) if one.is_kept else None})


def _of_machine(one: LoadFacts, limits: CentreLimits) -> Found:
    def said() -> Iterator[Said]:
        if (one.memory_ratio or 0) > limits.memory_ratio:
            yield _MINOR, CentreKey.MEMORY_FULL
        if (one.temperature_c or 0) > limits.temperature_c:
            yield _MINOR, CentreKey.HOT
        if (one.load or 0) > limits.load:
            yield _MINOR, CentreKey.BUSY
        if one.error:
            yield _UNKNOWN, CentreKey.UNMEASURED

    memory = None if one.memory_ratio is None else round(100 * one.memory_ratio)
    told = {"load": one.load, "percent": memory, "celsius": one.temperature_c, "error": one.error}
    return _first(said(), told)


def _is_lately(at: datetime | None, now: datetime) -> bool:
    return at is not None and now - at <= SAID_FOR


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value)
