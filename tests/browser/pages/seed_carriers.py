"""Two carriers: one with lines of all kinds and names as long as they get, one with nothing.

Two of the lines were tested every night: one keeps its contract, one has the longest row there is.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlmodel import Session

from contracts.local_days import day_of
from controller.carriers import carrier_queries
from controller.carriers.line_contract import LineContract, Terms
from controller.carriers.tables import Carrier
from controller.ingest.throughput_table import Throughput

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


def tests(now: datetime) -> Iterator[Throughput]:
    """Yield what came of two lines' tests, a night each for two months."""
    for place, (point_id, down, up) in enumerate(
        (("lao-chai", 18.4, 11.2), ("na-hau", 49.0, 19.6))
    ):
        for night in range(1, 61):
            slower = 1 - night % 4 / 50
            yield Throughput(
                outbox_key=2000 + place, seq=night, point_id=point_id,
                at=now - timedelta(days=night), test_id=f"{night:016x}", outcome="done",
                down_bps=round(down * slower * 1e6), up_bps=round(up * slower * 1e6),
                up_at_least=night % 9 == 0,
            )  # fmt: skip
