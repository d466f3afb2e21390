"""One part of a health report: what one collector found when it was due."""

from typing import Annotated

from msgspec import Meta, field

from contracts.message import Part

# Ends in its unit; what each means stands in monitoring/figures.py.
FigureName = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]*\Z", max_length=40)]
FigureValue = Annotated[float, Meta(ge=-1e15, le=1e15)]
MAX_FIGURES = 64


class Section(Part, frozen=True):
    """What one collector found when it was due; `figures`: what needs no field of its own."""

    figures: Annotated[dict[FigureName, FigureValue], Meta(max_length=MAX_FIGURES)] = field(
        default_factory=dict
    )
