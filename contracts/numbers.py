"""Numbers in text: those of programs in plain digits, those of people as they write them.

`int()` takes the digits of every script, and fails on five thousand of them; `float()`
makes a thousandth of the `1.000` by which Vietnamese means a thousand.
"""

import re

from contracts.errors import MalformedNumber

# Nothing that people or programs count here has more.
_MAX_CHARS = 20
_THOUSANDS = re.compile(r"[1-9][0-9]{0,2}([.,])[0-9]{3}(?:\1[0-9]{3})*")
_ZEROS = re.compile(r"([0-9]+)[.,]0{1,2}")


def whole(text: str, *, least: int = 0, most: int) -> int:
    """Return a number written in plain digits, as programs write it.

    Raises:
        MalformedNumber: it is anything else, or out of its range.
    """
    if len(text) > _MAX_CHARS or not (text.isascii() and text.isdigit()):
        raise MalformedNumber(text, "is not a number in the digits 0 to 9")
    return int(_within(int(text), text, least, most))


def typed_whole(text: str, *, least: int = 0, most: int) -> int:
    """Return a whole number as a person or a spreadsheet writes it: `17`, `17.0`.

    Raises:
        MalformedNumber: it is none, out of its range, or `1.000`: a thousand or one?
    """
    asked = text.strip()
    decimals = _ZEROS.fullmatch(asked[:_MAX_CHARS])
    if decimals is not None:
        asked = decimals[1]
    _refuse_ambiguous(asked)
    return whole(asked, least=least, most=most)


def typed_decimal(text: str, *, least: float, most: float) -> float:
    """Return a number as a person writes it: `50`, `1,5`, `1.5`, `1.000,5`, `1.000.000`, `-110`.

    Raises:
        MalformedNumber: it is none, out of its range, or `1.000`: a thousand or one?
    """
    asked = text.strip()
    sign = -1 if least < 0 and asked.startswith(("-", "−")) else 1
    asked = asked[1:] if sign < 0 else asked
    _refuse_ambiguous(asked)
    whole_part, decimals = _parts(asked)
    digits = re.sub(r"[.,]", "", whole_part)
    is_read = digits == whole_part or _THOUSANDS.fullmatch(whole_part) is not None
    for part in (digits, decimals):
        if len(asked) > _MAX_CHARS or not is_read or not (part.isascii() and part.isdigit()):
            raise MalformedNumber(text, "is not a number in the digits 0 to 9")
    return _within(sign * float(f"{digits}.{decimals}"), text, least, most)


def _parts(text: str) -> tuple[str, str]:
    """Split at the decimal separator: the last one, if it is the only one of its kind."""
    last = max(text.rfind("."), text.rfind(","))
    if last < 0 or text.count(text[last]) > 1:
        return text, "0"
    return text[:last], text[last + 1 :]


def _refuse_ambiguous(text: str) -> None:
    found = _THOUSANDS.fullmatch(text[: _MAX_CHARS + 1])
    if found is None or text.count(found[1]) > 1:
        return
    units, decimals = text.split(found[1])
    readings = (units + decimals, f"{units},{decimals}".rstrip("0").rstrip(","))
    raise MalformedNumber(text, f"= {readings[0]} or {readings[1]}?", readings)


def _within(number: float, text: str, least: float, most: float) -> float:
    if not least <= number <= most:
        raise MalformedNumber(text, f"is not between {least:g} and {most:g}")
    return number
