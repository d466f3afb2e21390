"""One meeting as it is at this relay: what decides who sees whom, and what the centre is told."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from contracts.content import ShareRight
from contracts.desired import RelayMeeting
from contracts.floor import FloorState
from contracts.ids import PointId, RelayId
from contracts.participants import person_named
from contracts.relay import MeetingState, TrunkState
from contracts.steering import MovedFloor
from media.relay.attendees import attendee
from media.relay.outside import Door
from media.relay.sharing import Shared, right_of
from media.sfu.router import Router
from media.sfu.session import MediaSession
from media.sfu.slots import FloorView


@dataclass(frozen=True, slots=True)
class HomeChoice:
    """What the home of a meeting on several relays has chosen for all of it."""

    lanes: tuple[str | None, ...] = ()
    speakers: tuple[str, ...] = ()
    content: str | None = None
    content_right: ShareRight = ShareRight.NONE


class Elsewhere(Protocol):
    """Another relay of the meeting, as long as there is a trunk to it."""

    @property
    def relay(self) -> str:
        """Its name."""

    @property
    def is_connected(self) -> bool:
        """Whether media can come and go."""

    @property
    def told(self) -> TrunkState:
        """What the centre is told of the line to it."""

    @property
    def sources(self) -> frozenset[str]:
        """Whose media it brings."""


@dataclass(slots=True)
class RelayedMeeting:
    """One meeting as it is here.

    `elsewhere` are its other relays; `chosen` is the home's word, at an outer relay.
    `centre_floor` is the floor by the centre's documents; None: none has come yet. `names` are of
    who was given the floor here, as rooms say them.
    """

    document: RelayMeeting
    router: Router
    invited: frozenset[PointId]
    is_forwarding: bool = False
    is_over: bool = False
    cut: set[str] = field(default_factory=set)
    content: Shared | None = None
    elsewhere: list[Elsewhere] = field(default_factory=list)
    content_elsewhere: str | None = None
    right_elsewhere: ShareRight = ShareRight.NONE
    chosen: HomeChoice | None = None
    door: Door = field(default_factory=Door)
    centre_floor: FloorState | None = None
    names: dict[str, str] = field(default_factory=dict)

    @property
    def moved(self) -> MovedFloor | None:
        """The floor, where it was moved here and the centre does not have it yet."""
        floor = self.document.floor
        if self.is_echo or self.centre_floor == floor:
            return None
        names = {one: self.names[one] for one in floor.holders if one in self.names}
        return MovedFloor(floor=floor, names=names)

    @property
    def is_echo(self) -> bool:
        """Whether it is a rehearsal: each has its own media back, and nothing is told of it."""
        return self.document.is_echo is True

    @property
    def is_on_several(self) -> bool:
        """Whether it has other relays besides this one."""
        return bool(self.document.home or self.document.outer)

    def shown(self) -> tuple[str, ShareRight] | None:
        """Return what is shared in the whole meeting, as far as it is known here, and its right."""
        if self.content is not None:
            return self.content.source, right_of(self.content.grant, self.document)
        if self.chosen is not None:
            source, right = self.chosen.content, self.chosen.content_right
        else:
            source, right = self.content_elsewhere, self.right_elsewhere
        return None if source is None else (source, right)

    def brought(self) -> frozenset[str]:
        """Return whose loudness is the home's to judge: at an outer relay, all that it brings."""
        if self.chosen is None:
            return frozenset()
        return frozenset().union(*(relay.sources for relay in self.elsewhere))


def view_of(meeting: RelayedMeeting) -> FloorView:
    """Return what the rules look at."""
    router = meeting.router
    present = router.present()
    people = frozenset(name for name in present if person_named(name) is not None)
    own = meeting.content.source if meeting.content else meeting.content_elsewhere
    chosen = meeting.chosen or HomeChoice(router.loudness.lanes, router.loudness.speakers, own)
    return FloorView(
        chair=meeting.document.chair,
        invited=meeting.invited | people,
        floor=meeting.document.floor,
        is_forwarding=meeting.is_forwarding,
        present=present,
        lanes=chosen.lanes,
        speakers=chosen.speakers,
        content=chosen.content,
        is_echo=meeting.is_echo,
    )


def state_of(
    meeting: RelayedMeeting,
    sessions: Iterable[MediaSession],
    *,
    sheds: bool,
    now: float,
    at: datetime,
) -> MeetingState:
    """Return what the centre is told of a meeting, whose sessions here are these.

    Args:
        now: monotonic seconds; `at` is the same in wall time.
    """
    attendees = tuple(attendee(s, meeting.router, sheds=sheds, now=now) for s in sessions)
    joined = [one for one in meeting.elsewhere if one.is_connected]
    return MeetingState(
        meeting_id=meeting.document.meeting_id,
        is_forwarding=meeting.is_forwarding,
        floor=meeting.document.floor,
        speakers=view_of(meeting).speakers,
        attendees=attendees[:1000],
        trunks=tuple(RelayId(one.relay) for one in joined),
        trunk_states=tuple(one.told for one in joined),
        outside=meeting.door.outside(at),
    )
