"""In which order a point said things: by the numbers of its reports, whatever a clock said.

What stands in time by a clock that was a year off stands there for ever. So what is newest is never
asked of a time: outboxes have their numbers from the centre, as it hears of them, and reports from
their outbox.
"""

from typing import Any

from sqlalchemy import ColumnElement


def newest_first(columns: Any) -> tuple[ColumnElement[Any], ...]:  # noqa: ANN401 - a table's, or a model
    """Return by what to order rows of reports."""
    return columns.outbox_key.desc(), columns.seq.desc()
