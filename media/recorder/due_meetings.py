"""Which meetings this recorder has to record, by the documents of its relays."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

import structlog
from msgspec import UNSET

from contracts import codec, topics
from contracts.desired import RecordingOrder, RelayMeeting, supersedes
from contracts.errors import ContractError
from contracts.floor import FloorState
from contracts.ids import MeetingId, RecorderId, RelayId
from contracts.meeting_times import closes_at, opens_at
from contracts.relay import RelayEvent, RelayState
from runtime.bus import Received
from runtime.clock_trust import Doubt
from runtime.limits import BoundedMap

MAX_MEETINGS = 2_000
_log = structlog.get_logger()

Key = tuple[RelayId, MeetingId]
FloorMoved = Callable[[Key, FloorState], None]
Heard = Callable[[Key, str | None], None]


@dataclass(frozen=True, slots=True)
class Due:
    """A meeting's document, and what it says of its recording."""

    document: RelayMeeting
    order: RecordingOrder


class DueMeetings:
    """The newest document of each meeting that is known."""

    def __init__(
        self,
        recorder_id: RecorderId,
        *,
        floor_moved: FloorMoved,
        heard: Heard,
        issued: Callable[[datetime], None],
    ) -> None:
        """Know none.

        Args:
            issued: told when the centre has written a document.
        """
        self.rejected_total = 0
        self._recorder_id = recorder_id
        self._floor_moved = floor_moved
        self._heard = heard
        self._issued = issued
        self._documents: BoundedMap[Key, RelayMeeting] = BoundedMap(MAX_MEETINGS)

    @property
    def subscriptions(self) -> list[tuple[str, int]]:
        """What to hear of the broker."""
        return [(topic, 1) for topic in topics.read_by_recorder()]

    async def received(self, message: Received) -> None:
        """Take a message; what cannot be read is counted."""
        try:
            topic = topics.parse(message.topic)
            if not isinstance(topic, topics.RelayTopic):
                return
            if topic.leaf == "event":
                self._take_event(topic.relay_id, codec.decode(RelayEvent, message.payload))
            elif topic.leaf == "state":
                self._take_state(topic.relay_id, codec.decode(RelayState, message.payload))
            elif topic.leaf == "meeting" and topic.meeting_id is not None:
                self._take_document((topic.relay_id, topic.meeting_id), message.payload)
        except ContractError as exc:
            self.rejected_total += 1
            _log.warning("message_rejected", topic=message.topic[:120], error=str(exc))

    def _take_event(self, relay_id: RelayId, event: RelayEvent) -> None:
        if event.floor is not None:
            self._floor_moved((relay_id, event.meeting_id), event.floor)

    def _take_state(self, relay_id: RelayId, state: RelayState) -> None:
        for meeting in state.meetings:
            loudest = next(iter(meeting.speakers), None)
            self._heard((relay_id, meeting.meeting_id), loudest)

    def _take_document(self, key: Key, payload: bytes) -> None:
        if not payload:
            self._documents.pop(key, None)
            return
        document = codec.decode(RelayMeeting, payload)
        self._issued(document.issued_at)
        if document.meeting_id == key[1] and supersedes(document, self._documents.get(key)):
            self._documents[key] = document

    def due(
        self, now: datetime, *, doubt: Doubt | None = None, running: Collection[Key] = ()
    ) -> dict[Key, Due]:
        """Return the meetings that are to be recorded now: from when points may join.

        Args:
            doubt: of the clock: by one that is in doubt nothing ends, and what runs goes on.
        """
        found = {}
        for key, document in self._documents.items():
            order = document.recording
            if order is UNSET or order.recorder_id != self._recorder_id or document.has_ended:
                continue
            has_opened = opens_at(document.begins_at) <= now or (doubt and key in running)
            if has_opened and (doubt or now < closes_at(document.ends_at)):
                found[key] = Due(document, order)
        return found
