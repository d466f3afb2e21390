"""A router: the sources and the subscribers of one meeting, and the plan that joins them."""

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import structlog

from media.sfu.codec_choice import CodecChoice
from media.sfu.encoding import Encoding
from media.sfu.fanout import Fanout
from media.sfu.ladder import Rung
from media.sfu.loudness import Loudness
from media.sfu.sizes import encoding_for, wish_of
from media.sfu.slots import ALL_SOUND_SLOTS, VIDEO_SLOTS, Plan
from media.sfu.source import Source
from media.wire.sdp import Kind
from runtime.guard import guarded

if TYPE_CHECKING:
    from media.sfu.subscriber import Subscriber

LADDER_S = 0.2
_log = structlog.get_logger()


class Router:
    """One meeting's, or one point's, sources and subscribers."""

    def __init__(
        self,
        name: str,
        plan: Plan,
        fanout: Fanout,
        *,
        video_slots: Sequence[str] = VIDEO_SLOTS,
        sound_slots: Sequence[str] = ALL_SOUND_SLOTS,
    ) -> None:
        self.name = name
        self.slots: dict[Kind, tuple[str, ...]] = {
            "video": tuple(video_slots),
            "audio": tuple(sound_slots),
        }
        self.codecs = CodecChoice()
        self.subscribers: list[Subscriber] = []
        self.presence_listeners: list[Callable[[str, bool], None]] = []
        self.speaker_listeners: list[Callable[[], None]] = []
        self.loudness = Loudness()
        # Among whom the loudest are chosen; nobody, where the plan does not ask for them.
        self.candidates: Callable[[], Collection[str]] = frozenset
        self._plan = plan
        self._fanout = fanout
        self._sources: dict[str, Source] = {}
        self._alive: dict[str, frozenset[Encoding]] = {}
        self.is_local = False  # its viewers are on this machine: no line is between
        self._adapted_at = 0.0
        self._cap = Rung.HIGH

    def source(self, name: str) -> Source:
        """Return the source of this name; it is made on first use."""
        if name not in self._sources:
            self._sources[name] = Source(name, self, self._fanout)
        return self._sources[name]

    def forget(self, source: Source) -> None:
        """Forget a source that another relay had brought, if nobody else publishes as it."""
        if not source.tracks and not source.sinks:
            self._sources.pop(source.name, None)

    @property
    def sources(self) -> list[Source]:
        """All that have published here."""
        return list(self._sources.values())

    def present(self) -> tuple[str, ...]:
        """Return the names of the sources of which packets come."""
        now = time.monotonic()
        return tuple(name for name, s in self._sources.items() if s.alive(now=now))

    def replan(self) -> None:
        """Show in every slot what the plan says now."""
        for subscriber in self.subscribers:
            with guarded("peer", subscriber.peer.put_away, subject=subscriber.viewer.subject):
                self.fill(subscriber, is_urgent=True)

    def fill(
        self, subscriber: "Subscriber", *, is_urgent: bool = False, has_room: bool = True
    ) -> None:
        """Show in one subscriber's slots what the plan says now.

        Args:
            is_urgent: keyframes are asked for at once: the plan has changed for all.
            has_room: else nothing more goes of pictures that are to be replaced.
        """
        now = time.monotonic()
        filling = subscriber.filling(self._plan)
        tracks = {}
        for out in subscriber.outs:
            source = self._sources.get(filling.get(out.slot, ""))
            track = source.track(out.kind, now=now) if source else None
            if track is not None:
                tracks[out.slot] = track
        line = subscriber.line
        line.cap, known = self._cap, line.pictures.keys()
        line.pictures = {s: t.encodings for s, t in tracks.items() if t.kind == "video"}
        line.sounds = {s: t.encodings[0] for s, t in tracks.items() if t.kind == "audio"}
        if not self.is_local and line.pictures.keys() - known:
            line.adapt(now=now)  # nothing begins that the line is taken not to carry
        for out in subscriber.outs:
            track = tracks.get(out.slot)
            alive = track.alive(now=now) if track else ()
            encoding = encoding_for(alive, wish_of(out.slot), line.limit_of(out.slot))
            out.show(encoding, now=now, is_urgent=is_urgent, has_room=has_room)

    def show_tiles(self, subscriber: "Subscriber", points: Sequence[str]) -> None:
        """Show these points and people in one subscriber's tiles."""
        subscriber.viewer = replace(subscriber.viewer, tiles=tuple(points))
        if subscriber.is_connected:
            self.fill(subscriber)  # who leafs through pages asks out of the bucket

    def _adapt(self, subscribers: Sequence["Subscriber"], *, now: float) -> None:
        """Follow what each of these subscribers' lines carries."""
        for subscriber in subscribers:
            try:
                self._follow(subscriber, now=now)
            except Exception as exc:  # noqa: BLE001 - one subscriber's failure is its own
                subscriber.peer.fail(exc)

    def _follow(self, subscriber: "Subscriber", *, now: float) -> None:
        line = subscriber.line
        before = line.ladder.rung
        has_changed = line.adapt(now=now)
        subscriber.follow_line()
        if not has_changed:
            return
        after = line.ladder.rung
        if after is not before:
            _log.info(
                "viewer_line",
                subject=subscriber.viewer.subject,
                rung=after.name.lower(),
                carries_kbps=round(line.estimate.usable_bps / 1000),
                queue_ms=round(line.estimate.queue_ms),
                loss_ratio=round(line.estimate.loss.ratio, 3),
            )
        self._fanout.counters.ladder_falls_total += after < before
        self._fanout.counters.ladder_climbs_total += after > before
        # One who climbs can wait.
        self.fill(subscriber, is_urgent=after < before, has_room=not line.estimate.is_draining)

    def serve(self, *, now: float, cap: Rung = Rung.HIGH) -> None:
        """Ask sources for what is missing and for keyframes that are due.

        Args:
            cap: nobody is sent more, for the relay would be late.
        """
        if cap is not self._cap and not self.is_local:
            _log.warning("viewers_capped", router=self.name, rung=cap.name.lower())
            self._cap = cap
            self.replan()
        for source in self._sources.values():
            for track in source.tracks:
                track.tick(now=now)
        self._choose_loudest(now=now)
        if self.is_local:
            return
        if now - self._adapted_at >= LADDER_S:
            self._adapted_at = now
            self._adapt(self.subscribers, now=now)
        else:
            self._adapt([one for one in self.subscribers if one.line.is_urgent], now=now)

    def _choose_loudest(self, *, now: float) -> None:
        speakers = self.loudness.speakers
        if not self.loudness.choose(self.candidates(), now=now):
            return
        self.replan()
        if self.loudness.speakers != speakers:
            for listener in self.speaker_listeners:
                with guarded("speaker", router=self.name):
                    listener()

    def notice(self) -> None:
        """Notice sources that fell silent or came back."""
        now = time.monotonic()
        alive = {name: source.alive(now=now) for name, source in self._sources.items()}
        if alive != self._alive:
            before, self._alive = self._alive, alive
            self.replan()
            for name, encodings in alive.items():
                if bool(encodings) != bool(before.get(name)):
                    for listener in self.presence_listeners:
                        with guarded("presence", source=name):
                            listener(name, bool(encodings))
