"""Thresholds, what they would have said, and who set them, as people read it."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from contracts.ids import PointId
from controller.places.service import PlacesNow
from controller.settings import ThresholdSettings
from controller.thresholds import fields, wording
from controller.thresholds.fields import BY_KEY, FIELDS, TOLD, ThresholdField
from controller.thresholds.scheme import ALL, NEW, Scheme, ThresholdTemplate, with_values
from controller.thresholds.service import KeptScheme
from controller.thresholds.trial import LASTS, Found, Trial
from controller.thresholds.typed import Typed
from controller.web.elements import Crumb
from controller.web.i18n.collation import vietnamese
from controller.web.i18n.language import Language
from controller.web.page_request import PageRequest
from monitoring.judgement.problem import Thresholds

Differing = Callable[[Scheme, Scheme], tuple[str, ...]]
SHOWN, MOST_ROWS, MOST_NAMED = 20, 100, 3


@dataclass(frozen=True, slots=True)
class PartLink:
    """One part that can be set: all points, a template, a new one."""

    part: str
    href: str
    name: str
    detail: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class FieldRow:
    """One threshold: typed, as it holds, where that comes from; told of, before and after."""

    name: str
    label: str
    typed: str
    now_set: str
    source: str
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
class HistoryRow:
    """One revision: when, who, why, what it changed; `restore` empty: it holds now."""

    revision: int
    time: str
    who: str
    reason: str
    what: tuple[str, ...]
    restore: str


@dataclass(frozen=True, slots=True)
class TrialView:
    """What was tried. `changes`: what would be set otherwise; `warnings` have to be confirmed."""

    changes: tuple[str, ...]
    summary: str
    warnings: tuple[str, ...]
    rows: tuple[ToldRow, ...]
    left_out: str
    is_tried: bool


@dataclass(frozen=True, slots=True)
class ThresholdsView:
    """All the page shows. `meanwhile`: what somebody else has set since it was looked at."""

    crumbs: tuple[Crumb, ...]
    parts: tuple[PartLink, ...]
    typed: Typed
    title: str
    name: str
    is_template: bool
    is_new: bool
    fields: tuple[FieldRow, ...]
    members: tuple[tuple[str, str, bool], ...]
    choices: tuple[tuple[str, str, bool], ...]
    problem: str
    meanwhile: tuple[str, ...]
    preview: TrialView | None
    saved: str
    undo: str
    history: tuple[HistoryRow, ...]


def view(
    asked: PageRequest,
    typed: Typed,
    now_set: KeptScheme,
    history: Sequence[KeptScheme],
    known: PlacesNow,
    tried: Trial | None,
    proposed: Scheme | None,
    *,
    problem: str,
    looked_at: KeptScheme | None,
    people: Mapping[str, str],
) -> ThresholdsView:
    """Return the page's view. `looked_at`: what was set when it was opened, if that has changed.

    Args:
        people: what those who have set thresholds are called.
    """
    words, from_file = asked.words, asked.web.settings.thresholds
    template = now_set.scheme.template(typed.part)

    def differing(one: Scheme, other: Scheme) -> tuple[str, ...]:
        return tuple(wording.differences(words, one, other, from_file.limits))

    preview = None
    if tried is not None and proposed is not None:
        preview = _preview(
            words, asked.now, tried, known.point_names, differing(now_set.scheme, proposed)
        )
    rows = _history(words, asked.now, history, people, differing)
    return ThresholdsView(
        crumbs=(
            Crumb(words.gettext("Incidents"), "/incidents"),
            Crumb(words.gettext("Thresholds")),
        ),
        parts=_parts(words, now_set.scheme, typed.part),
        typed=typed,
        title=_title(words, typed.part, template),
        name=typed.name or (template.name if template else ""),
        is_template=typed.part != ALL,
        is_new=typed.part == NEW,
        fields=tuple(_fields(words, typed, now_set.scheme, template, from_file, tried)),
        members=_members(template, known, typed),
        choices=_choices(known, typed) if typed.part != ALL else (),
        problem=problem,
        meanwhile=differing(looked_at.scheme, now_set.scheme) if looked_at else (),
        preview=preview,
        saved=asked.request.query_params.get("saved", "") if rows else "",
        undo=_restore(history[1].revision if len(history) > 1 else 0) if history else "",
        history=rows,
    )


def warnings(
    words: Language, now: datetime, tried: Trial, names: Mapping[str, str]
) -> tuple[str, ...]:
    """Return what has to be known before it is set."""
    said: list[str] = []
    fallen = [one for one in tried.missed if one.outage_at is not None]
    if fallen:
        some = "; ".join(
            f"{names.get(one.point_id, one.point_id)} {words.moment(one.outage_at, now)}"
            for one in fallen[:MOST_NAMED]
            if one.outage_at is not None
        )
        said.append(
            words.ngettext(
                "%(n)s time nobody would have been told of what went with an outage: %(some)s",
                "%(n)s times nobody would have been told of what went with an outage: %(some)s",
                len(fallen),
                some=some,
            )
        )
    if tried.is_too_much:
        said.append(
            words.gettext(
                "It would tell of so much that it cannot be counted: everybody stops reading."
            )
        )
    elif tried.is_loud:
        said.append(
            words.gettext(
                "Somebody would be told about %(n)s times a day: that is more than anybody reads.",
                n=words.number(tried.told_a_day),
            )
        )
    return tuple(said)


def _title(words: Language, part: str, template: ThresholdTemplate | None) -> str:
    if template is not None:
        return words.gettext("Template %(name)s", name=template.name)
    return words.gettext("New template") if part == NEW else words.gettext("All points")


def _parts(words: Language, scheme: Scheme, part: str) -> tuple[PartLink, ...]:
    found = [PartLink(ALL, "/thresholds", words.gettext("All points"), "", part == ALL)]
    for one in sorted(scheme.templates, key=lambda each: vietnamese(each.name)):
        count = words.ngettext("%(n)s point", "%(n)s points", len(one.points))
        href = f"/thresholds?{urlencode({'part': one.template_id})}"
        found.append(PartLink(one.template_id, href, one.name, count, part == one.template_id))
    new = words.gettext("New template")
    found.append(PartLink(NEW, f"/thresholds?part={NEW}", new, "", part == NEW))
    return tuple(found)


def _fields(
    words: Language,
    typed: Typed,
    scheme: Scheme,
    template: ThresholdTemplate | None,
    from_file: ThresholdSettings,
    tried: Trial | None,
) -> list[FieldRow]:
    common = with_values(from_file.limits, scheme.values)
    own = with_values(common, template.values) if template else common

    def told(one: ThresholdField, found: Found) -> str:
        return words.number(sum(e.key is one.key for each in found.values() for e in each))

    rows = []
    for one in FIELDS:
        now_set = fields.shown(one, getattr(own, one.name), words.code)
        rows.append(
            FieldRow(
                name=one.name,
                label=f"{one.label.said_in(words.code)} ({one.unit})",
                typed=typed.values.get(one.name) or now_set,
                now_set=now_set,
                source=_source(words, one.name, scheme, template, from_file),
                before=told(one, tried.before) if tried else "",
                after=told(one, tried.after) if tried else "",
            )
        )
    return rows


def _source(
    words: Language,
    name: str,
    scheme: Scheme,
    template: ThresholdTemplate | None,
    from_file: ThresholdSettings,
) -> str:
    if template is not None and name in template.values:
        return words.gettext("this template")
    if name in scheme.values:
        return words.gettext("all points, set in this page")
    if getattr(from_file, name) != getattr(Thresholds(), name):
        return "controller.toml"
    return words.gettext("default")


def _members(
    template: ThresholdTemplate | None, known: PlacesNow, typed: Typed
) -> tuple[tuple[str, str, bool], ...]:
    """Return the points of a template: id, name, and whether it is to leave."""
    names = known.point_names
    own = template.points if template else ()
    found = [(one, names.get(one, one), one in typed.leaves) for one in own]
    return tuple(sorted(found, key=lambda one: vietnamese(one[1])))


def _choices(known: PlacesNow, typed: Typed) -> tuple[tuple[str, str, bool], ...]:
    """Return who can join: units with all points below them, and points, as the tree has them."""
    found = []
    for branch in known.tree:
        indent = "\u2003" * branch.depth
        found.append((f"unit:{branch.unit.unit_id}", f"{indent}▸ {branch.unit.name}"))
        found += [(f"point:{one.point_id}", f"{indent}\u2003{one.name}") for one in branch.points]
    return tuple((value, name, value == typed.joins) for value, name in found)


def _preview(
    words: Language,
    now: datetime,
    tried: Trial,
    names: Mapping[str, str],
    changes: tuple[str, ...],
) -> TrialView:
    rows = _rows(words, tried)
    left = len(rows) - MOST_ROWS
    return TrialView(
        changes=changes,
        summary=_summary(words, tried),
        warnings=warnings(words, now, tried, names),
        rows=tuple(rows[:MOST_ROWS]),
        left_out=words.ngettext("%(n)s more", "%(n)s more", left) if left > 0 else "",
        is_tried=bool(tried.points) and not tried.is_too_much,
    )


def _summary(words: Language, tried: Trial) -> str:
    if not tried.points:
        return words.gettext("No point is judged otherwise.")
    before, after = (
        words.number(sum(map(len, found.values()))) for found in (tried.before, tried.after)
    )
    said = words.gettext(
        "In the last %(days)s days, %(points)s points: told %(before)s times as it is set, and "
        "%(after)s times with what is typed.",
        days=LASTS.days,
        points=words.number(len(tried.points)),
        before=before,
        after=after,
    )
    if len(tried.points) < tried.affected:
        more = words.gettext(
            "Tried on %(points)s of %(all)s points, taken from all units.",
            points=words.number(len(tried.points)),
            all=words.number(tried.affected),
        )
        said = f"{said} {more}"
    return said


def _rows(words: Language, tried: Trial) -> list[ToldRow]:
    """Return a row for each point and thing, those told of most first."""
    found = []
    for point in tried.points:
        point_id = PointId(point.point_id)
        own, other = tried.after.get(point_id, ()), tried.before.get(point_id, ())
        after, before = Counter(e.key for e in own), Counter(e.key for e in other)
        for key in after.keys() | before.keys():
            lasted = sum((e.ended_at - e.began_at for e in own if e.key is key), timedelta())
            field = BY_KEY.get(key)
            what = key.value if field is None else field.label.said_in(words.code)
            if key not in TOLD:
                what = words.gettext("%(what)s (shown only, nobody is told)", what=what)
            order = (-after[key], -before[key], vietnamese(point.name), what)
            row = ToldRow(
                point.name,
                f"/points/{point.point_id}?span=7d",
                what,
                words.number(before[key]),
                words.number(after[key]),
                words.duration(lasted) if lasted else "–",
            )
            found.append((order, row))
    return [row for _, row in sorted(found, key=lambda one: one[0])]


def _restore(revision: int) -> str:
    return f"/thresholds?restore={revision}"


def _history(
    words: Language,
    now: datetime,
    history: Sequence[KeptScheme],
    people: Mapping[str, str],
    differing: Differing,
) -> tuple[HistoryRow, ...]:
    rows = []
    for place, one in enumerate(history[:SHOWN]):
        before = history[place + 1].scheme if place + 1 < len(history) else Scheme()
        what = differing(before, one.scheme)
        if one.restored is not None:
            what = (words.gettext("As it was in change %(n)s", n=one.restored), *what)
        rows.append(
            HistoryRow(
                revision=one.revision,
                time=words.moment(one.made_at, now) if one.made_at else "",
                who=people.get(one.made_by, one.made_by),
                reason=one.reason,
                what=what,
                restore=_restore(one.revision) if place else "",
            )
        )
    return tuple(rows)
