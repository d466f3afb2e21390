"""Which devices points have."""

from collections.abc import Iterable

from sqlmodel import Session, col, select

from contracts.ids import PointId
from controller.devices.tables import PointDevice


def of_points(
    session: Session, points: Iterable[PointId] | None
) -> dict[PointId, list[PointDevice]]:
    """Return the devices of points, or of all, by name."""
    query = select(PointDevice).order_by(col(PointDevice.name), col(PointDevice.device_id))
    if points is not None:
        query = query.where(col(PointDevice.point_id).in_(list(points)))
    found: dict[PointId, list[PointDevice]] = {}
    for row in session.exec(query):
        found.setdefault(PointId(row.point_id), []).append(row)
    return found


def of_point(session: Session, point_id: str) -> list[PointDevice]:
    """Return the devices of one point, by name."""
    return of_points(session, [PointId(point_id)]).get(PointId(point_id), [])


def device(session: Session, point_id: str, device_id: str) -> PointDevice | None:
    """Return a device of a point."""
    row = session.get(PointDevice, device_id)
    return row if row is not None and row.point_id == point_id else None
