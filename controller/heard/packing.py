"""Minutes as they are kept: two letters each, the state and for how many seconds it was heard."""

from collections.abc import Iterable

from monitoring.judgement.uninterrupted import JudgedMinute, MinuteState

_FIRST, _UNKNOWN = ord("0"), "-"


def packed(minutes: Iterable[JudgedMinute]) -> str:
    """Return minutes in short."""
    return "".join(one.state.value + _letter(one.heard_ms) for one in minutes)


def unpacked(text: str) -> tuple[JudgedMinute, ...]:
    """Return the minutes of a text that `packed` has written, to the second."""
    pairs = zip(text[::2], text[1::2], strict=True)
    return tuple(JudgedMinute(MinuteState(state), _heard_ms(letter)) for state, letter in pairs)


def _letter(heard_ms: int | None) -> str:
    return _UNKNOWN if heard_ms is None else chr(_FIRST + heard_ms // 1000)


def _heard_ms(letter: str) -> int | None:
    return None if letter == _UNKNOWN else (ord(letter) - _FIRST) * 1000
