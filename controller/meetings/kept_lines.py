"""What a meeting's lines were like, by the minutes that were kept: how often bad, when and why.

A minute is as bad as the worst that was said in it, by the rule of the running meeting's page.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from contracts.relay import RungName, SentKind
from controller.ingest.line_minute import RUNGS, BriefMinute, LineMinute
from controller.meetings.line_verdicts import (
    LOSS,
    MOS,
    RTT_MS,
    UNSTEADY,
    Degree,
    LineFault,
    Trouble,
    judged,
    played_badly,
    relay_busy,
)

MINUTE = timedelta(minutes=1)
_SMALL = RUNGS.index("low")  # from there on down pictures of people are small, or none
_LESS_IS_WORSE = (LineFault.VOICE_UP, LineFault.VOICE_DOWN)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Minutes on end that were alike, counted from the first; degree None: it was not in."""

    first: int
    minutes: int
    degree: Degree | None
    reasons: tuple[Trouble, ...]


@dataclass(frozen=True, slots=True)
class LineCause:
    """What was wrong in how many minutes, and how it was at its worst."""

    worst: Trouble
    minutes: int


@dataclass(frozen=True, slots=True)
class KeptLine:
    """One participant over the meeting; the losses are means, `worst_at` is when it was worst.

    `gap_max_ms`: the longest time without a picture of somebody, as its room decoded them;
    `empty_ms`: how long somebody was to be seen there, and was not sent.
    """

    subject: str
    minutes: int
    bad: int
    fair: int
    causes: tuple[LineCause, ...]
    worst_at: datetime | None
    worst: tuple[Trouble, ...]
    up_loss_ratio: float | None
    down_loss_ratio: float | None
    mos_min: float | None
    moves: int
    down_bps_min: int | None
    gap_max_ms: float | None
    empty_ms: int
    stretches: tuple[Stretch, ...]


@dataclass(frozen=True, slots=True)
class KeptLines:
    """All of a meeting, worst first; `minutes` from the first that was kept to the last."""

    begins_at: datetime
    minutes: int
    lines: tuple[KeptLine, ...]


@dataclass(slots=True)
class _Said:
    """One direction of a minute, as the rule asks for it; two of each of 15,000 minutes."""

    loss_ratio: float | None
    mos: float | None
    rtt_ms: float | None = None
    rung: RungName | None = None
    frozen_ratio: float | None = None
    stalled_ratio: float | None = None
    sends: tuple[SentKind, ...] | None = None
    is_shed: bool = False


Minute = LineMinute | BriefMinute
Minutes = Mapping[datetime, Minute]


def kept_lines(points: Mapping[str, Minutes]) -> KeptLines | None:
    """Return what was kept of a meeting, worst first, else as `points` has them; None: nothing."""
    known = [at for minutes in points.values() for at in minutes]
    if not known:
        return None
    begins_at, count = min(known), (max(known) - min(known)) // MINUTE + 1
    lines = [_line(name, minutes, begins_at, count) for name, minutes in points.items()]
    lines.sort(key=lambda one: (-one.bad, -one.fair, -len(one.causes)))
    return KeptLines(begins_at, count, tuple(lines))


def is_well(minute: Minute) -> bool:
    """Return whether nothing of a minute reaches a bound: what `reasons_of` says in short."""
    return not (
        minute.silent_samples
        or minute.shed_samples
        or (minute.up_loss_max or 0) >= LOSS[0]
        or (minute.down_loss_max or 0) >= LOSS[0]
        or (minute.concealed_max or 0) >= LOSS[0]
        or (minute.rtt_max_ms or 0) >= RTT_MS[0]
        or (minute.stalled_ratio_max or 0) >= UNSTEADY[0]
        or (minute.frozen_ratio_max or 0) >= UNSTEADY[0]
        or (minute.stage_frozen_max or 0) >= UNSTEADY[0]
        or (minute.speaker_frozen_max or 0) >= UNSTEADY[0]
        or ((mos := minute.up_mos_min) is not None and mos < MOS[0])
        or ((mos := minute.down_mos_min) is not None and mos < MOS[0])
        or ((rung := minute.rung_min) is not None and rung <= _SMALL)
    )


def reasons_of(minute: Minute) -> tuple[Trouble, ...]:
    """Return what was wrong in a minute, worst first."""
    return () if is_well(minute) else all_reasons_of(minute)  # nearly all are well


def all_reasons_of(minute: Minute) -> tuple[Trouble, ...]:
    """Return the same by the rule of the running meeting's page, whatever the minute is like."""
    up = _Said(
        loss_ratio=minute.up_loss_max,
        mos=minute.up_mos_min,
        rtt_ms=minute.rtt_max_ms,
        frozen_ratio=minute.frozen_ratio_max,
        stalled_ratio=minute.stalled_ratio_max,
        sends=() if minute.silent_samples else None,
    )
    down = _Said(
        loss_ratio=minute.down_loss_max, mos=minute.down_mos_min, rung=_named(minute.rung_min)
    )
    frozen = (minute.stage_frozen_max, minute.speaker_frozen_max)
    found = judged(up, down) + played_badly(
        concealed_ratio=minute.concealed_max,
        frozen_ratio=max((one for one in frozen if one is not None), default=None),
    )
    if minute.shed_samples:
        found += (relay_busy(_named(minute.shed_rung_min)),)
    return tuple(sorted(found, key=lambda one: one.degree))


def _named(rung: int | None) -> RungName | None:
    return None if rung is None else RUNGS[rung]


def degree_of(minute: Minute, reasons: Sequence[Trouble]) -> Degree:
    """Return how a minute was."""
    if reasons:
        return reasons[0].degree
    is_known = minute.up_samples or minute.down_samples or minute.concealed_max is not None
    return Degree.GOOD if is_known else Degree.UNKNOWN


def _line(subject: str, minutes: Minutes, begins_at: datetime, count: int) -> KeptLine:
    found = {at: reasons_of(minute) for at, minute in minutes.items()}
    degrees = {at: degree_of(minutes[at], reasons) for at, reasons in found.items()}
    worst_at = min((at for at in sorted(found) if found[at]), key=lambda at: _badness(found[at]),
                   default=None)  # fmt: skip
    ones = minutes.values()
    scores = [
        s
        for one in ones
        for s in (one.up_mos_min, one.down_mos_min, one.heard_mos_min)
        if s is not None
    ]
    return KeptLine(
        subject=subject,
        minutes=len(minutes),
        bad=sum(one is Degree.BAD for one in degrees.values()),
        fair=sum(one is Degree.FAIR for one in degrees.values()),
        causes=_causes(found.values()),
        worst_at=worst_at,
        worst=() if worst_at is None else found[worst_at],
        up_loss_ratio=_mean((one.up_loss_sum, one.up_samples) for one in ones),
        down_loss_ratio=_mean((one.down_loss_sum, one.down_samples) for one in ones),
        mos_min=min(scores, default=None),
        moves=sum(one.moves for one in ones),
        down_bps_min=min((b for one in ones if (b := one.down_bps_min) is not None), default=None),
        gap_max_ms=max((gap for one in ones for gap in _gaps(one)), default=None),
        empty_ms=sum(max(one.stage_empty_ms, one.speaker_empty_ms) for one in ones),
        stretches=_stretches(found, degrees, begins_at, count),
    )


def _gaps(minute: Minute) -> list[float]:
    """Return the longest times without a picture of people; what is shared may stand still."""
    return [gap for gap in (minute.stage_gap_max_ms, minute.speaker_gap_max_ms) if gap is not None]


def _badness(reasons: Sequence[Trouble]) -> tuple[int, int, float]:
    """Return what sorts the worst minute first."""
    bad = sum(one.degree is Degree.BAD for one in reasons)
    shares = [one.value for one in reasons if 0 < one.value <= 1]
    return -bad, -len(reasons), -max(shares, default=0.0)


def _mean(sums: Iterable[tuple[float, int]]) -> float | None:
    both = list(sums)
    count = sum(samples for _, samples in both)
    return sum(total for total, _ in both) / count if count else None


def _causes(found: Iterable[Iterable[Trouble]]) -> tuple[LineCause, ...]:
    all_of: dict[LineFault, list[Trouble]] = {}
    for reasons in found:
        for one in reasons:
            all_of.setdefault(one.cause, []).append(one)
    causes = [LineCause(_worst(ones), len(ones)) for ones in all_of.values()]
    return tuple(sorted(causes, key=lambda one: (one.worst.degree, -one.minutes)))


def _worst(ones: Iterable[Trouble]) -> Trouble:
    def rank(one: Trouble) -> tuple[Degree, float]:
        return one.degree, one.value if one.cause in _LESS_IS_WORSE else -one.value

    return min(ones, key=rank)


def _stretches(
    found: Mapping[datetime, tuple[Trouble, ...]],
    degrees: Mapping[datetime, Degree],
    begins_at: datetime,
    count: int,
) -> tuple[Stretch, ...]:
    """Return the minutes as they followed, those alike as one."""
    minutes = [begins_at + number * MINUTE for number in range(count)]
    stretches: list[Stretch] = []
    first = 0
    for degree, group in groupby(minutes, key=degrees.get):
        ones = list(group)
        causes = _causes(found[at] for at in ones if at in found)
        stretches.append(Stretch(first, len(ones), degree, tuple(one.worst for one in causes)))
        first += len(ones)
    return tuple(stretches)
