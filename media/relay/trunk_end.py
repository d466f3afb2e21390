"""One end of a trunk: what this relay of a meeting says to another one, and does at its word.

    says     which sources it has that the other does not bring itself, and whom it wants
    sends    the pictures that the other wants, and the sounds that may be heard: in a discussion
             those of the lanes
    takes    the other's sources as sources of its own router, so that its plans, slots, sizes
             and ladders serve its viewers

The home chooses for all: who is loudest (an outer relay says how loud its loudest are), who is
shown as speaker, what is shared. Where a point is at two relays for a moment, since it has been
told another, that one counts of which packets come.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from msgspec import UNSET, UnsetType

from contracts.content import ShareRight
from contracts.floor import FloorMode
from contracts.ids import RelayId
from contracts.relay import TrunkState
from contracts.steering import MovedFloor
from contracts.trunk import CONTENT_PREFIX, TrunkSource, TrunkWords
from media.relay.relayed_meeting import HomeChoice, RelayedMeeting, view_of
from media.relay.sharing import right_of
from media.sfu.sizes import Size
from media.sfu.slots import heard
from media.sfu.source import Source
from media.sfu.trunk_session import TrunkSession
from media.sfu.up_track import UpTrack
from media.wire.sdp import Kind
from runtime.limits import TokenBucket

BEAT_S = 0.5  # without news
# What is said so often is done at once; what more is said waits for the next look at all trunks.
DONE_PER_S, DONE_AT_ONCE = 5.0, 20.0

_KINDS: tuple[Kind, ...] = ("video", "audio")


@dataclass(slots=True)
class _Brought:
    """A track of the other side's, by the SSRCs that it was told with."""

    source: Source
    track: UpTrack
    ssrcs: tuple[int, ...]


@dataclass(slots=True, eq=False)
class TrunkEnd:
    """This relay's end of one meeting's trunk."""

    meeting: RelayedMeeting
    session: TrunkSession
    is_home: bool
    certificate_sha256: str = ""  # at the home: what the other one came with
    on_news: Callable[[], None] = lambda: None
    on_floor: Callable[[MovedFloor], None] = lambda _: None
    content_since: float = 0.0
    content_right: ShareRight = ShareRight.NONE
    content: str = ""
    since: float | None = None  # when the first words came on this connection
    heard_at: float = field(default_factory=time.monotonic)
    _brought: dict[tuple[str, Kind], _Brought] = field(default_factory=dict)
    _told: dict[str, TrunkSource] = field(default_factory=dict)
    _wanted: frozenset[int] = frozenset()
    _last: TrunkWords | None = None
    _said: tuple[object, object] = (None, None)
    _moved_said: MovedFloor | None = None
    _said_at: float = 0.0
    _is_heard: bool = True
    _has_changed: bool = False
    _turns: TokenBucket = field(
        default_factory=lambda: TokenBucket(per_s=DONE_PER_S, burst=DONE_AT_ONCE)
    )

    @property
    def relay(self) -> str:
        """Which relay the other one is."""
        return self.session.info.viewer.subject

    @property
    def is_connected(self) -> bool:
        """Whether media can come and go."""
        return self.session.is_connected

    @property
    def told(self) -> TrunkState:
        """What the centre is told of the line to it: how much goes, and how it fares."""
        quality = self.session.quality
        return TrunkState(
            relay=RelayId(self.relay),
            rung=self.session.line.rung.word,
            loss_ratio=quality.steady_loss_ratio,
            rtt_ms=quality.rtt_ms,
        )

    @property
    def sources(self) -> frozenset[str]:
        """Whose media the other side brings."""
        return frozenset(name for name, _ in self._brought)

    # What is said.

    def renew(self) -> None:
        """Say everything anew: the words begin on another connection."""
        self._said, self._last, self.since = (None, None), None, None
        self._moved_said = None

    def words(self, *, now: float) -> TrunkWords | None:
        """Return what to say now; None: nothing, the last word was not long ago."""
        sources, wants = self._own(now=now), tuple(sorted(self.session.wanted))
        view = view_of(self.meeting)
        said = self._said
        self._said = (sources, wants)
        new_sources: dict[str, TrunkSource] | UnsetType = UNSET if sources == said[0] else sources
        new_wants: tuple[int, ...] | UnsetType = UNSET if wants == said[1] else wants
        words = TrunkWords(
            sources=new_sources,
            wants=new_wants,
            loud={} if self.is_home else self._loud(now=now),
            lanes=tuple(lane or "" for lane in view.lanes) if self.is_home else (),
            speakers=view.speakers if self.is_home else (),
            content=(view.content or "") if self.is_home else self._shared(),
            content_right=self._right(),
            is_listening=self.is_home or self._has_listeners(),
            is_giving_back=True,
            moved=self._new_floor(),
        )
        if words == self._last and now - self._said_at < BEAT_S:
            return None
        self._last, self._said_at = words, now
        return words

    def _new_floor(self) -> MovedFloor | UnsetType:
        """Return the floor where it was moved here, at the home, since the last words."""
        moved = self.meeting.moved if self.is_home else None
        is_new, self._moved_said = moved != self._moved_said, moved
        return moved if moved is not None and is_new else UNSET

    def _own(self, *, now: float) -> dict[str, TrunkSource]:
        """Return what can be sent of each source that the other side does not bring."""
        ours = {id(brought.track) for brought in self._brought.values()}
        found: dict[str, TrunkSource] = {}
        for source in self.meeting.router.sources:
            streams: dict[Kind, tuple[int, ...]] = {}
            for track in source.tracks:
                if id(track) not in ours and track.is_alive(now=now):
                    streams[track.kind] = tuple(
                        self.session.slot_of(source.name, track.kind, one.size, now=now)[1]
                        for one in track.encodings
                    )
            if streams:
                sound = streams.get("audio", (None,))[0]
                found[source.name] = TrunkSource(video=streams.get("video", ()), sound=sound)
        return found

    def _has_listeners(self) -> bool:
        """Whether anybody plays here; a home has to know of every sound, to choose among them."""
        others = (one for one in self.meeting.router.subscribers if one is not self.session)
        return any(one.is_connected for one in others)

    def _loud(self, *, now: float) -> dict[str, float]:
        loudest = self.meeting.router.loudness.loudest(now=now)
        return {name: round(level, 1) for name, level in loudest.items() if level > 0}

    def _shared(self) -> str:
        return self.meeting.content.source if self.meeting.content else ""

    def _right(self) -> int:
        if self.is_home:
            shown = self.meeting.shown()
            return int(shown[1]) if shown else 0
        own = self.meeting.content
        return int(right_of(own.grant, self.meeting.document)) if own else 0

    # What is sent.

    def send(self, *, now: float) -> None:
        """Send what is wanted and may be heard, and nothing else."""
        slots: dict[str, str] = {}
        own = self._said[0]
        sounds = self._sounds()
        for name, streams in own.items() if isinstance(own, dict) else ():
            for size, ssrc in zip((Size.HIGH, Size.LOW), streams.video, strict=False):
                if ssrc in self._wanted:
                    slots[self.session.slot_of(name, "video", size, now=now)[0]] = name
            is_content = name.startswith(CONTENT_PREFIX)
            if streams.sound is not None and (name in sounds or (is_content and self._is_heard)):
                slots[self.session.slot_of(name, "audio", Size.HIGH, now=now)[0]] = name
        main = self._main()
        if slots != self.session.slots or main != self.session.line.main:
            self.session.slots, self.session.line.main = slots, main
            if self.session.is_connected:
                self.meeting.router.fill(self.session, is_urgent=True)

    def _main(self) -> str:
        """Return whose picture and sound go where the line carries little more."""
        view = view_of(self.meeting)
        return view.floor.speaker or next(iter(view.speakers), view.chair)

    def _sounds(self) -> frozenset[str]:
        if not self._is_heard:
            return frozenset()
        audible = heard(view_of(self.meeting))
        if self.meeting.document.floor.mode is not FloorMode.DISCUSSION:
            return audible
        return audible & frozenset(name for name in self.meeting.router.loudness.lanes if name)

    # What is taken.

    def take(self, words: TrunkWords, *, now: float) -> None:
        """Do at the other side's word."""
        self.heard_at = now
        is_first = self.since is None
        if is_first:
            self.since = now
        if words.wants is not UNSET:
            self._wanted = frozenset(words.wants)
        if words.sources is not UNSET:
            self._told = words.sources
            self.session.named(_ssrcs(words.sources.values()), now=now)
        self._is_heard = words.is_listening
        self.session.is_given_back_to = words.is_giving_back
        is_turn = self._turns.take(now_s=now)
        if is_turn:
            self._bring(now=now)
        if self.is_home:
            for name, level in words.loud.items():
                if (name, "audio") in self._brought:
                    self.meeting.router.loudness.told(name, level, now=now)
            if words.content != self.content:
                # Nobody knows since when first words' content is shared: what is here goes on.
                self.content, self.content_since = words.content, 0.0 if is_first else now
            self.content_right = ShareRight(words.content_right)
        else:
            lanes = tuple(lane or None for lane in words.lanes)
            right = ShareRight(words.content_right)
            chosen = HomeChoice(lanes, words.speakers, words.content or None, right)
            if words.moved is not UNSET:
                self.on_floor(words.moved)
            self._has_changed |= chosen != self.meeting.chosen
            self.meeting.chosen = chosen
        if is_turn:
            self._show()
        self.send(now=now)

    def _show(self) -> None:
        """Show what was said since the last time."""
        if self._has_changed:
            self._has_changed = False
            self.meeting.router.notice()
            self.meeting.router.replan()

    def _bring(self, *, now: float) -> None:
        """Have a track for each kind of what the other side has."""
        told: dict[tuple[str, Kind], tuple[int, ...]] = {}
        for name, streams in self._told.items():
            sound = () if streams.sound is None else (streams.sound,)
            told |= {(name, k): s for k, s in zip(_KINDS, (streams.video, sound), strict=True) if s}
        gone = [
            key
            for key, brought in self._brought.items()
            if told.get(key) != brought.ssrcs or brought.track.is_closed
        ]
        for key in gone:
            self._end(key)
        new = [key for key in told if key not in self._brought]
        for name, kind in new:
            source = self.meeting.router.source(name)
            if not _is_free(source, kind, now=now):
                continue
            ssrcs = told[name, kind]
            track = self.session.bring(source, kind, ssrcs)
            self._brought[name, kind] = _Brought(source, track, ssrcs)
        self._has_changed |= bool(gone) or any(key in self._brought for key in new)

    def _end(self, key: tuple[str, Kind]) -> None:
        brought = self._brought.pop(key)
        self.session.forget(brought.ssrcs)
        brought.track.close()
        self.meeting.router.forget(brought.source)

    def tick(self, *, now: float) -> None:
        """Follow what has changed here."""
        self._bring(now=now)
        self._show()
        self.on_news()
        self.send(now=now)

    def close(self) -> None:
        """End what the other side has brought."""
        self._told = {}
        for key in list(self._brought):
            self._end(key)
        if not self.is_home:
            self.meeting.chosen = None
        elif self.meeting.content_elsewhere == self.content:
            self.meeting.content_elsewhere = None
        self.meeting.router.replan()


def _ssrcs(sources: Iterable[TrunkSource]) -> frozenset[int]:
    return frozenset(s for one in sources for s in (*one.video, one.sound) if s is not None)


def _is_free(source: Source, kind: Kind, *, now: float) -> bool:
    """Return whether a source's track may come from elsewhere: here is none, or one gone silent.

    One that has just been agreed on and has sent nothing yet is about to.
    """
    for track in source.tracks:
        if track.kind == kind and not track.is_closed:
            has_come = any(one.intake.reception.packets for one in track.encodings)
            return has_come and not track.is_alive(now=now)
    return True
