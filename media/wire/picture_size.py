"""How large a picture may be: whoever decodes one needs memory for all of it, however few
bytes it came in."""

MAX_LONG_SIDE, MAX_SHORT_SIDE = 1920, 1080
MAX_SMALL_SIDE = 640  # of a tile: a grid decodes 25 of them


def is_too_large(width: int, height: int) -> bool:
    """Return whether a picture, upright or lying, is beyond what is forwarded and decoded."""
    return max(width, height) > MAX_LONG_SIDE or min(width, height) > MAX_SHORT_SIDE


def is_too_large_for_a_tile(width: int, height: int) -> bool:
    """Return whether a camera's second size is beyond what a grid of them can decode."""
    return max(width, height) > MAX_SMALL_SIDE
