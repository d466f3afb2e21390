"""What is written in minutes, as it is kept: paragraphs of one line each. Pure."""

from dataclasses import dataclass

from contracts import text
from contracts.errors import MalformedText
from controller import entered
from controller.entered import Label
from controller.errors import BadEntry

MAX_CONTENT_CHARS, MAX_CONTENT_LINES = 40_000, 500
MAX_CONCLUSIONS_CHARS, MAX_CONCLUSIONS_LINES = 20_000, 200
MAX_NUMBER_CHARS = 60
_MAX_LINE_CHARS = 4000
_NUMBER = Label("Số biên bản", "The number of the minutes")
_CONTENT = Label("Nội dung", "The content")
_CONCLUSIONS = Label("Kết luận", "The conclusions")


@dataclass(frozen=True, slots=True)
class MinutesText:
    """What people write of a meeting."""

    number: str = ""
    content: str = ""
    conclusions: str = ""


def checked(typed: MinutesText) -> MinutesText:
    """Return what was typed as it is kept.

    Raises:
        BadEntry: it is too long, or holds what cannot be shown; the line is named.
    """
    return MinutesText(
        entered.line(_NUMBER, typed.number, most=MAX_NUMBER_CHARS, least=0),
        _paragraphs(_CONTENT, typed.content, MAX_CONTENT_CHARS, MAX_CONTENT_LINES),
        _paragraphs(_CONCLUSIONS, typed.conclusions, MAX_CONCLUSIONS_CHARS, MAX_CONCLUSIONS_LINES),
    )


def paragraphs(kept: str) -> list[str]:
    """Return the paragraphs of a text, without empty ones."""
    return [line for line in kept.split("\n") if line]


def _paragraphs(label: Label, typed: str, most: int, most_lines: int) -> str:
    lines = typed.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ").split("\n")
    while lines and not lines[-1].strip():
        lines.pop()
    if len(lines) > most_lines:
        raise BadEntry(
            f"{label.vi} có {len(lines)} dòng, chỉ được tối đa {most_lines}.",
            f"{label.en} has {len(lines)} lines, at most {most_lines} are kept.",
        )
    kept = "\n".join(_line(label, number, line) for number, line in enumerate(lines, start=1))
    if len(kept) > most:
        raise BadEntry(
            f"{label.vi} có {len(kept)} ký tự, chỉ được tối đa {most}.",
            f"{label.en} has {len(kept)} characters, at most {most} are kept.",
        )
    return kept


def _line(label: Label, number: int, line: str) -> str:
    try:
        return text.line(line, most=_MAX_LINE_CHARS, least=0)
    except MalformedText as exc:
        raise BadEntry(
            f"{label.vi}, dòng {number} {entered.said_vi(exc)}.",
            f"{label.en}, line {number}, {exc.reason}.",
        ) from exc
