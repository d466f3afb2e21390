"""Putting things on the map by hand, and taking the last move back."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, Select, delete, func
from sqlmodel import Session, col, select

from controller.db.engine import writing
from controller.errors import Conflict
from controller.province_map.tables import MapMove

KEPT = 500
"""So many moves can be taken back; of older ones each node's last stays."""


@dataclass(frozen=True, slots=True)
class MapMoves:
    """Used from worker threads; keeps nothing itself."""

    state: Engine
    now: Callable[[], datetime]

    def put(self, node_key: str, place: tuple[float, float] | None, *, actor: str) -> None:
        """Put a node somewhere, or back to where it is put by itself."""
        x, y = place or (None, None)
        with writing(self.state) as session:
            session.add(MapMove(node_key=node_key, x=x, y=y, moved_at=self.now(), moved_by=actor))
            session.flush()
            _forget_older(session)

    def undo(self, *, actor: str) -> str:
        """Take back the last move somebody made that still counts; return which node's it was.

        Raises:
            Conflict: there is none.
        """
        with writing(self.state) as session:
            query = (
                select(MapMove)
                .where(MapMove.moved_by == actor, col(MapMove.move_id).in_(_last_ids()))
                .order_by(col(MapMove.move_id).desc())
                .limit(1)
            )
            move = session.exec(query).first()
            if move is None:
                raise Conflict(
                    "nothing_to_undo",
                    "Không còn lần di chuyển nào của chính mình để hoàn tác.",
                    "There is no move of yours left to take back.",
                )
            key = move.node_key
            session.delete(move)
        return key


def by_hand(session: Session) -> dict[str, tuple[float, float]]:
    """Return where nodes were put."""
    query = select(MapMove).where(col(MapMove.move_id).in_(_last_ids()))
    return {
        one.node_key: (one.x, one.y)
        for one in session.exec(query)
        if one.x is not None and one.y is not None
    }


def can_undo(session: Session, actor: str) -> bool:
    """Return whether somebody has made a move that still counts."""
    query = select(MapMove.move_id).where(
        MapMove.moved_by == actor, col(MapMove.move_id).in_(_last_ids())
    )
    return session.exec(query.limit(1)).first() is not None


def _last_ids() -> Select[Any]:
    return select(func.max(MapMove.move_id)).group_by(col(MapMove.node_key))


def _forget_older(session: Session) -> None:
    newest = session.exec(select(func.max(MapMove.move_id))).one() or 0
    last = list(session.scalars(_last_ids()))
    session.execute(
        delete(MapMove).where(
            col(MapMove.move_id) <= newest - KEPT, col(MapMove.move_id).not_in(last)
        )
    )
