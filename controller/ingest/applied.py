"""What points say of the documents they were told: kept where one could not be taken over."""

from collections.abc import Callable
from datetime import datetime

import sqlalchemy
from sqlalchemy import Connection

from contracts.ids import PointId
from contracts.reports import Applied
from controller.db.engine import apart
from controller.ingest.problem_tables import RefusedDocument

DOCUMENTS = frozenset(("schedule", "policy", "probes"))
_refused = RefusedDocument.metadata.tables["refused_document"]


class AppliedBook:
    """Points' words that are still to be stored. Not thread-safe: belongs to the event loop."""

    def __init__(self) -> None:
        self._said: dict[tuple[PointId, str], Applied] = {}
        self._confirms: list[Callable[[], None]] = []

    def note(self, point_id: PointId, applied: Applied, confirm: Callable[[], None]) -> None:
        """Take a point's word; it is confirmed once it is stored."""
        if applied.document in DOCUMENTS:
            self._said[point_id, applied.document] = applied
        self._confirms.append(confirm)

    def drain(self) -> tuple[dict[tuple[PointId, str], Applied], list[Callable[[], None]]]:
        """Return what is to be stored, and whom to call then."""
        said, self._said = self._said, {}
        confirms, self._confirms = self._confirms, []
        return said, confirms

    def give_back(
        self, said: dict[tuple[PointId, str], Applied], confirms: list[Callable[[], None]]
    ) -> None:
        """Take back what could not be stored now; newer words stay."""
        self._said = said | self._said
        self._confirms = confirms + self._confirms


def write(
    connection: Connection, *, said: dict[tuple[PointId, str], Applied], now: datetime
) -> None:
    """Store refusals; a document that was taken over has none any more.

    A word that cannot be stored costs no other point its own.
    """
    for (point_id, document), applied in said.items():
        with apart(connection, "applied", point_id=point_id):
            _write_word(connection, point_id, document, applied.problem, now)


def _write_word(
    connection: Connection, point_id: PointId, document: str, problem: str, now: datetime
) -> None:
    is_it = (_refused.c.point_id == point_id, _refused.c.document == document)
    connection.execute(sqlalchemy.delete(_refused).where(*is_it))
    if problem:
        connection.execute(
            sqlalchemy.insert(_refused).values(
                point_id=point_id, document=document, refused_at=now, problem=problem
            )
        )
