"""Lines of text that people type, paste and import: the one form in which they are kept.

Unicode's NFC, so that one name is one name whatever keyboard it came from; every kind of
space (Word's no-break space) a plain one; what cannot be seen (soft hyphen, zero-width
characters) gone. Lengths are counted after that, when a Vietnamese letter is one character.
What is left and cannot be shown is refused by its name and place.
"""

import unicodedata

from contracts.errors import MalformedText

_UNSEEN = "\u00ad\u034f\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
_SPACES = "\u00a0\u1680\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
_PLAIN = str.maketrans({**dict.fromkeys(_UNSEEN, None), **dict.fromkeys(_SPACES, " ")})
# What Vietnamese puts on letters: tones, breve, circumflex, horn.
_MARKS = frozenset("\u0300\u0301\u0303\u0309\u0323\u0306\u0302\u031b")
# A letter is three characters at most before it is put together.
_LONGEST_FACTOR = 8
_CALLED = {"\t": "tab", "\n": "line break", "\r": "line break", "\0": "NUL"}


def plain(text: str) -> str:
    """Return text in the form in which it is kept and compared; refuses nothing."""
    return unicodedata.normalize("NFC", text.translate(_PLAIN)).strip(" ")


def line(text: str, *, most: int, least: int = 1) -> str:
    """Return one line in the form in which it is kept.

    Args:
        most: characters, counted as they are kept.
        least: 0 where it may be empty.

    Raises:
        MalformedText: it is empty, too long, or holds a character that cannot be shown.
    """
    # Putting marks in order takes the square of their number.
    if len(text) > _LONGEST_FACTOR * most:
        raise _too_long(len(text), most)
    whole = unicodedata.normalize("NFC", text.translate(_PLAIN))
    kept = whole.strip(" ")
    if len(kept) < least:
        raise MalformedText("is empty")
    if len(kept) > most:
        raise _too_long(len(kept), most)
    for index, char in enumerate(whole):
        if not char.isprintable():
            raise _refused(char, index, "cannot be kept")
        before = whole[index - 1] if index else ""
        if char in _MARKS and not (before.isalpha() or before in _MARKS):
            raise _refused(before or char, max(index - 1, 0), "stands where a letter was lost")
    return kept


def called(char: str) -> str:
    """Return how a character is told: as it looks, or by its number where it has no looks."""
    if char in _CALLED:
        return _CALLED[char]
    is_seen = char.isprintable() and char not in _MARKS
    return f"“{char}”" if is_seen else f"U+{ord(char):04X}"


def _too_long(found: int, most: int) -> MalformedText:
    return MalformedText(f"has {found} characters, at most {most} are kept", found=found, most=most)


def _refused(char: str, index: int, reason: str) -> MalformedText:
    place = index + 1
    said = f"has {called(char)} as its character {place}, which {reason}"
    return MalformedText(said, char=char, place=place)
