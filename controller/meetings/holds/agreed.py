"""Nobody is invited to a meeting before its rooms are agreed."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from contracts.ids import PointId
from controller.errors import Conflict
from controller.meetings.holds import hold_queries
from controller.meetings.holds.rules import HoldState
from controller.places import service as places
from controller.places.owner import OWNER_NAMES, Owner
from controller.web.i18n.catalogue import chosen

_NAMED = 5


@dataclass(frozen=True, slots=True)
class NotAgreed:
    """Rooms of a meeting that are waited for, and those that are not to be had."""

    waiting: Sequence[tuple[Owner, PointId]]
    lapsed: Sequence[tuple[Owner, PointId]]


def not_agreed(session: Session, meeting_id: str) -> NotAgreed:
    """Return what of a meeting's rooms is not agreed."""
    rows = hold_queries.of_meeting(session, meeting_id)
    told = [(HoldState(one.state), Owner(one.owner), PointId(one.point_id)) for one in rows]
    return NotAgreed(
        [(owner, point) for state, owner, point in told if state is HoldState.ASKED],
        [(owner, point) for state, owner, point in told if state.is_lapsed],
    )


def refuse_unless_agreed(session: Session, meeting_id: str) -> None:
    """Refuse to invite to a meeting while somebody has not agreed to one of its rooms.

    Raises:
        Conflict: which rooms, and what to do.
    """
    found = not_agreed(session, meeting_id)
    if found.waiting:
        owners = list(dict.fromkeys(owner for owner, _ in found.waiting))
        rooms = _rooms(session, [point for _, point in found.waiting])
        vi = ", ".join(chosen("vi").gettext(OWNER_NAMES[one]) for one in owners)
        en = ", ".join(OWNER_NAMES[one] for one in owners)
        raise Conflict(
            "rooms_not_agreed",
            f"Chưa mời họp được: {vi} chưa đồng ý cho dùng phòng ({rooms}). Chờ trả lời, hoặc "
            "bỏ các điểm cầu này khỏi cuộc họp.",
            f"Invitations cannot be sent yet: {en} has not agreed to rooms ({rooms}). Wait for the "
            "answer, or leave these points out.",
        )
    if found.lapsed:
        rooms = _rooms(session, [point for _, point in found.lapsed])
        raise Conflict(
            "rooms_not_agreed",
            f"Chưa mời họp được: không có phòng ({rooms}). Bỏ các điểm cầu này khỏi cuộc họp, "
            "hoặc xin lại phòng.",
            f"Invitations cannot be sent: rooms are not to be had ({rooms}). Leave these points "
            "out, or ask for them again.",
        )


def _rooms(session: Session, points: Sequence[PointId]) -> str:
    known = places.points_by_id(session, points)
    named = ", ".join(known[one].name for one in points[:_NAMED] if one in known)
    more = len(points) - _NAMED
    return f"{named}, +{more}" if more > 0 else named
