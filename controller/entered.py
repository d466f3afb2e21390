"""What people enter, for whichever page, command or program: kept in one form, or refused.

The rules are in contracts; here a refusal becomes a sentence in two languages that names
the field, and the character and its place.
"""

from dataclasses import dataclass
from datetime import date

from contracts import numbers, text
from contracts.errors import MalformedNumber, MalformedText
from controller.errors import BadEntry

MAX_DAY_CHARS = 20


@dataclass(frozen=True, slots=True)
class Label:
    """A field as people know it."""

    vi: str
    en: str

    def said_in(self, language: str) -> str:
        """Return it in a language, by its code."""
        return self.vi if language == "vi" else self.en


def line(label: Label, typed: str, *, most: int, least: int = 1) -> str:
    """Return one line of text as it is kept.

    Raises:
        BadEntry: it is empty, too long, or holds a character that cannot be shown.
    """
    try:
        return text.line(typed, most=most, least=least)
    except MalformedText as exc:
        raise BadEntry(f"{label.vi} {said_vi(exc)}.", f"{label.en} {exc.reason}.") from exc


def decimal(label: Label, typed: str, *, least: float, most: float) -> float:
    """Return a number as people write it.

    Raises:
        BadEntry: it is none, out of its range, or could be two numbers.
    """
    try:
        return numbers.typed_decimal(typed, least=least, most=most)
    except MalformedNumber as exc:
        if exc.readings:
            one, other = exc.readings
            raise BadEntry(
                f"{label.vi}: “{exc.text}” là {one} hay {other}? Gõ lại {one} hoặc {other}.",
                f"{label.en}: “{exc.text}” is {one} or {other}? Type {one} or {other}.",
            ) from exc
        raise BadEntry(
            f"{label.vi}: “{exc.text}” không phải là số từ {_vi(least)} đến {_vi(most)}.",
            f"{label.en}: “{exc.text}” is not a number from {least:g} to {most:g}.",
        ) from exc


def day(label: Label, typed: str) -> date:
    """Return a day as browsers send one.

    Raises:
        BadEntry: it is none, or not of this century.
    """
    said = line(label, typed, most=MAX_DAY_CHARS)
    try:
        found = date.fromisoformat(said)
    except ValueError as exc:
        raise BadEntry(
            f"{label.vi}: “{said}” không phải là ngày viết như 2026-12-31.",
            f"{label.en}: “{said}” is no day as in 2026-12-31.",
        ) from exc
    if not 2000 <= found.year <= 2100:
        raise BadEntry(
            f"{label.vi}: năm phải từ 2000 đến 2100.",
            f"{label.en}: the year has to be from 2000 to 2100.",
        )
    return found


def _vi(value: float) -> str:
    return f"{value:g}".replace(".", ",")


def said_vi(exc: MalformedText) -> str:
    """Return in Vietnamese what is wrong with a line of text."""
    if exc.char:
        return f"có ký tự thứ {exc.place} ({text.called(exc.char)}) không dùng được"
    if exc.most:
        return f"có {exc.found} ký tự, chỉ được tối đa {exc.most}"
    return "chưa được nhập"


def file_too_large(most_bytes: int) -> BadEntry:
    """Return the refusal of a file above its limit."""
    most_mb = most_bytes // 2**20
    return BadEntry(
        f"Tệp quá lớn, chỉ nhận tối đa {most_mb} MB.",
        f"The file is too large, at most {most_mb} MB are taken.",
    )
