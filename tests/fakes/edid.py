"""A screen's own words, as its cable would bring them (VESA E-EDID 1.4, the first block)."""


def block(
    *,
    maker: str = "",
    product: int = 0,
    number: int = 0,
    week: int = 0,
    year: int = 1990,
    name: str = "",
    serial: str = "",
) -> bytes:
    """Return one block, whole. Nothing is said of resolutions."""
    packed = 0
    for letter in maker:
        packed = packed << 5 | ord(letter) - ord("A") + 1
    head = b"\0" + b"\xff" * 6 + b"\0" + packed.to_bytes(2, "big")
    head += product.to_bytes(2, "little") + number.to_bytes(4, "little")
    head += bytes((week, year - 1990, 1, 4)) + bytes(34)
    texts = [(0xFC, name), (0xFF, serial)]
    said = b"".join(_descriptor(tag, text) for tag, text in texts if text)
    body = (head + said.ljust(72, b"\x01") + b"\0")[:127]
    return body + bytes([-sum(body) % 256])


def _descriptor(tag: int, text: str) -> bytes:
    data = text.encode("cp437")[:13]
    return bytes((0, 0, 0, tag, 0)) + (data if len(data) == 13 else data + b"\n").ljust(13)
