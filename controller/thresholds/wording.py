"""What somebody set otherwise, in sentences: for the page, the audit log and the command line."""

from collections.abc import Iterator

from controller.thresholds.fields import FIELDS, shown
from controller.thresholds.scheme import Scheme, ThresholdTemplate, with_values
from controller.web.i18n.language import Language
from monitoring.judgement.problem import Thresholds


def differences(words: Language, before: Scheme, after: Scheme, from_file: Thresholds) -> list[str]:
    """Return what differs between two schemes, part by part."""
    was, now = with_values(from_file, before.values), with_values(from_file, after.values)
    found = [words.gettext("All points: %(what)s", what=one) for one in _values(words, was, now)]
    names = {one.template_id: None for one in (*before.templates, *after.templates)}
    for name in names:
        found += _of_template(words, before.template(name), after.template(name), now)
    return found


def _of_template(
    words: Language,
    old: ThresholdTemplate | None,
    new: ThresholdTemplate | None,
    common: Thresholds,
) -> Iterator[str]:
    if old == new:
        return
    if new is None:
        if old is not None:
            yield words.gettext("Template %(name)s: removed", name=old.name)
        return
    said: list[str] = []
    if old is None:
        said.append(words.gettext("new"))
    elif old.name != new.name:
        said.append(words.gettext("called %(name)s before", name=old.name))
    said += _values(
        words,
        with_values(common, old.values if old else {}),
        with_values(common, new.values),
    )
    had, has = set(old.points if old else ()), set(new.points)
    if joined := len(has - had):
        said.append(words.ngettext("%(n)s point joined", "%(n)s points joined", joined))
    if left := len(had - has):
        said.append(words.ngettext("%(n)s point left", "%(n)s points left", left))
    if said:
        yield words.gettext("Template %(name)s: %(what)s", name=new.name, what="; ".join(said))


def _values(words: Language, was: Thresholds, now: Thresholds) -> Iterator[str]:
    for one in FIELDS:
        old, new = getattr(was, one.name), getattr(now, one.name)
        if old != new:
            old_text, new_text = shown(one, old, words.code), shown(one, new, words.code)
            yield f"{one.label.said_in(words.code)} {old_text} → {new_text} {one.unit}"
