"""A sheet of evidence as it is read: the same words on the page, on paper and in the workbook.

Kept as JSON with what was issued; two of them are compared row by row and cell by cell.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta

import msgspec

from controller.web.i18n.language import N_, Language

MOST_CHANGES = 60
_CHANGED = N_("%(about)s: was %(was)s, is %(now)s")


class Lasted(msgspec.Struct, frozen=True):
    """A cell that is a duration."""

    seconds: int

    @classmethod
    def of(cls, span: timedelta) -> "Lasted":
        """Return a span, which is of whole seconds here."""
        return cls(round(span.total_seconds()))

    def __str__(self) -> str:
        """Return hours, minutes and seconds, e.g. 26:03:09."""
        minutes, seconds = divmod(self.seconds, 60)
        hours, minutes = divmod(minutes, 60)
        return f"{hours}:{minutes:02}:{seconds:02}"


Cell = str | Lasted


class SheetRow(msgspec.Struct, frozen=True):
    """One row; `key` names what it is about in every edition, `href` where that is changed."""

    key: str
    cells: tuple[Cell, ...]
    href: str = ""


class Sheet(msgspec.Struct, frozen=True):
    """One table. `widths` are parts of the paper's width; `empty` is said where it has no row."""

    key: str
    title: str
    note: str
    columns: tuple[str, ...]
    widths: tuple[int, ...]
    rows: tuple[SheetRow, ...]
    empty: str


class Document(msgspec.Struct, frozen=True):
    """All of it. `edition` is what the head says of its standing.

    `facts`: a digest of what it rests on; empty of what was issued before there was one.
    """

    title: str
    edition: str
    head: tuple[tuple[str, str], ...]
    formula: tuple[str, ...]
    sheets: tuple[Sheet, ...]
    changes: tuple[str, ...] = ()
    facts: str = ""


def kept(document: Document) -> str:
    """Return a document as it is stored."""
    return msgspec.json.encode(document).decode()


def opened(text: str) -> Document:
    """Return a document that was stored."""
    return msgspec.json.decode(text, type=Document)


def is_same(one: Document, other: Document) -> bool:
    """Whether two editions say the same of the month, in whatever words."""
    if one.facts and one.facts == other.facts:
        return True
    return (one.head, one.formula, _bare(one)) == (other.head, other.formula, _bare(other))


def changes(words: Language, before: Document, after: Document) -> tuple[str, ...]:
    """Return in words what another edition says otherwise."""
    found = [*_head_changes(words, before, after)]
    known = {one.key: one for one in before.sheets}
    for sheet in after.sheets:
        if sheet.key in known:
            found.extend(_sheet_changes(words, known[sheet.key], sheet))
        elif sheet.rows:
            found.append(words.gettext("%(about)s: added", about=sheet.title))
    if len(found) > MOST_CHANGES:
        rest = len(found) - MOST_CHANGES
        more = words.ngettext("and %(n)s more change", "and %(n)s more changes", rest)
        found = [*found[:MOST_CHANGES], more]
    return tuple(found)


def _bare(document: Document) -> list[tuple[str, tuple[str, ...], list[tuple[Cell, ...]]]]:
    return [(one.key, one.columns, [row.cells for row in one.rows]) for one in document.sheets]


def _head_changes(words: Language, before: Document, after: Document) -> Iterator[str]:
    known = dict(before.head)
    for name, value in after.head:
        if name in known and known[name] != value:
            yield words.gettext(_CHANGED, about=name, was=known[name], now=value)


def _sheet_changes(words: Language, before: Sheet, after: Sheet) -> Iterator[str]:
    old = {row.key: row for row in before.rows}
    new = {row.key: row for row in after.rows}
    for key, row in new.items():
        about = f"{after.title} · {_name(row)}"
        if key not in old:
            yield words.gettext("%(about)s: added", about=about)
            continue
        for column, was, now in zip(after.columns, old[key].cells, row.cells, strict=False):
            if was != now:
                about_cell = f"{about} · {column}"
                yield words.gettext(_CHANGED, about=about_cell, was=was or "–", now=now or "–")
    for key, row in old.items():
        if key not in new:
            about = f"{before.title} · {_name(row)}"
            yield words.gettext("%(about)s: no longer there", about=about)


def _name(row: SheetRow) -> str:
    return " · ".join(str(cell) for cell in row.cells[:2])


def texts(cells: Sequence[Cell]) -> list[str]:
    """Return a row's cells as text."""
    return [str(one) for one in cells]
