"""EDID: what a screen says of itself over its cable. VESA E-EDID 1.4, first block. Pure."""

from dataclasses import dataclass

from monitoring.collectors.sysfs import shown
from monitoring.errors import MalformedEdid

BLOCK = 128
_HEADER = b"\x00\xff\xff\xff\xff\xff\xff\x00"
_DESCRIPTORS = (54, 72, 90, 108)  # section 3.10: four of 18 bytes
_SERIAL, _NAME = 0xFF, 0xFC  # section 3.10.3: tags of descriptors that hold text
_A_MODEL_YEAR = 0xFF
_FIRST_YEAR = 1990


@dataclass(frozen=True, slots=True)
class Edid:
    """What one screen says; empty or None: it does not. `maker`: three letters (PNP ID)."""

    maker: str
    model: str
    serial: str
    made_year: int | None


def parsed(data: bytes) -> Edid:
    """Return what a screen says of itself.

    Raises:
        MalformedEdid: it is no EDID, or arrived damaged.
    """
    block = data[:BLOCK]
    if len(block) < BLOCK or not block.startswith(_HEADER):
        raise MalformedEdid("it does not begin as one")
    if sum(block) % 256:
        raise MalformedEdid("its checksum is wrong")
    texts = _texts(block)
    number = int.from_bytes(block[12:16], "little")
    product = int.from_bytes(block[10:12], "little")
    return Edid(
        maker=_maker(int.from_bytes(block[8:10], "big")),
        model=texts.get(_NAME, "") or f"{product:04X}",
        serial=texts.get(_SERIAL, "") or (str(number) if number else ""),
        made_year=_year(week=block[16], year=block[17]),
    )


def _maker(packed: int) -> str:
    """Three letters of five bits each, 1 is A. Section 3.4.1."""
    letters = [(packed >> shift) & 0x1F for shift in (10, 5, 0)]
    if not all(1 <= letter <= 26 for letter in letters):
        return ""
    return "".join(chr(ord("A") - 1 + letter) for letter in letters)


def _year(*, week: int, year: int) -> int | None:
    """Section 3.4.4: of making, or of the model where the week says so; 0 was once "unsaid"."""
    return _FIRST_YEAR + year if year or week == _A_MODEL_YEAR else None


def _texts(block: bytes) -> dict[int, str]:
    found: dict[int, str] = {}
    for at in _DESCRIPTORS:
        descriptor = block[at : at + 18]
        if descriptor[:3] == b"\0\0\0":  # else it is a timing
            text = descriptor[5:].partition(b"\n")[0]
            found.setdefault(descriptor[3], shown(text.decode("cp437")))
    return found
