"""What stands between double braces in a template of a paper, and what is put there. Pure.

`{{tieu_de}}` is a field. `{{diem_cau.ten}}` is of a list: the row of a table, or else the
paragraph, in which it stands is there once for each entry. `{{thu_ky?}}` is left out with its whole
paragraph where there is nothing to put; without the mark, dots stand there to be written over.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

BLANK = "……………"
MOST_SHOWN_CHARS = 40
# Nothing in it can be read in two ways, so that no text makes it slow.
_MARK = re.compile(r"\{\{([^{}]*)\}\}")
_LEFT_OVER = re.compile(r"\{\{|\}\}|\{%|%\}")


@dataclass(frozen=True, slots=True)
class Placeholder:
    """One that a paper has, and what it is, as a message id; of a list its name has a dot."""

    name: str
    meaning: str

    @property
    def text(self) -> str:
        """How it is written in a template."""
        return "{{" + self.name + "}}"


@dataclass(frozen=True, slots=True)
class Filling:
    """What is put into a paper: fields by name; of each list its entries, as fields."""

    fields: Mapping[str, str]
    lists: Mapping[str, Sequence[Mapping[str, str]]] = field(default_factory=dict)

    def of(self, name: str, entry: Mapping[str, str] | None) -> str:
        """Return what a placeholder stands for; nothing where it is unknown."""
        of_list, dot, column = name.partition(".")
        if dot:
            return (entry or {}).get(column, "")
        return self.fields.get(of_list, "")


@dataclass(frozen=True, slots=True)
class Mark:
    """A placeholder where it stands: `text[start:end]`."""

    name: str
    start: int
    end: int
    is_optional: bool

    @property
    def of_list(self) -> str:
        """Which list it is of; empty: it is a field."""
        name, dot, _ = self.name.partition(".")
        return name if dot else ""


def marks(text: str) -> list[Mark]:
    """Return the placeholders of a paragraph, known or not, in order."""
    return [_mark(one) for one in _MARK.finditer(text)]


def _mark(found: re.Match[str]) -> Mark:
    # Word writes a capital where a sentence begins, and a no-break space where it likes one.
    said = unicodedata.normalize("NFC", found.group(1)).replace("\u00a0", " ").strip().lower()
    name = said.removesuffix("?").rstrip()
    return Mark(name, found.start(), found.end(), said.endswith("?"))


def faults(text: str, known: Iterable[str]) -> list[str]:
    """Return what of a paragraph is no placeholder that can be filled, as it stands there."""
    names, found = frozenset(known), marks(text)
    wrong = [text[one.start : one.end] for one in found if one.name not in names]
    lists = {one.of_list for one in found if one.of_list}
    if len(lists) > 1:
        wrong.append(" ".join(text[one.start : one.end] for one in found if one.of_list))
    bare = _MARK.sub(lambda one: "\0" * len(one.group()), text)
    wrong += [text[max(0, one.start() - 10) : one.end() + 20] for one in _LEFT_OVER.finditer(bare)]
    return [one[:MOST_SHOWN_CHARS] for one in wrong]


def is_left_out(text: str, filling: Filling, entry: Mapping[str, str] | None) -> bool:
    """Return whether a paragraph is left out: it says what may be missing, and all of that is."""
    optional = [one for one in marks(text) if one.is_optional]
    return bool(optional) and not any(filling.of(one.name, entry) for one in optional)


def put(mark: Mark, filling: Filling, entry: Mapping[str, str] | None) -> str:
    """Return what is put in a placeholder's place."""
    return filling.of(mark.name, entry) or ("" if mark.is_optional else BLANK)


def filled(text: str, filling: Filling, entry: Mapping[str, str] | None = None) -> str:
    """Return a text with its placeholders filled; what is put in is not read again."""
    parts, at = [], 0
    for one in marks(text):
        parts += [text[at : one.start], put(one, filling, entry)]
        at = one.end
    return "".join([*parts, text[at:]])
