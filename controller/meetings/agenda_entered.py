"""An agenda as it was typed, judged item by item."""

from collections.abc import Sequence
from dataclasses import dataclass

from contracts import numbers
from contracts.errors import MalformedNumber
from controller import entered
from controller.entered import Label
from controller.errors import BadEntry
from controller.meetings.agenda import (
    MAX_ITEM_CHARS,
    MAX_ITEM_MIN,
    MAX_ITEMS,
    MAX_SPEAKER_CHARS,
    AgendaItem,
)

_TITLE = Label("Nội dung mục chương trình", "What an item of the agenda is about")
_SPEAKER = Label("Người trình bày", "Who speaks to an item of the agenda")


@dataclass(frozen=True, slots=True)
class AgendaTyped:
    """One row of the form, as it was typed."""

    title: str = ""
    minutes: str = ""
    speaker: str = ""

    @property
    def is_blank(self) -> bool:
        """Whether nobody typed what it is about, nor who speaks."""
        return not self.title.strip() and not self.speaker.strip()


def typed(
    titles: Sequence[str], minutes: Sequence[str], speakers: Sequence[str]
) -> tuple[AgendaTyped, ...]:
    """Return the rows of a form that are not blank, at most one more than an agenda may have."""
    rows = (AgendaTyped(*one) for one in zip(titles, minutes, speakers, strict=False))
    return tuple(one for one in rows if not one.is_blank)[: MAX_ITEMS + 1]


def read(rows: Sequence[AgendaTyped]) -> tuple[AgendaItem, ...]:
    """Return the agenda that was typed.

    Raises:
        BadEntry: an item of it is none; the sentence says which and why.
    """
    return judged(tuple(_item(number, one) for number, one in enumerate(rows, start=1)))


def judged(items: Sequence[AgendaItem]) -> tuple[AgendaItem, ...]:
    """Return an agenda as it is kept.

    Raises:
        BadEntry: it has too many items, or one is none.
    """
    if len(items) > MAX_ITEMS:
        raise BadEntry(
            f"Chương trình có tối đa {MAX_ITEMS} mục.",
            f"An agenda has {MAX_ITEMS} items at most.",
        )
    return tuple(
        AgendaItem(
            entered.line(_TITLE, one.title, most=MAX_ITEM_CHARS),
            one.minutes,
            entered.line(_SPEAKER, one.speaker, most=MAX_SPEAKER_CHARS, least=0),
        )
        for one in items
    )


def _item(number: int, row: AgendaTyped) -> AgendaItem:
    try:
        minutes = numbers.whole(row.minutes.strip(), least=1, most=MAX_ITEM_MIN)
    except MalformedNumber as exc:
        raise BadEntry(
            f"Mục {number} của chương trình: nhập số phút từ 1 đến {MAX_ITEM_MIN}.",
            f"Item {number} of the agenda: enter its minutes, from 1 to {MAX_ITEM_MIN}.",
        ) from exc
    return AgendaItem(row.title, minutes, row.speaker)
