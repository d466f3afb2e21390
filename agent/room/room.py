"""The room: looks at its documents and the clock, and is in the meeting it should be in."""

import asyncio
import secrets
import time
from datetime import datetime
from typing import Literal

import msgspec
import structlog

from agent.point.identity import PointFolder
from agent.point.schedule import Decision, Distrust, Idle, Join, decide
from agent.room import hand
from agent.room.capture import Devices
from agent.room.content import SharesEnded
from agent.room.documents import Documents
from agent.room.feed import OWN
from agent.room.meeting import RoomMeeting, RoomParts
from agent.room.played import PagePlayed
from agent.room.refused import RefusedMeetings
from agent.room.rehearsal.desk import RoomRehearsals
from agent.room.rehearsal.trial import RehearsalTrial
from agent.room.rehearsal.turn import Meetings
from agent.room.screen import Link, Screen, may_be_heard, queue_place, screen_of
from agent.room.status import RoomStatus, room_status
from agent.room.told_floor import live_of
from agent.room.words import Words
from contracts import codec
from contracts.desired import Live
from contracts.floor import FloorMode
from contracts.hand import Hand
from contracts.rehearsal import Rehearsal
from media.client.held_back import HeldBack
from media.client.media_source import START_BPS
from media.client.whip_client import WhipClient
from media.errors import RelayRefused, RelayUnreachable
from runtime import memory
from runtime.guard import guarded, keep

LOOK_EVERY_S = 0.2
Capture = Literal["none", "closed", "open"]
# Whose sound comes in which slot while somebody has the floor (media/sfu/slots.py).
SOUND_OF = {"stage": "sound-0", "speaker": "sound-1"}
_NO_LINK = Link("none")
_log = structlog.get_logger()


class Room:
    """Decides, joins, leaves; and knows what there is to show."""

    def __init__(self, folder: PointFolder, parts: RoomParts) -> None:
        self.run_id = secrets.token_hex(4)
        self.meeting: RoomMeeting | None = None
        self.decision: Decision = Idle()
        self._folder = folder
        self._parts = parts
        self._documents = Documents(folder.desired_dir, folder.line_file)
        self._refused = RefusedMeetings()
        self._floor_since: datetime | None = None
        self._looks = 0
        self._press: hand.Press | None = None
        self.page_devices = Devices()
        self.rehearsals = RoomRehearsals(folder.rehearsed_file, parts, self._rehearsal, self._trial)
        self.page_played = PagePlayed()

    @property
    def looks(self) -> int:
        """How often the room has looked at its schedule; it stands still if we hang."""
        return self._looks

    @property
    def words(self) -> Words:
        """The words of its screen."""
        return Words(self._parts.settings.kiosk.language)

    async def run(self) -> None:
        """Follow the schedule until cancelled."""
        running: asyncio.Task[None] | None = None
        async with asyncio.TaskGroup() as group:
            while True:
                with guarded("look"):
                    running = await self._look(group, running)
                    self._looks += 1
                await asyncio.sleep(LOOK_EVERY_S)

    async def _look(
        self, group: asyncio.TaskGroup, running: "asyncio.Task[None] | None"
    ) -> "asyncio.Task[None] | None":
        """Leave, join or go on as the schedule says; return the meeting's task."""
        if running is not None and running.done():
            self._ended()
            running = None
        self._decide()
        with guarded("rehearsal"):
            await self.rehearsals.follow(group, self._meetings())
        if running is not None and not self._is_wanted():
            await _cancelled(running)
            running = None
            self._forget_meeting()
        if running is None and isinstance(self.decision, Join):
            meeting = self._meeting(self.decision)
            running = keep(group, meeting.run, name="meeting")
            self.meeting = meeting
        return running

    def _live(self) -> Live | None:
        """Return the newest word on the meeting, of the centre or of the relay."""
        live, meeting = self._documents.live(), self.meeting
        if meeting is None:
            return live
        return live_of(live, meeting.floor_word, meeting.join.meeting.meeting_id)

    def now(self) -> datetime:
        """Return the corrected time."""
        return self._parts.clock.now()

    def screen(self) -> Screen:
        """Return what the page says now."""
        now = self._parts.clock.now()
        screen = screen_of(
            self.decision,
            point=self._parts.identity.point_id,
            link=self.meeting.link(now) if self.meeting else _NO_LINK,
            live=self._live(),
            held=self._held_back(),
            duty=self._documents.duty(),
            words=self.words,
            now=now,
        )
        place = self._queue_place(screen)
        self._press = hand.pending(self._press, place, now_s=time.monotonic())
        if place is not None:
            said = hand.notice(self._press, place, self.words, now_s=time.monotonic())
            screen = msgspec.structs.replace(screen, hand=said)
        notice = self.rehearsals.notice(words=self.words, now=now)
        if notice is not None:
            screen = msgspec.structs.replace(screen, rehearsal=notice)
        if not screen.has_floor:
            self._floor_since = None
        elif self._floor_since is None:
            self._floor_since = now
        return screen

    def _queue_place(self, screen: Screen) -> int | None:
        """Return the room's place in the queue; None: it cannot ask for the floor now."""
        if screen.kind != "meeting" or screen.link != "good":
            return None
        point = self._parts.identity.point_id
        return queue_place(self.decision, self._live(), point=point)

    async def raise_hand(self, *, is_up: bool) -> str:
        """Ask for the floor, or ask no more; return why not, empty where the relay took it."""
        meeting, refused = self.meeting, self.words("hand_unheard")
        if meeting is None or self._queue_place(self.screen()) is None:
            return refused
        self._press = hand.Press(is_up, time.monotonic())
        try:
            if await meeting.play.tell("hand", codec.encode(Hand(is_up=is_up))):
                return ""
        except RelayRefused as exc:
            refused = exc.message_vi or refused
        except RelayUnreachable:
            pass
        self._press = hand.Press(is_up, time.monotonic(), refused)
        return refused

    @property
    def floor_since(self) -> datetime | None:
        """Since when this room has the floor, as its screen has seen it."""
        return self._floor_since

    def filled(self) -> list[str]:
        """Return the slots that have pictures now, whatever is on them."""
        if self.meeting is None:
            return []
        found = self.meeting.playback.showing(int(self._parts.wall_ms()))
        return [*found, OWN] if self._has_own_picture else found

    def _held_back(self) -> HeldBack | None:
        if self.meeting is None:
            return None
        return self.meeting.playback.held_back(int(self._parts.wall_ms()))

    def only_sound(self) -> list[str]:
        """Return the slots of which sound comes and no picture: the chair's and the speaker's."""
        if self.meeting is None or self._is_discussed():
            return []
        now_ms = int(self._parts.wall_ms())
        heard = self.meeting.playback.heard(now_ms)
        shown = self.filled()
        return [slot for slot, sound in SOUND_OF.items() if sound in heard and slot not in shown]

    def _is_discussed(self) -> bool:
        live = self._live()
        return live is not None and live.mode is FloorMode.DISCUSSION

    @property
    def _has_own_picture(self) -> bool:
        if self.meeting is None or self.meeting.source is None:
            return False
        feed = self._parts.feed
        if self._parts.settings.source.kind == "synthetic" or "video" in feed.captured:
            return True
        return self.is_captured and not feed.wanted and self.page_devices.camera.state == "open"

    @property
    def devices(self) -> Devices | None:
        """Camera and microphone as they are now; None: this room has none of its own."""
        if self.is_captured:
            return self.page_devices
        if self._parts.settings.source.kind != "gstreamer":
            return None
        opened = self.meeting.devices if self.meeting else self.rehearsals.devices
        return opened or Devices()

    @property
    def is_captured(self) -> bool:
        """Whether this room sends what its browser captures."""
        return self._parts.settings.source.kind == "browser"

    @property
    def capture(self) -> Capture:
        """What the page does with camera and microphone: open in meetings and rehearsals only."""
        if not self.is_captured:
            return "none"
        is_open = self.meeting is not None or self.rehearsals.is_running
        return "open" if is_open else "closed"

    @property
    def may_share(self) -> bool:
        """Whether the page may share content now, as the centre will judge it."""
        if not (self.is_captured and isinstance(self.decision, Join) and self.decision.has_begun):
            return False
        return self.decision.meeting.role == "chair" or self._is_heard()

    @property
    def shares_ended(self) -> SharesEnded:
        """How often the centre ended what was shared in this meeting, and why the last time."""
        if self.meeting is None:
            return SharesEnded()
        content = self.meeting.content
        return SharesEnded(content.ended_total, content.refusal or self.words("share_ended"))

    def _is_heard(self) -> bool:
        point, live = self._parts.identity.point_id, self._live()
        return may_be_heard(self.decision, point=point, live=live)

    def status(self, since_ms: int = 0) -> RoomStatus:
        """Return everything that is known."""
        return room_status(
            now=self._parts.clock.now(),
            wall_ms=int(self._parts.wall_ms()),
            run_id=self.run_id,
            identity=self._parts.identity,
            clock=self._parts.clock.state(),
            meeting=self.meeting,
            since_ms=since_ms,
            reports_written=self._parts.reports.written_total,
            kiosk_viewers=len(self._parts.feed.router.subscribers),
            devices=self.devices or Devices(),
        )

    def _decide(self) -> None:
        current = self.decision if isinstance(self.decision, Join) else None
        schedule, end_clock = self._documents.schedule(), self._parts.end_clock
        if schedule is not None:
            end_clock.heard(schedule.issued_at)
        now, doubt = self._parts.clock.now(), end_clock.doubt()
        if current is not None and current.has_begun and doubt is None:
            end_clock.heard(now)  # a clock that is set back denies it later
        decision = decide(
            schedule,
            point=self._parts.identity.point_id,
            now=now,
            clock=self._parts.clock.state(),
            over=self._refused.at(time.monotonic()),
            current=current,
            is_connected=self.meeting is not None and self.meeting.is_connected,
            doubt=doubt,
        )
        if isinstance(decision, Distrust) and not isinstance(self.decision, Distrust):
            _log.warning("clock_not_trusted", meeting_id=decision.meeting.meeting_id)
        self.decision = decision
        if self.meeting is not None and isinstance(decision, Join):
            self.meeting.update(decision)

    def _is_wanted(self) -> bool:
        """Whether the running meeting is the one to be in, through the same relay."""
        return (
            isinstance(self.decision, Join)
            and self.meeting is not None
            and self.decision.meeting.meeting_id == self.meeting.join.meeting.meeting_id
            and self.decision.relay_url == self.meeting.join.relay_url
        )

    def _ended(self) -> None:
        if self.meeting is not None:
            refused = self.meeting.join.meeting.meeting_id
            self._refused.note(refused, now_s=time.monotonic())
        self._forget_meeting()

    def _forget_meeting(self) -> None:
        self.meeting = self._press = None
        memory.give_back()

    def _meetings(self) -> Meetings:
        return Meetings(
            self.decision,
            self._documents.schedule(),
            self._live(),
            self._refused.at(time.monotonic()),
        )

    def _client(self, relay_url: str) -> WhipClient:
        return WhipClient(
            relay_url,
            ca_file=self._folder.ca_file,
            identity=self._parts.point,
            now=self._parts.clock.now,
            timeout_s=self._parts.settings.uplink.request_limit_s,
        )

    def _rehearsal(self) -> Rehearsal | None:
        """Return the centre's document, with no sound where this room is to be left quiet."""
        document = self._documents.rehearsal()
        if document is None or self._parts.settings.rehearsal.plays_sound:
            return document
        return msgspec.structs.replace(document, plays_sound=False)

    def _trial(self, document: Rehearsal) -> RehearsalTrial:
        now = self._parts.clock.now()
        return RehearsalTrial(
            document,
            self._parts,
            self._client(document.relay.url if document.relay else ""),
            start_bps=self._documents.start_bps(unknown_bps=START_BPS, now=now),
            down_bps=self._documents.down_bps(now=now),
            is_metered=self._documents.is_metered,
            speaker=lambda: self.rehearsals.speaker,
            devices=lambda: self.page_devices if self.is_captured else None,
        )

    def _meeting(self, join: Join) -> RoomMeeting:
        self._parts.steady.follow()
        return RoomMeeting(
            join,
            self._parts,
            self._client(join.relay_url),
            is_heard=self._is_heard,
            is_metered=self._documents.is_metered,
            start_bps=self._documents.start_bps(unknown_bps=START_BPS, now=self._parts.clock.now()),
            down_bps=self._documents.down_bps(now=self._parts.clock.now()),
            page=self.page_played,
        )


async def _cancelled(task: "asyncio.Task[None]") -> None:
    """End a meeting's task, and wait until it has left."""
    task.cancel()
    await asyncio.wait({task})
