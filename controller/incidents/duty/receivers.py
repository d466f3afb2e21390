"""Who gets a message: by the ladder's rungs, or because they were told before."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from controller.incidents import channel_queries
from controller.incidents.duty import duty_queries, roster
from controller.incidents.duty.ladder import CHANNEL, ON_DUTY, PERSON, Quiet
from controller.incidents.duty.tables import DutyPerson
from controller.incidents.tables import AlertChannel, AlertMessage
from monitoring.judgement.priority import Priority

_MAX_NAME_CHARS = 60


@dataclass(frozen=True, slots=True)
class Receiver:
    """One channel, and of whom by it; `address` in place of the channel's own recipients."""

    channel_id: str
    person_id: str = ""
    address: str = ""

    @classmethod
    def of(cls, message: AlertMessage) -> "Receiver":
        """Return who gets a message."""
        return cls(message.channel_id, message.person_id, message.address)


@dataclass(frozen=True, slots=True)
class Directory:
    """Everybody who can be told, as they are now."""

    people: dict[str, DutyPerson]
    channels: dict[str, AlertChannel]
    on_duty: tuple[str, ...] = ()

    @classmethod
    def at(cls, session: Session, now: datetime) -> "Directory":
        """Return it as it is at an instant."""
        spans = duty_queries.duty_between(session, now, now + timedelta(minutes=1))
        return cls(
            {one.person_id: one for one in duty_queries.people(session)},
            {one.channel_id: one for one in channel_queries.of_people(session)},
            tuple(roster.on_duty(spans, now)),
        )

    def of_target(self, target: str, units: Iterable[str], *, is_centre: bool) -> list[Receiver]:
        """Return whom a rung means; where that is nobody, every channel."""
        found: list[Receiver] = []
        if target == ON_DUTY:
            branches = {who: one.unit_id for who, one in self.people.items()}
            who = roster.answering(branches, self.on_duty, units)
            found = self._by_channel(who or (self.on_duty if is_centre else ()))
        elif target.startswith(PERSON):
            found = self._by_channel([target.removeprefix(PERSON)])
        elif target.startswith(CHANNEL) and target.removeprefix(CHANNEL) in self.channels:
            found = [Receiver(target.removeprefix(CHANNEL))]
        return found or [Receiver(one) for one in self.channels]

    def _by_channel(self, person_ids: Iterable[str]) -> list[Receiver]:
        people = [self.people[one] for one in person_ids if one in self.people]
        return [
            Receiver(one.channel_id, one.person_id, one.address)
            for one in people
            if one.channel_id in self.channels
        ]

    def name_of(self, receiver: Receiver) -> str:
        """Return what a receiver is called."""
        channel = self.channels[receiver.channel_id].name
        person = self.people.get(receiver.person_id)
        return f"{person.name} · {channel}"[:_MAX_NAME_CHARS] if person else channel

    def has(self, receiver: Receiver) -> bool:
        """Whether a receiver is there still."""
        is_known = not receiver.person_id or receiver.person_id in self.people
        return is_known and receiver.channel_id in self.channels

    def held_until(self, receiver: Receiver, priority: Priority, now: datetime) -> datetime | None:
        """Return until when a message waits for a receiver; None: it goes now."""
        channel = self.channels.get(receiver.channel_id)
        ends = [
            Quiet(one.quiet_from_min, one.quiet_until_min, Priority(one.quiet_lets)).holds_until(
                priority, now
            )
            for one in (self.people.get(receiver.person_id), channel)
            if one is not None
        ]
        return max((one for one in ends if one is not None), default=None)

    def wants_what_is_over(self, receiver: Receiver) -> bool:
        """Whether who was left to sleep hears in the morning of what came and went: people do."""
        person = self.people.get(receiver.person_id)
        return person is not None and person.quiet_from_min != person.quiet_until_min
