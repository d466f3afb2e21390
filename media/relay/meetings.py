"""The meetings of a relay: desired documents in, routers and their plans out.

A meeting is known once its document has come (or was on disk), forwarded from its
begin by this relay's clock, and over when the document says so or, where the clock is
not in doubt, four hours after its end. The floor is adopted by its epoch.
"""

import asyncio
import time
from datetime import timedelta

import msgspec
import structlog
from msgspec import UNSET

from contracts import codec, topics
from contracts.desired import DIGEST_CHARS, RelayMeeting
from contracts.errors import MalformedPayload, MalformedTopic
from contracts.floor import FloorMode, FloorState
from contracts.ids import MeetingId, PointId
from contracts.relay import RelayState
from contracts.steering import MovedFloor
from media.relay import meeting_hours, steering
from media.relay.announcer import Announcer
from media.relay.grants import Grant, is_locked_out, reason_to_leave
from media.relay.relayed_meeting import RelayedMeeting, state_of, view_of
from media.relay.replaced import replaced_by
from media.relay.sharing import Shared, reason_to_stop
from media.relay.store import MeetingStore
from media.sfu.engine import RelayEngine
from media.sfu.publisher import Publisher
from media.sfu.session import Direction, MediaSession
from media.sfu.slots import Filling, Viewer, fill, heard, viewer_named
from media.sfu.subscriber import Subscriber
from media.sfu.trunk_session import TrunkSession
from runtime.bus import Received
from runtime.clock import Clock
from runtime.end_clock import EndClock
from runtime.guard import guarded
from runtime.limits import KeyedBuckets

KEPT_AFTER_END = timedelta(days=1)
# A point that is refused comes again every few seconds.
REFUSAL_TOLD_EVERY_S = 600
_LONGEST_WAIT_S = 2.0  # the wall clock may be set meanwhile

_log = structlog.get_logger()


class MeetingRegistry:
    """All meetings of this relay."""

    def __init__(
        self, engine: RelayEngine, clock: Clock, store: MeetingStore, announcer: Announcer
    ) -> None:
        self.rejected_total = 0
        self._engine = engine
        self._clock = clock
        self._end_clock = EndClock(clock)
        self._store = store
        self._announcer = announcer
        self._meetings: dict[MeetingId, RelayedMeeting] = {}
        self._grants: dict[str, Grant] = {}  # by the session's id
        self._untold: set[str] = set()  # the ids of sessions of rehearsals
        self._refusals_told: KeyedBuckets[tuple[MeetingId, str]] = KeyedBuckets(
            per_s=1 / REFUSAL_TOLD_EVERY_S, burst=1
        )
        self._has_changed = asyncio.Event()
        engine.connected_listeners.append(self._joined)
        engine.closed_listeners.append(self._left)

    def load(self) -> None:
        """Take over what is on disk."""
        for document in self._store.load():
            with guarded("meeting", meeting_id=document.meeting_id):
                self.adopt(document)

    def find(self, meeting_id: str) -> RelayedMeeting | None:
        """Return a meeting by its id."""
        return self._meetings.get(MeetingId(meeting_id))

    @property
    def meetings(self) -> list[RelayedMeeting]:
        """All that are known."""
        return list(self._meetings.values())

    async def received(self, message: Received) -> None:
        """Take a message of the broker; what cannot be read is counted and logged."""
        with guarded("message", topic=message.topic):
            await self._take(message)

    async def _take(self, message: Received) -> None:
        try:
            topic = topics.parse(message.topic)
            if not isinstance(topic, topics.RelayTopic) or topic.meeting_id is None:
                return
            if not message.payload:
                await self._forget(topic.meeting_id)
                return
            document = codec.decode(RelayMeeting, message.payload)
        except (MalformedPayload, MalformedTopic) as exc:
            self.rejected_total += 1
            _log.warning("meeting_document_rejected", topic=message.topic, error=str(exc))
            return
        if document.meeting_id != topic.meeting_id:
            self.rejected_total += 1
            _log.warning("meeting_document_rejected", topic=message.topic, error="another id")
            return
        if self.adopt(document, is_the_centres=True):
            await asyncio.to_thread(self._store.save, self._meetings[topic.meeting_id].document)

    def adopt(self, document: RelayMeeting, *, is_the_centres: bool = False) -> bool:
        """Take over a document; return whether anything changed by it.

        Args:
            is_the_centres: it comes of the centre now, not from our disk or another relay.
        """
        self._end_clock.heard(document.issued_at)
        meeting = self._meetings.get(document.meeting_id)
        if meeting is not None and is_the_centres:
            steering.note_centre(meeting, document.floor)
        if meeting is None:
            meeting = self._new_meeting(document)
            if is_the_centres:
                steering.note_centre(meeting, document.floor)
            if not meeting.is_over:
                self._announce_floor(meeting)
        else:
            adopted = meeting_hours.adopted(document, meeting.document)
            if adopted == meeting.document:
                steering.tell_rooms(meeting, self._sessions_of(meeting))
                return False
            has_new_floor = adopted.floor != meeting.document.floor
            meeting.document = adopted
            meeting.invited = frozenset(adopted.invited)
            if adopted.admitted is UNSET:
                meeting.door.open()
            if has_new_floor:
                meeting.router.replan()
                self._announce_floor(meeting)
            steering.tell_rooms(meeting, self._sessions_of(meeting))
        self._apply_time(meeting)
        meeting.router.replan()
        self._close_unwelcome(meeting)
        self._has_changed.set()
        return True

    def _new_meeting(self, document: RelayMeeting) -> RelayedMeeting:
        def plan(viewer: Viewer) -> Filling:
            return self._filling(meeting, viewer)

        router = self._engine.open_router(document.meeting_id, plan)
        meeting = RelayedMeeting(document, router, frozenset(document.invited))
        # What was over before it became known here has been told before.
        now, doubt = self._clock.now(), self._end_clock.doubt()
        meeting.is_over = meeting_hours.is_over(document, now=now, doubt=doubt)
        router.candidates = lambda: self._loud_candidates(meeting)
        router.speaker_listeners.append(self._announcer.changed)
        router.presence_listeners.append(
            lambda source, is_alive: self._presence(meeting, source, is_alive)
        )
        self._meetings[document.meeting_id] = meeting
        _log.info(
            "meeting_known", meeting_id=document.meeting_id, begins_at=str(document.begins_at)
        )
        return meeting

    def _loud_candidates(self, meeting: RelayedMeeting) -> frozenset[str]:
        """Return among whom the loudest are chosen: all that may be heard in a discussion."""
        if meeting.document.floor.mode is not FloorMode.DISCUSSION:
            return frozenset()
        return heard(view_of(meeting)) - meeting.brought()

    def _filling(self, meeting: RelayedMeeting, viewer: Viewer) -> Filling:
        return fill(view_of(meeting), viewer)

    def _announce_floor(self, meeting: RelayedMeeting) -> None:
        floor = meeting.document.floor
        self._tell(
            meeting,
            "floor_applied",
            viewer=viewer_named(floor.speaker) if floor.speaker else None,
            floor=floor,
        )

    def _tell(
        self,
        meeting: RelayedMeeting,
        kind: str,
        *,
        viewer: Viewer | None = None,
        direction: Direction | None = None,
        floor: FloorState | None = None,
        detail: str = "",
    ) -> None:
        """Tell the centre what happened in a meeting; a rehearsal leaves no trace in its log."""
        if not meeting.is_echo:
            self._announcer.tell(
                meeting.document.meeting_id,
                kind,
                viewer=viewer,
                direction=direction,
                floor=floor,
                detail=detail,
            )

    def _close_unwelcome(self, meeting: RelayedMeeting) -> None:
        for session in self._sessions_of(meeting):
            grant = self._grants.get(session.info.id, Grant(session.info.viewer))
            reason = reason_to_leave(grant, meeting.document)
            if reason is None and meeting.content and session is meeting.content.session:
                reason = reason_to_stop(meeting.content, meeting.document)
            if reason is not None:
                session.peer.close(reason)

    def _apply_time(self, meeting: RelayedMeeting) -> None:
        now, doubt, document = self._clock.now(), self._end_clock.doubt(), meeting.document
        is_over = meeting_hours.is_over(document, now=now, doubt=doubt, was_over=meeting.is_over)
        is_forwarding = not is_over and meeting_hours.has_begun(
            document, now=now, doubt=doubt, had_begun=meeting.is_forwarding
        )
        if is_forwarding and doubt is None:
            self._end_clock.heard(now)  # a clock that is set back denies it later
        if is_forwarding != meeting.is_forwarding:
            meeting.is_forwarding = is_forwarding
            meeting.router.replan()
            if is_forwarding:
                self._tell(meeting, "forwarding_began")
        if is_over and not meeting.is_over:
            for session in self._sessions_of(meeting):
                session.peer.close("the meeting is over")
            self._tell(meeting, "ended")
        meeting.is_over = is_over

    async def run(self) -> None:
        """Begin and end meetings at their time, for ever."""
        while True:
            now = self._clock.now()
            changes = [meeting_hours.next_change(m.document, now=now) for m in self.meetings]
            wait_s = min(
                ((at - now).total_seconds() for at in changes if at), default=_LONGEST_WAIT_S
            )
            self._has_changed.clear()
            try:
                async with asyncio.timeout(max(0.0, min(wait_s, _LONGEST_WAIT_S))):
                    await self._has_changed.wait()
            except TimeoutError:
                pass  # the instant has come
            for meeting in self.meetings:
                with guarded("meeting", meeting_id=meeting.document.meeting_id):
                    await self._follow(meeting)

    async def _follow(self, meeting: RelayedMeeting) -> None:
        self._apply_time(meeting)
        is_old = self._clock.now() > meeting_hours.closes_at(meeting.document) + KEPT_AFTER_END
        if is_old and self._end_clock.doubt() is None:
            await self._forget(meeting.document.meeting_id)

    async def _forget(self, meeting_id: MeetingId) -> None:
        if self._meetings.pop(meeting_id, None) is not None:
            self._engine.close_router(meeting_id, "the meeting is not the relay's any more")
            await asyncio.to_thread(self._store.forget, meeting_id)
            self._announcer.changed()

    # Sessions.

    def let_in(self, session: MediaSession, grant: Grant) -> None:
        """Remember by what right a new session is here; it replaces older ones."""
        self._grants[session.info.id] = grant
        meeting = self.find(session.info.router_name)
        if meeting is not None:
            meeting.door.gone(grant.viewer)
            if meeting.is_echo:
                self._untold.add(session.info.id)
        if session.info.direction == "share" and meeting and isinstance(session, Publisher):
            shown, meeting.content = meeting.content, Shared(session, grant, time.monotonic())
            meeting.router.replan()
            if shown is not None:
                shown.session.peer.close("another shares now")
        if meeting and isinstance(session, Subscriber) and meeting.document.line_bps:
            contracted_bps = meeting.document.line_bps.get(PointId(grant.viewer.subject))
            if contracted_bps is not None:
                session.begin_at(contracted_bps)
        for old in replaced_by(session, self._engine.sessions):
            old.peer.close("replaced by a newer session")

    def is_in(self, meeting: RelayedMeeting, viewer: Viewer) -> bool:
        """Return whether somebody plays already, so that a session of his replaces another."""
        return any(
            s.info.viewer == viewer and s.info.direction == "play"
            for s in self._sessions_of(meeting)
        )

    def _sessions_of(self, meeting: RelayedMeeting) -> list[MediaSession]:
        """Return those of points and people; what another relay brings has none here."""
        return [
            s
            for s in self._engine.sessions
            if s.info.router_name == meeting.router.name and not isinstance(s, TrunkSession)
        ]

    def has_to_wait(self, meeting: RelayedMeeting, grant: Grant) -> bool:
        """Return whether somebody stays outside because it is locked, and note that they ask.

        Whoever has a session here is in, whatever the centre knew when it was locked.
        """
        is_out = is_locked_out(grant, meeting.document)
        if not is_out or any(s.info.viewer == grant.viewer for s in self._sessions_of(meeting)):
            return False
        if meeting.door.knocked(grant.viewer, self._clock.now()):
            self._announcer.changed()
        return True

    def tell_hand(self, meeting: RelayedMeeting, viewer: Viewer, *, is_up: bool) -> None:
        """Tell the centre that a point asks for the floor, or asks no more."""
        self._tell(meeting, "hand_up" if is_up else "hand_down", viewer=viewer)

    async def steer(
        self, meeting: RelayedMeeting, moved: MovedFloor, viewer: Viewer, *, move: str
    ) -> None:
        """Take over a floor that a person has moved here, and keep it."""
        self._tell(meeting, "floor_moved", viewer=viewer, floor=moved.floor, detail=move)
        self.adopt_moved(meeting, moved)
        await asyncio.to_thread(self._store.save, meeting.document)

    def adopt_moved(self, meeting: RelayedMeeting, moved: MovedFloor) -> None:
        """Take over a floor that was moved here, or at the meeting's home."""
        if self.find(meeting.router.name) is not meeting:
            return
        meeting.names |= moved.names
        self.adopt(msgspec.structs.replace(meeting.document, floor=moved.floor))

    def refused_certificate(self, meeting: RelayedMeeting, grant: Grant) -> None:
        """Tell the centre, now and then, that a point came with a certificate it does not name."""
        who = (meeting.document.meeting_id, grant.certificate_sha256)
        if self._refusals_told.take(who, now_s=time.monotonic()):
            digest = grant.certificate_sha256[:DIGEST_CHARS]
            self._tell(meeting, "refused", viewer=grant.viewer, detail=digest)

    def _joined(self, session: MediaSession) -> None:
        meeting = self.find(session.info.router_name)
        if meeting is not None:
            steering.tell_rooms(meeting, [session])
        if isinstance(session, TrunkSession) or session.info.id in self._untold:
            return
        info = session.info
        kind = "content_began" if info.direction == "share" else "joined"
        self._announcer.tell(
            MeetingId(info.router_name), kind, viewer=info.viewer, direction=info.direction
        )

    def _left(self, session: MediaSession, reason: str) -> None:
        info = session.info
        if isinstance(session, TrunkSession):
            return
        self._grants.pop(info.id, None)
        is_told = info.id not in self._untold
        self._untold.discard(info.id)
        _log.info("session_closed", subject=info.viewer.subject, reason=reason)
        meeting = self.find(info.router_name)
        if meeting and meeting.content and meeting.content.session is session:
            meeting.content = None
            meeting.router.replan()
        if session.has_joined and is_told:
            self._announcer.tell(
                MeetingId(info.router_name),
                "content_ended" if info.direction == "share" else "left",
                viewer=info.viewer,
                direction=info.direction,
                detail=reason,
            )

    def _presence(self, meeting: RelayedMeeting, source: str, is_alive: bool) -> None:
        sessions = [
            s
            for s in self._sessions_of(meeting)
            if s.info.direction == "publish" and s.info.viewer.source == source
        ]
        if not is_alive and sessions:
            meeting.cut.add(source)
            viewer = sessions[0].info.viewer
            self._tell(meeting, "cut", viewer=viewer, direction="publish")
        elif is_alive and source in meeting.cut and sessions:
            meeting.cut.discard(source)
            viewer = sessions[0].info.viewer
            self._tell(meeting, "back", viewer=viewer, direction="publish")

    def state(self) -> RelayState:
        """Return everything this relay holds of meetings; of rehearsals nothing is told."""
        states, now, sheds = [], time.monotonic(), self._engine.load.shedding.is_on
        at = self._clock.now()
        on = [m for m in self.meetings if not m.is_over and not m.is_echo]
        for meeting in on[-200:]:
            with guarded("meeting", meeting_id=meeting.document.meeting_id):
                sessions = self._sessions_of(meeting)
                states.append(state_of(meeting, sessions, sheds=sheds, now=now, at=at))
        return RelayState(reported_at=at, meetings=tuple(states))
