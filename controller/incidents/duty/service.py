"""Who is on duty and who is told next: set by people, for a while or for good."""

import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, delete
from sqlmodel import Session, select

from controller.db.engine import writing
from controller.errors import BadEntry, BadRequest, Conflict, NotFound
from controller.incidents import channel_queries
from controller.incidents.duty import duty_entered, duty_queries
from controller.incidents.duty.duty_entered import MemberEntered, RungEntered
from controller.incidents.duty.ladder import CHANNEL, PERSON
from controller.incidents.duty.tables import (
    DutyPerson,
    DutyPolicy,
    DutyRung,
    DutyShift,
    DutySwap,
)
from controller.incidents.quiet_entered import clock
from controller.places import service as places

MAX_PEOPLE, MAX_SHIFTS, MAX_SWAPS = 60, 300, 300
LEFT = "left"


@dataclass(frozen=True, slots=True)
class PolicyEntered:
    """What counts for all, as typed."""

    ahead: str
    wakes: str


@dataclass(frozen=True, slots=True)
class Duty:
    """Used from worker threads."""

    engine: Engine
    now: Callable[[], datetime]

    def save_person(self, person_id: str, typed: MemberEntered) -> str:
        """Add somebody, or change who has an id; return the name.

        Raises:
            BadEntry: a field cannot be taken.
            BadRequest: there are as many as there may be.
            NotFound: nobody has the id.
        """
        with writing(self.engine) as session:
            channels = {one.channel_id: one.kind for one in channel_queries.of_people(session)}
            units = [one.unit_id for one in places.units(session, at=self.now())]
            found = duty_entered.person(typed, channels=channels, units=units)
            if person_id:
                row = _person(session, person_id)
            else:
                _bound(len(duty_queries.people(session)), MAX_PEOPLE)
                row = DutyPerson(person_id=secrets.token_hex(6), name="", channel_id="")
            row.name, row.channel_id, row.address = found.name, found.channel_id, found.address
            row.unit_id = found.unit_id
            found.quiet.put_into(row)
            session.add(row)
        return found.name

    def remove_person(self, person_id: str) -> str:
        """Remove somebody with their shifts; they are told nothing more. Return the name.

        Raises:
            NotFound: nobody has the id.
        """
        with writing(self.engine) as session:
            row = _person(session, person_id)
            name = row.name
            channel_queries.give_up_of_person(session, person_id, self.now(), problem=LEFT)
            duty_queries.remove_person(session, row)
        return name

    def add_shift(self, person_id: str, days: Iterable[str], begins: str, ends: str) -> str:
        """Add a shift on days of each week; return whose.

        Raises:
            BadEntry: a field cannot be taken.
            BadRequest: there are as many as there may be.
        """
        weekdays = duty_entered.weekdays(days)
        from_min, until_min = clock(begins), clock(ends)
        with writing(self.engine) as session:
            row = _chosen(session, person_id)
            kept = {
                (one.person_id, one.weekday, one.from_min, one.until_min)
                for one in duty_queries.shifts(session)
            }
            _bound(len(kept) + len(weekdays) - 1, MAX_SHIFTS)
            session.add_all(
                DutyShift(person_id=person_id, weekday=day, from_min=from_min, until_min=until_min)
                for day in weekdays
                if (person_id, day, from_min, until_min) not in kept
            )
            return row.name

    def remove_shift(self, shift_id: int) -> str:
        """Remove a shift; return whose it was.

        Raises:
            NotFound: there is no such shift.
        """
        with writing(self.engine) as session:
            row = session.get(DutyShift, shift_id)
            if row is None:
                raise NotFound("ca trực", "shift")
            name = _person(session, row.person_id).name
            session.delete(row)
        return name

    def add_swap(self, typed_date: str, out_id: str, in_id: str) -> str:
        """Have somebody take another's shifts of a date; return who takes them.

        Raises:
            BadEntry: a field cannot be taken.
            BadRequest: there are as many as there may be.
        """
        day = duty_entered.on_date(typed_date)
        if out_id == in_id:
            raise BadEntry("Chọn hai người khác nhau.", "Choose two different people.")
        with writing(self.engine) as session:
            _chosen(session, out_id)
            name = _chosen(session, in_id).name
            _bound(len(session.exec(select(DutySwap.out_id)).all()), MAX_SWAPS)
            session.merge(DutySwap(on_date=day, out_id=out_id, in_id=in_id))
        return name

    def remove_swap(self, typed_date: str, out_id: str) -> str:
        """Undo a swap; return whose shift it is again.

        Raises:
            NotFound: there is no such swap.
        """
        day = duty_entered.on_date(typed_date)
        with writing(self.engine) as session:
            row = session.get(DutySwap, (day, out_id))
            if row is None:
                raise NotFound("đổi ca", "swap")
            name = _person(session, out_id).name
            session.delete(row)
        return name

    def set_ladder(self, rungs: Sequence[RungEntered], policy: PolicyEntered, *, seen: str) -> None:
        """Set who is told after how long, and what counts for all.

        Args:
            seen: the mark of the ladder that the form was made from.

        Raises:
            BadEntry: a field cannot be taken; nothing is changed.
            Conflict: somebody else has changed it since; nothing is changed.
        """
        row = DutyPolicy(
            ahead_min=duty_entered.minutes(policy.ahead, most=24 * 60),
            wakes_min=duty_entered.minutes(policy.wakes, most=24 * 60),
        )
        with writing(self.engine) as session:
            taken = duty_entered.rungs(rungs, targets=targets(session))
            if seen != duty_queries.ladder_mark(session):
                raise Conflict(
                    "ladder_changed",
                    "Các bậc vừa được người khác thay đổi. Bấm Lưu lần nữa để ghi theo những gì "
                    "đang nhập ở đây, hoặc mở lại trang để xem các bậc hiện có.",
                    "Somebody else has just changed the steps. Press Save once more to have what "
                    "is typed here, or open the page anew to see what there is.",
                )
            session.execute(delete(DutyRung))
            for position, one in enumerate(taken, start=1):
                high, normal, low = one.waits
                session.add(
                    DutyRung(
                        position=position,
                        target=one.target,
                        high_min=high,
                        normal_min=normal,
                        low_min=low,
                    )
                )
            session.merge(row)


def targets(session: Session) -> dict[str, str]:
    """Return every person and channel that a rung may mean, with their names."""
    people = {f"{PERSON}{one.person_id}": one.name for one in duty_queries.people(session)}
    channels = channel_queries.of_people(session)
    return people | {f"{CHANNEL}{one.channel_id}": one.name for one in channels}


def _person(session: Session, person_id: str) -> DutyPerson:
    row = session.get(DutyPerson, person_id)
    if row is None:
        raise NotFound("người trực", "person")
    return row


def _chosen(session: Session, person_id: str) -> DutyPerson:
    row = session.get(DutyPerson, person_id)
    if row is None:
        raise BadEntry("Chọn người trực.", "Choose a person.")
    return row


def _bound(count: int, most: int) -> None:
    if count >= most:
        raise BadRequest("too_many", f"Chỉ có tối đa {most} mục.", f"There are at most {most}.")
