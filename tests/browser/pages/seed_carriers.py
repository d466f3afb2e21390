"""Two carriers: one with lines of all kinds and names as long as they get, one with nothing."""

from datetime import datetime, timedelta

from sqlmodel import Session

from contracts.local_days import day_of
from controller.carriers import carrier_queries
from controller.carriers.line_contract import LineContract, Terms
from controller.carriers.tables import Carrier

LONG = "Tổng công ty Hạ tầng mạng và Dịch vụ viễn thông miền núi Bắc Bộ"
POINTS = ("che-tao", "na-hau", "lao-chai", "pung-luong", "khanh-yen")


def seed(session: Session, now: datetime) -> None:
    """Enter both, and contracts for five points."""
    made_at = now - timedelta(days=30)
    for name, called in (("vnpt", LONG), ("moi", "Nhà mạng mới")):
        one = Carrier(carrier_id=name, name=called, phone="0214 800 126", made_at=made_at)
        carrier_queries.add(session, one)
    session.flush()
    for place, point_id in enumerate(POINTS):
        terms = Terms(
            point_id=point_id,
            carrier_id="vnpt",
            number=f"HĐ-{place + 1:03}/2026/VNPT-LCA-PHỤLỤC-{place}",
            down_bps=50_000_000,
            up_bps=20_000_000,
            availability_ratio=None if place == 4 else 0.995,
            repair_minutes=None if place == 4 else 240,
            begins_on=day_of(made_at).replace(day=1),
        )
        carrier_queries.add_contract(
            session, LineContract(f"c{place}", 0, terms, made_at=made_at, made_by="office")
        )
