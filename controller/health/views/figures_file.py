"""Charts of figures as a file for spreadsheets: what is drawn, no more and no less."""

from collections.abc import Sequence

from contracts.local_days import ZONE
from controller.errors import NotFound
from controller.health.spans import ChartSpan
from controller.health.steps import grid_of
from controller.health.views.figures import DrawnFigure
from controller.spreadsheet import Cell
from controller.web.i18n.language import N_, Language

_PARTS = (("mean", N_("mean")), ("lowest", N_("lowest")), ("highest", N_("highest")))


def table(
    words: Language, span: ChartSpan, drawn: Sequence[DrawnFigure], chart: str
) -> tuple[list[str], list[Sequence[Cell]]]:
    """Return columns and a row for each bucket; empty where nothing was measured.

    Args:
        chart: the name of one of them; empty for all.

    Raises:
        NotFound: nothing is drawn under that name.
    """
    shown = [one for one in drawn if chart in ("", one.name)]
    if chart and not shown:
        raise NotFound("biểu đồ", "chart")
    columns, values = ["begins_at"], list[Sequence[float | None]]()
    for one in shown:
        for name, said in _PARTS:
            part: Sequence[float | None] = getattr(one, name)
            if any(value is not None for value in part):
                columns.append(f"{one.title}, {words.gettext(said)}")
                values.append(part)
    rows: list[Sequence[Cell]] = [
        (at.astimezone(ZONE).isoformat(timespec="seconds"), *(part[place] for part in values))
        for place, at in enumerate(grid_of(span.period, span.figure_step))
    ]
    return columns, rows
