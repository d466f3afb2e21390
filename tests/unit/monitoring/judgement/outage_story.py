"""Outages as tests tell them: what the point recorded, what its session and others said."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from monitoring.judgement.availability import Outage
from monitoring.judgement.outage_evidence import Evidence, Record, Sample, Word, WordKind

T0 = datetime(2026, 11, 24, 8, tzinfo=UTC)
GOOD = Sample("192.168.1.1", gateway_answers=True, probes_sent=10, probes_received=10)
CUT_LINE = replace(GOOD, probes_received=0)
NO_ROUTER = replace(CUT_LINE, gateway_answers=False)
NO_CABLE = replace(NO_ROUTER, carrier_lost="eth0")
NO_ROUTE = Sample("", gateway_answers=None, probes_sent=10)


def at(seconds: float) -> datetime:
    """Return T0 and some seconds."""
    return T0 + timedelta(seconds=seconds)


def record(
    seq: int, seconds: float, sample: Sample | None = GOOD, *, boot: int = 1, booted_s: float = -900
) -> Record:
    """Return one report."""
    return Record(1, seq, boot, at(seconds), at(booted_s), sample)


def before(count: int = 6) -> tuple[Record, ...]:
    """Return good reports, the last at T0 with number 0."""
    return tuple(record(-n, -10 * n) for n in reversed(range(count)))


def during(*samples: Sample, first: int = 1) -> tuple[Record, ...]:
    """Return one report in ten seconds from T0 on."""
    return tuple(record(n, 10 * n, one) for n, one in enumerate(samples, start=first))


def evidence(*records: Record, ended_s: float | None = 120, **more) -> Evidence:
    """Return an outage that begins at T0."""
    ended_at = None if ended_s is None else at(ended_s)
    return Evidence(Outage(T0, ended_at), records=records, **more)


def word(kind: WordKind, seconds: float, run_id: str = "") -> Word:
    """Return what a session said."""
    return Word(kind, at(seconds), run_id)
