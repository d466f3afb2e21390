"""The integers of MQTT that take one to four bytes. Pure."""


def variable_integer(data: bytes, at: int) -> tuple[int, int]:
    """Return a number and where it ends (MQTT 5, section 1.5.5)."""
    value = 0
    for place in range(4):
        byte = data[at + place]
        value |= (byte & 127) << 7 * place
        if byte < 128:
            return value, at + place + 1
    raise IndexError("a variable integer of more than four bytes")
