"""What somebody looks for, found without accents: every word begins somewhere in a name."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

from controller.web.i18n.collation import vietnamese

MAX_SOUGHT_CHARS = 60
SHOWN = 8

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Findable:
    """Something with a page: what it is called, what else it is found by, and where it is."""

    name: str
    href: str
    second: str = ""
    also: str = ""


@lru_cache(maxsize=32768)
def folded(text: str) -> str:
    """Return a text in small letters without accents: “Đà Bắc” as “da bac”."""
    parts = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return " ".join("".join(one for one in parts if not unicodedata.combining(one)).split())


def sought(typed: str) -> tuple[str, ...]:
    """Return the words that are looked for; of too long a text its beginning."""
    return tuple(folded(typed[:MAX_SOUGHT_CHARS]).split())


def may_be_serial(words: tuple[str, ...]) -> bool:
    """Return whether a word could be part of a serial number: four letters with a figure."""
    return any(len(word) >= 4 and any(one.isdigit() for one in word) for word in words)


def found(words: tuple[str, ...], among: Iterable[Findable]) -> list[Findable]:
    """Return the first that have every word, those whose name begins with the first before."""
    if not words:
        return []
    hits = []
    for one in among:
        text = f" {folded(one.name)} {folded(one.also)}"
        if all(f" {word}" in text or (len(word) > 2 and word in text) for word in words):
            hits.append(one)
    hits.sort(key=lambda one: (not folded(one.name).startswith(words[0]), vietnamese(one.name)))
    return hits[:SHOWN]
