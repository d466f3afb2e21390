"""A province or the whole country at once: units, points, their presence, what is wrong."""

from datetime import datetime, timedelta

from sqlalchemy import insert

from contracts.ids import PointId
from controller.db.engine import writing
from controller.ingest import problem_rows
from controller.ingest.tables import IngestSpan, PresenceInterval
from controller.places.tables import Point, Unit
from controller.web.deps import Web
from monitoring.judgement.problem import Thresholds

NAMES = (
    "Xã Nghĩa Tâm", "Xã Púng Luông", "Phường Nguyễn Thị Minh Khai", "Xã Mường Hoong",
    "Đặc khu Phú Quý", "Xã Sủng Trái", "Xã Quảng Uyên", "Xã Ẳng Tở", "Xã Chế Tạo", "Phường Ỷ La",
)  # fmt: skip
A_UNIT = 10
STATES = ("down", "down", "unknown")


def fill(
    web: Web, *, points: int, wrong: int, now: datetime, under: str = "tinh", days: int = 1
) -> list[str]:
    """Add points by tens to units below one that is there; the last `wrong` are so.

    Two of three that are wrong are down; the rest the centre knows nothing of. Returns their ids.
    """
    ids = [f"q{number}" for number in range(points)]
    made_at = now - timedelta(days=days + 1)
    units = range(0, points, A_UNIT)
    with writing(web.state) as session:
        session.execute(
            insert(Unit),
            [
                {"unit_id": f"v{one}", "parent_id": under, "name": f"Khu vực {one // A_UNIT + 1}",
                 "kind": "", "owner": "people_committee", "position": 0, "valid_from": made_at}
                for one in units
            ],
        )  # fmt: skip
        session.execute(
            insert(Point),
            [
                {"point_id": point_id, "unit_id": f"v{n - n % A_UNIT}", "number": 1000 + n,
                 "name": f"{NAMES[n % len(NAMES)]} {n}", "owner": "people_committee",
                 "valid_from": made_at, "enrolled_at": made_at, "is_metered": False,
                 "certificate_expires_at": now + timedelta(days=900)}
                for n, point_id in enumerate(ids)
            ],
        )  # fmt: skip
    _presence(web, ids, wrong, now, days)
    return ids


def _presence(web: Web, ids: list[str], wrong: int, now: datetime, days: int) -> None:
    began = now - timedelta(days=days)
    rows = []
    for n, point_id in enumerate(ids):
        is_wrong = n >= len(ids) - wrong
        cut = now - timedelta(minutes=5 + n % 300)
        rows.append(_interval(point_id, "up", began, cut if is_wrong else None))
        if is_wrong:
            rows.append(_interval(point_id, STATES[n % len(STATES)], cut, None))
    with writing(web.series) as session:
        session.add(IngestSpan(began_at=began, alive_at=now + timedelta(days=1)))
        session.execute(insert(PresenceInterval), rows)
    with writing(web.series) as session:
        wanted = [PointId(one) for one in ids[len(ids) - wrong :]]
        problem_rows.judge(session.connection(), wanted=wanted, now=now, thresholds=Thresholds())


def _interval(
    point_id: str, state: str, began_at: datetime, ended_at: datetime | None
) -> dict[str, object]:
    return {
        "point_id": point_id, "state": state, "began_at": began_at, "noticed_at": began_at,
        "ended_at": ended_at,
    }  # fmt: skip
