"""How large a picture may be: whoever decodes one needs memory for all of it, however few
bytes it came in."""

MAX_LONG_SIDE, MAX_SHORT_SIDE = 1920, 1080


def is_too_large(width: int, height: int) -> bool:
    """Return whether a picture, upright or lying, is beyond what is forwarded and decoded."""
    return max(width, height) > MAX_LONG_SIDE or min(width, height) > MAX_SHORT_SIDE
