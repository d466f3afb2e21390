"""Uptime of one point: up, down and unknown kept apart, as a bar and in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from controller.health import states
from controller.health.states import PointState
from controller.web.elements import Badge
from controller.web.i18n.language import N_, Language
from monitoring.judgement.availability import Uptime

PERIODS = (("today", N_("Today")), ("7_days", N_("7 days")), ("30_days", N_("30 days")))


@dataclass(frozen=True, slots=True)
class UptimePart:
    """One part of the bar, in percent of its width."""

    key: str
    badge: Badge
    x: str
    width: str
    shown: str


@dataclass(frozen=True, slots=True)
class UptimeCard:
    """One period."""

    key: str
    name: str
    ratio: str
    spoken: str
    parts: tuple[UptimePart, ...]


def cards(words: Language, uptimes: Sequence[Uptime]) -> tuple[UptimeCard, ...]:
    """Return one card per usual period."""
    return tuple(
        card(words, key, words.gettext(name), uptime)
        for (key, name), uptime in zip(PERIODS, uptimes, strict=True)
    )


def card(words: Language, key: str, name: str, uptime: Uptime) -> UptimeCard:
    """Return the card of one period. Degraded is shown as the part of up that it is."""
    parts = _parts(words, uptime)
    spoken = ", ".join(f"{part.badge.word} {part.shown}" for part in parts)
    spoken = spoken or words.gettext("nothing known")
    return UptimeCard(
        key=key,
        name=name,
        ratio=words.percent(uptime.ratio, digits=2),
        spoken=f"{name}: {spoken}",
        parts=parts,
    )


def _parts(words: Language, uptime: Uptime) -> tuple[UptimePart, ...]:
    spans = (
        (PointState.UP, uptime.up - uptime.degraded),
        (PointState.DEGRADED, uptime.degraded),
        (PointState.DOWN, uptime.down),
        (PointState.EXCLUDED, uptime.excluded),
        (PointState.UNKNOWN, uptime.unknown),
    )
    whole = sum((span for _, span in spans), timedelta())
    parts: list[UptimePart] = []
    x = 0.0
    for state, span in spans:
        if span < timedelta(seconds=1):
            continue
        width = 100 * (span / whole)
        parts.append(
            UptimePart(
                key=state.value,
                badge=states.of_point(state, words),
                x=f"{x:.3f}",
                width=f"{width:.3f}",
                shown=words.duration(span),
            )
        )
        x += width
    return tuple(parts)
