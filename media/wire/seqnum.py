"""Wraparound arithmetic of 16-bit counters (RFC 1982, RFC 3550)."""


def add16(number: int, step: int) -> int:
    """Return number + step in 16 bits; step may be negative."""
    return (number + step) & 0xFFFF


def difference16(later: int, earlier: int) -> int:
    """Return later - earlier, from -32768 to 32767."""
    return ((later - earlier + 0x8000) & 0xFFFF) - 0x8000


def is_newer16(number: int, than: int) -> bool:
    """Return whether number comes after `than`."""
    return 0 < ((number - than) & 0xFFFF) < 0x8000


def extended16(number: int, near: int) -> int:
    """Return the unbounded counter whose low 16 bits are `number`, closest to `near`."""
    return near + difference16(number, near & 0xFFFF)
