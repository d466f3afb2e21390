"""Batteries of power supplies that were replaced: said by people, and taken back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from contracts.devices import SeenDevice
from contracts.local_days import day_of
from controller import entered
from controller.db.engine import writing
from controller.devices.tables import BatteryChange
from controller.entered import Label
from controller.errors import BadEntry, BadRequest
from monitoring.judgement.battery import ReplacedBattery, is_settled, said_by

__all__ = [
    "YEAR_DAYS", "Batteries", "BatteriesKnown", "BatteryChange", "BatteryEntered", "age_of",
    "as_replaced", "forget", "is_asking", "newest_of_each", "of_device", "of_point", "of_points",
    "replaced",
]  # fmt: skip
YEAR_DAYS = 365.25
MAX_BY_CHARS = 60
MOST_KEPT = 20
"""Of one supply. A battery lasts three to five years: the oldest word leaves."""
_ON, _BY = Label("Ngày thay ắc quy", "The day"), Label("Người thay", "Who replaced it")


@dataclass(frozen=True, slots=True)
class BatteryEntered:
    """The form as typed."""

    replaced_on: str = ""
    replaced_by: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class BatteriesKnown:
    """Of one point: what people said, the newest first; since when supplies ask for another."""

    said: Sequence[BatteryChange] = ()
    asks: Mapping[str, datetime] = field(default_factory=dict)

    def of(self, device_id: str) -> list[BatteryChange]:
        """Return what people said of one supply, the newest first."""
        return [one for one in self.said if one.device_id == device_id]

    def is_worn(self, seen: SeenDevice | None, now: datetime) -> bool:
        """Say whether a supply asks for another battery, and nobody has said that it has one."""
        if seen is None or not is_asking(seen):
            return False
        since = self.asks.get(seen.device_id, seen.asked_at)
        said = map(as_replaced, self.of(seen.device_id))
        return not is_settled(since, said_by(said, now))


@dataclass(frozen=True, slots=True)
class Batteries:
    """What people say of batteries."""

    engine: Engine
    now: Callable[[], datetime]

    def say(self, point_id: str, device_id: str, typed: BatteryEntered, *, actor: str) -> date:
        """Note that a battery was replaced; return the day.

        Raises:
            BadEntry: the day is none, to come, or a name cannot be taken.
            BadRequest: that was said already.
        """
        now = self.now()
        replaced_on, replaced_by = _read(typed, today=day_of(now))
        with writing(self.engine) as session:
            known = of_device(session, point_id, device_id)
            if any(one.replaced_on == replaced_on.isoformat() for one in known):
                raise BadRequest(
                    "battery_twice",
                    f"Đã ghi là ắc quy được thay ngày {replaced_on:%d/%m/%Y}. Muốn sửa thì bỏ "
                    "lời ghi đó trước.",
                    f"It is noted already that the battery was replaced on {replaced_on}. To "
                    "correct that, take it back first.",
                )
            surplus = max(0, len(known) - MOST_KEPT + 1)
            for old in sorted(known, key=lambda one: one.said_at)[:surplus]:
                session.delete(old)
            session.add(
                BatteryChange(
                    point_id=point_id,
                    device_id=device_id,
                    replaced_on=replaced_on.isoformat(),
                    replaced_by=replaced_by,
                    said_at=now,
                    said_by=actor,
                )
            )
        return replaced_on

    def take_back(self, point_id: str, device_id: str, change_id: int) -> date | None:
        """Forget what was said; return its day. None: somebody did so before."""
        with writing(self.engine) as session:
            row = session.get(BatteryChange, change_id)
            if row is None or (row.point_id, row.device_id) != (point_id, device_id):
                return None
            session.delete(row)
            return date.fromisoformat(row.replaced_on)


def _read(typed: BatteryEntered, *, today: date) -> tuple[date, str]:
    replaced_on = entered.day(_ON, typed.replaced_on)
    if replaced_on > today:
        raise BadEntry(
            f"{_ON.vi}: ngày {replaced_on:%d/%m/%Y} chưa tới. Ghi sau khi đã thay.",
            f"{_ON.en}: {replaced_on} is still to come. Note it when it is done.",
        )
    by = entered.line(_BY, typed.replaced_by, most=MAX_BY_CHARS, least=0)
    return replaced_on, by


def is_asking(seen: SeenDevice) -> bool:
    """Say whether a supply asks for another battery."""
    return seen.ups is not None and seen.ups.replace_battery is True


def of_device(session: Session, point_id: str, device_id: str) -> list[BatteryChange]:
    """Return what was said of one supply, the newest battery first."""
    return [one for one in of_point(session, point_id) if one.device_id == device_id]


def of_point(session: Session, point_id: str) -> list[BatteryChange]:
    """Return what was said of a point's supplies, the newest battery first."""
    return _rows(session, point_id)


def of_points(session: Session) -> dict[str, list[BatteryChange]]:
    """Return of each point what was said of its supplies, the newest battery first."""
    found: dict[str, list[BatteryChange]] = {}
    for one in _rows(session):
        found.setdefault(one.point_id, []).append(one)
    return found


def replaced(session: Session) -> dict[str, tuple[ReplacedBattery, ...]]:
    """Return the same as values to judge by."""
    return {
        point_id: tuple(as_replaced(one) for one in rows)
        for point_id, rows in of_points(session).items()
    }


def as_replaced(row: BatteryChange) -> ReplacedBattery:
    """Return one row as a value to judge by."""
    return ReplacedBattery(row.device_id, date.fromisoformat(row.replaced_on), row.said_at)


def age_of(row: BatteryChange, now: datetime) -> timedelta:
    """Return how old a battery is."""
    return max(timedelta(), day_of(now) - date.fromisoformat(row.replaced_on))


def newest_of_each(rows: list[BatteryChange]) -> list[BatteryChange]:
    """Return the newest battery of each supply of a point."""
    found: dict[str, BatteryChange] = {}
    for one in rows:
        found.setdefault(one.device_id, one)
    return list(found.values())


def forget(session: Session, point_id: str, device_id: str) -> None:
    """Forget all of a device that is removed."""
    for one in of_device(session, point_id, device_id):
        session.delete(one)


def _rows(session: Session, *points: str) -> list[BatteryChange]:
    order = (col(BatteryChange.replaced_on).desc(), col(BatteryChange.change_id).desc())
    query = select(BatteryChange).order_by(*order)
    if points:
        query = query.where(col(BatteryChange.point_id).in_(points))
    return list(session.exec(query))
