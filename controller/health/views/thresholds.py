"""Thresholds to try, and what they would have said, as people read it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import msgspec

from contracts.ids import PointId
from controller import entered as typed_in
from controller.entered import Label
from controller.health.views.availability import UnitPick
from controller.places.service import Point
from controller.places.tree import Branch
from controller.settings import ThresholdSettings
from controller.web.elements import Crumb
from controller.web.i18n.collation import vietnamese
from controller.web.i18n.language import Language
from monitoring.judgement.problem import ProblemKey
from monitoring.judgement.replay import Episode

MOST_ROWS = 100
Found = Mapping[PointId, Sequence[Episode]]


@dataclass(frozen=True, slots=True)
class ThresholdField:
    """One threshold that can be tried; people type it in `unit`, `factor` of what is set."""

    name: str
    key: ProblemKey
    label: Label
    unit: str
    factor: float
    least: float
    most: float


FIELDS = (
    ThresholdField("loss_ratio", ProblemKey.LOSS, Label("Mất gói", "Loss"), "%", 100, 0.1, 100),
    ThresholdField("rtt_ms", ProblemKey.SLOW, Label("Khứ hồi", "Round trip"), "ms", 1, 1, 10_000),
    ThresholdField(
        "jitter_ms", ProblemKey.JITTER, Label("Biến thiên trễ", "Jitter"), "ms", 1, 1, 10_000
    ),
    ThresholdField(
        "disk_ratio", ProblemKey.DISK_FULL, Label("Đĩa đã dùng", "Disk filled"), "%", 100, 1, 100
    ),
    ThresholdField(
        "memory_ratio",
        ProblemKey.MEMORY_FULL,
        Label("Bộ nhớ đã dùng", "Memory used"),
        "%",
        100,
        1,
        100,
    ),
    ThresholdField(
        "cpu_ratio",
        ProblemKey.PROCESSOR_BUSY,
        Label("Bộ xử lý bận", "Processor busy"),
        "%",
        100,
        1,
        100,
    ),
    ThresholdField(
        "temperature_c", ProblemKey.HOT, Label("Nhiệt độ", "Temperature"), "°C", 1, 1, 150
    ),
)


@dataclass(frozen=True, slots=True)
class Tried:
    """What was tried of which points, and what was found with what is set, and with it."""

    wanted: ThresholdSettings
    points: Sequence[Point]
    before: Found
    after: Found


@dataclass(frozen=True, slots=True)
class FieldRow:
    """One field, with how often it would have told of something; empty: not tried."""

    name: str
    label: str
    typed: str
    now_set: str
    default: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ToldRow:
    """What would have been told of one point and one thing."""

    name: str
    href: str
    what: str
    before: str
    after: str
    lasted: str


@dataclass(frozen=True, slots=True)
class ThresholdsView:
    """All the page shows. `lines`: what stands in the file of settings for what was tried."""

    crumbs: tuple[Crumb, ...]
    units: tuple[UnitPick, ...]
    chosen: str
    fields: tuple[FieldRow, ...]
    problem: str
    is_tried: bool
    summary: str
    rows: tuple[ToldRow, ...]
    left_out: str
    lines: str


def entered(typed: Mapping[str, str], now_set: ThresholdSettings) -> ThresholdSettings:
    """Return what is set with what was typed in its place; a field left empty stays as it is.

    Raises:
        BadEntry: something is no number, or out of its range.
    """
    changed = {
        one.name: typed_in.decimal(one.label, text, least=one.least, most=one.most) / one.factor
        for one in FIELDS
        if (text := typed.get(one.name, "").strip())
    }
    return msgspec.structs.replace(now_set, **changed)


def view(
    words: Language,
    tree: Sequence[Branch],
    chosen: str,
    now_set: ThresholdSettings,
    typed: Mapping[str, str],
    tried: Tried | None,
    problem: str,
) -> ThresholdsView:
    """Return the page's view."""
    rows = _rows(words, tried) if tried else []
    return ThresholdsView(
        crumbs=(
            Crumb(words.gettext("Incidents"), "/incidents"),
            Crumb(words.gettext("Try thresholds")),
        ),
        units=tuple(
            UnitPick(one.unit.unit_id, "\u2003" * one.depth + one.unit.name) for one in tree
        ),
        chosen=chosen,
        fields=tuple(_field(words, one, now_set, typed, tried) for one in FIELDS),
        problem=problem,
        is_tried=tried is not None,
        summary=_summary(words, tried) if tried else "",
        rows=tuple(rows[:MOST_ROWS]),
        left_out=words.ngettext("%(n)s more", "%(n)s more", len(rows) - MOST_ROWS)
        if len(rows) > MOST_ROWS
        else "",
        lines=_lines(tried.wanted, now_set) if tried else "",
    )


def _field(
    words: Language,
    one: ThresholdField,
    now_set: ThresholdSettings,
    typed: Mapping[str, str],
    tried: Tried | None,
) -> FieldRow:
    def told(found: Found) -> str:
        return words.number(sum(e.key is one.key for own in found.values() for e in own))

    own = _shown(words, one, now_set)
    name = one.label.vi if words.code == "vi" else one.label.en
    return FieldRow(
        name=one.name,
        label=f"{name} ({one.unit})",
        typed=typed.get(one.name) or own,
        now_set=own,
        default=_shown(words, one, ThresholdSettings()),
        before=told(tried.before) if tried else "",
        after=told(tried.after) if tried else "",
    )


def _shown(words: Language, one: ThresholdField, settings: ThresholdSettings) -> str:
    """Return a threshold as it is typed: without marks between thousands."""
    text = f"{round(getattr(settings, one.name) * one.factor, 6):g}"
    return text.replace(".", ",") if words.code == "vi" else text


def _summary(words: Language, tried: Tried) -> str:
    before, after = (
        words.number(sum(map(len, found.values()))) for found in (tried.before, tried.after)
    )
    return words.gettext(
        "In the last 7 days, %(points)s points: told %(before)s times as it is set, and %(after)s "
        "times with what is typed.",
        points=words.number(len(tried.points)),
        before=before,
        after=after,
    )


def _rows(words: Language, tried: Tried) -> list[ToldRow]:
    """Return a row for each point and thing, those told of most first."""
    found = []
    labels = {one.key: one.label.vi if words.code == "vi" else one.label.en for one in FIELDS}
    for point in tried.points:
        point_id = PointId(point.point_id)
        own, other = tried.after.get(point_id, ()), tried.before.get(point_id, ())
        after, before = Counter(e.key for e in own), Counter(e.key for e in other)
        for key in after.keys() | before.keys():
            lasted = sum((e.ended_at - e.began_at for e in own if e.key is key), timedelta())
            order = (-after[key], -before[key], vietnamese(point.name), labels.get(key, ""))
            row = ToldRow(
                point.name,
                f"/points/{point.point_id}?span=7d",
                labels.get(key, key.value),
                words.number(before[key]),
                words.number(after[key]),
                words.duration(lasted) if lasted else "–",
            )
            found.append((order, row))
    return [row for _, row in sorted(found, key=lambda one: one[0])]


def _lines(wanted: ThresholdSettings, now_set: ThresholdSettings) -> str:
    """Return what is not the default, and what is set otherwise now."""
    others = (ThresholdSettings(), now_set)
    changed = [
        f"{one.name} = {round(value, 6)}"
        for one in FIELDS
        if any((value := getattr(wanted, one.name)) != getattr(other, one.name) for other in others)
    ]
    return "\n".join(["[thresholds]", *changed]) if changed else ""
