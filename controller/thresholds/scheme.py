"""What thresholds were set in the page: for every point, and in templates for some. Pure.

The file of settings says what holds where nothing is set; a template says only what it has
otherwise. A point uses one template, or none.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

import msgspec
from msgspec import Struct, structs

from monitoring.judgement.problem import Thresholds

KNOWN = frozenset(one.name for one in fields(Thresholds))
ALL, NEW = "", "new"
"""Which part an edit is of: what holds for every point; a template that is not there yet."""


class ThresholdTemplate(Struct, frozen=True):
    """What some points have otherwise than the rest: those of one kind of line."""

    template_id: str
    name: str
    values: dict[str, float] = msgspec.field(default_factory=dict)
    points: tuple[str, ...] = ()


class Scheme(Struct, frozen=True):
    """Everything that was set."""

    values: dict[str, float] = msgspec.field(default_factory=dict)
    templates: tuple[ThresholdTemplate, ...] = ()

    def template(self, template_id: str) -> ThresholdTemplate | None:
        """Return a template; None: there is no such."""
        return next((one for one in self.templates if one.template_id == template_id), None)


@dataclass(frozen=True, slots=True)
class PointThresholds:
    """By which thresholds each point is judged. `revision`: 0 where nothing was ever set."""

    common: Thresholds
    own: Mapping[str, Thresholds] = field(default_factory=dict)
    revision: int = 0

    def of(self, point_id: str) -> Thresholds:
        """Return those of a point."""
        return self.own.get(point_id, self.common)


@dataclass(frozen=True, slots=True)
class Edit:
    """What somebody would have otherwise in one part; `joins` and `leaves` are points of it."""

    part: str = ALL
    name: str = ""
    values: Mapping[str, float] = field(default_factory=dict)
    joins: tuple[str, ...] = ()
    leaves: tuple[str, ...] = ()
    is_removed: bool = False


def with_values(limits: Thresholds, values: Mapping[str, float]) -> Thresholds:
    """Return thresholds with some of them set; what another release knew is left out."""
    known: dict[str, Any] = {name: one for name, one in values.items() if name in KNOWN}
    return replace(limits, **known)


def standing(scheme: Scheme, from_file: Thresholds, revision: int = 0) -> PointThresholds:
    """Return what holds for each point."""
    common = with_values(from_file, scheme.values)
    own: dict[str, Thresholds] = {}
    for one in scheme.templates:
        own |= dict.fromkeys(one.points, with_values(common, one.values))
    return PointThresholds(common, own, revision)


def edited(scheme: Scheme, edit: Edit, *, template_id: str = NEW) -> Scheme:
    """Return a scheme with an edit made.

    Args:
        template_id: what a new template is called by.
    """
    if edit.part == ALL:
        return structs.replace(scheme, values=dict(edit.values))
    if edit.is_removed:
        left = tuple(one for one in scheme.templates if one.template_id != edit.part)
        return structs.replace(scheme, templates=left)
    known = scheme.template(edit.part) or ThresholdTemplate(template_id, "")
    joins, leaves = set(edit.joins), set(edit.leaves)
    points = tuple(sorted((set(known.points) | joins) - leaves))
    made = structs.replace(known, name=edit.name, values=dict(edit.values), points=points)
    others = [
        structs.replace(one, points=tuple(p for p in one.points if p not in joins - leaves))
        for one in scheme.templates
        if one.template_id != made.template_id
    ]
    return structs.replace(
        scheme, templates=tuple(sorted((*others, made), key=lambda one: one.template_id))
    )


def is_same(part: str, one: Scheme, other: Scheme) -> bool:
    """Whether a part is the same in two schemes; of a new template nothing was there before."""
    if part == ALL:
        return one.values == other.values
    return one.template(part) == other.template(part)


def differing(before: PointThresholds, after: PointThresholds, points: Iterable[str]) -> list[str]:
    """Return the points that are judged otherwise."""
    return [one for one in points if before.of(one) != after.of(one)]
