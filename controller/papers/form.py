"""A paper in the form of Decree 30/2020/NĐ-CP, annex I: the one source of its DOCX and its PDF.

The texts hold placeholders (`placeholders.py`). Sizes are points, lengths millimetres. Pure.
"""

from dataclasses import dataclass
from enum import Enum

# Annex I, I.2: A4; 20 to 25 mm above and below, 30 to 35 mm left, 15 to 20 mm right.
PAGE_MM = (210.0, 297.0)
TOP_MM, BOTTOM_MM, LEFT_MM, RIGHT_MM = 20.0, 20.0, 30.0, 15.0
INDENT_MM = 10.0
HEAD_SHARES = (0.42, 0.58)
SIGNED_SHARES = (0.5, 0.5)


class Side(Enum):
    """How a line stands in its column."""

    LEFT = "left"
    CENTRE = "centre"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class PaperLine:
    """One paragraph. `rule` is the length of a line below it, as a share of the column; 0: none."""

    text: str
    size: float = 14
    side: Side = Side.BOTH
    is_bold: bool = False
    is_italic: bool = False
    is_upper: bool = False
    is_indented: bool = False
    rule: float = 0
    before_mm: float = 0


@dataclass(frozen=True, slots=True)
class PaperGrid:
    """A table with one row for each entry of a list; `shares` are of the paper's width."""

    heads: tuple[str, ...]
    cells: tuple[str, ...]
    shares: tuple[float, ...]
    centred: frozenset[int] = frozenset()
    size: float = 12


@dataclass(frozen=True, slots=True)
class OfficialForm:
    """All of it: who issues it and the motto, its body, whom it goes to and who signs.

    `annex` begins on a page of its own.
    """

    title: str
    issuer: tuple[PaperLine, ...]
    motto: tuple[PaperLine, ...]
    body: tuple[PaperLine | PaperGrid, ...]
    recipients: tuple[PaperLine, ...]
    signature: tuple[PaperLine, ...]
    annex: tuple[PaperLine | PaperGrid, ...] = ()


MOTTO = (
    PaperLine("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 12, Side.CENTRE, is_bold=True),
    PaperLine("Độc lập - Tự do - Hạnh phúc", 13, Side.CENTRE, is_bold=True, rule=0.55),
)
