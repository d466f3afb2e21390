"""Vietnamese alphabetical order: letters first (a ă â b c d đ e ê …), then tones."""

import unicodedata
from functools import lru_cache

_LETTERS = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_ORDER = {letter: position for position, letter in enumerate(_LETTERS)}
_TONES = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}
_SHAPES = ("\u0306", "\u0302", "\u031b")

Key = tuple[tuple[int, ...], tuple[int, ...], str]


# Every page of a country sorts the same thousands of names.
@lru_cache(maxsize=16384)
def vietnamese(text: str) -> Key:
    """Return a key to sort names by."""
    letters: list[int] = []
    tones: list[int] = []
    for char in unicodedata.normalize("NFC", text).casefold():
        plain, tone = _without_tone(char)
        letters.append(_ORDER.get(plain, 100 if plain.isalpha() else -1))
        tones.append(tone)
    return tuple(letters), tuple(tones), text


def _without_tone(char: str) -> tuple[str, int]:
    parts = unicodedata.normalize("NFD", char)
    tone = next((_TONES[part] for part in parts if part in _TONES), 0)
    kept = "".join(part for part in parts[:1] + "".join(p for p in parts[1:] if p in _SHAPES))
    return unicodedata.normalize("NFC", kept), tone
