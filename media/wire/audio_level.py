"""How loud a packet of sound says it is (RFC 6464): 0 the loudest, 127 silence, in −dBov.

Whoever sends it can say anything; it orders sounds and opens nothing.
"""

SILENT = 127
# Of whom does not say: louder than a room where nobody speaks, quieter than somebody who does.
UNSAID = 45
# An Opus frame of silence (RFC 6716, 3.1; DTX) and of comfort noise.
_SILENCE_BYTES = 8
# As this program offers it.
EXTENSION_ID = 1


def read(value: bytes | None, payload_bytes: int) -> int:
    """Return the level of a packet.

    Args:
        value: of the header extension; None: there is none.
    """
    if not value:
        return SILENT if payload_bytes <= _SILENCE_BYTES else UNSAID
    return value[0] & 0x7F


def written(level: int) -> bytes:
    """Return the extension's value; whether it is a voice is not said."""
    return bytes((min(max(level, 0), SILENT),))
