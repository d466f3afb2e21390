"""What each room says it sees and hears: its local page's API, asked on its own machine."""

import asyncio
import json
import time
from dataclasses import dataclass
from typing import Any

import httpx

from scripts.demo import oneshot
from scripts.demo.demo import Demo
from scripts.demo.errors import DemoError
from scripts.demo.province import Point

Json = dict[str, Any]


def wall_ms() -> float:
    """Return the wall clock in milliseconds since 1970."""
    return time.time() * 1000


@dataclass(frozen=True, slots=True)
class Slot:
    """A slot of pictures at one moment. `changes`: (number or None, since ms)."""

    number: int | None
    frames: int
    missing: int
    repeated: int
    gap_max_ms: float
    silent_ms: float | None
    latency_p50_ms: float | None
    latency_p95_ms: float | None
    changes: tuple[tuple[int | None, float], ...]

    def first_of(self, number: int, *, after_ms: float) -> float | None:
        """Return since when the slot shows a number, if that began after an instant."""
        return next((at for n, at in self.changes if n == number and at >= after_ms), None)

    def number_at(self, instant_ms: float) -> int | None:
        """Return the number the slot showed at an instant, as far back as is known."""
        earlier = [number for number, at in self.changes if at < instant_ms]
        return earlier[-1] if earlier else None


@dataclass(frozen=True, slots=True)
class Sound:
    """A slot of sound: how late its pulses were, to begin with a multiple of 400 ms."""

    latency_p50_ms: float
    latency_p95_ms: float


@dataclass(frozen=True, slots=True)
class Room:
    """What one room is doing.

    Attributes:
        heard: (number, first ms, last ms) of every stretch.
        sounds: the slots in which pulses were heard.
        camera: what the room's server knows of its camera, by its page; "closed" of a drawn one.
        sounds_sent: pieces of sound that left the room in this meeting.
    """

    run_id: str
    state: str
    meeting_id: str | None
    slots: dict[str, Slot]
    sounds: dict[str, Sound]
    camera: str
    sounds_sent: int
    heard: tuple[tuple[int, float, float], ...]
    answers: tuple[str, ...]

    def shown(self, slot: str) -> int | None:
        """Return the number a slot shows now."""
        return self.slots[slot].number if slot in self.slots else None


@dataclass(frozen=True, slots=True)
class Skew:
    """How far a room's corrected clock is ahead of ours, from the quickest answer so far."""

    trip_ms: float
    ahead_ms: float
    run_id: str


class Rooms:
    """Asks the rooms; those in a namespace by curl from inside it."""

    def __init__(self, demo: Demo) -> None:
        self._demo = demo
        self._client = httpx.AsyncClient(timeout=3)
        self._skews: dict[str, Skew] = {}

    async def close(self) -> None:
        """Close connections."""
        await self._client.aclose()

    async def read(self, point: Point, since_ms: float = 0) -> Room | None:
        """Return a room's state; None: it does not answer now."""
        port = self._demo.plan.ports[f"kiosk:{point.point_id}"]
        url = f"http://127.0.0.1:{port}/api/state?since={int(since_ms)}"
        netns = self._demo.place.namespace_of(point.point_id)
        began_ms = wall_ms()
        try:
            if netns is None:
                table = (await self._client.get(url)).json()
            else:
                text = await oneshot.run("curl", "-sS", "-m", "3", url, netns=netns, within_s=5)
                table = json.loads(text)
        except (httpx.HTTPError, DemoError, ValueError):
            return None
        trip_ms = wall_ms() - began_ms
        seen = Skew(trip_ms, table["wall_ms"] - began_ms - trip_ms / 2, str(table["run_id"]))
        known = self._skews.get(point.point_id)
        if known is None or known.run_id != seen.run_id or seen.trip_ms <= known.trip_ms:
            self._skews[point.point_id] = known = seen
        return parse(table, known.ahead_ms)

    async def read_all(self, points: tuple[Point, ...], since_ms: float = 0) -> dict[str, Room]:
        """Return the rooms that answer, by point id."""
        found = await asyncio.gather(*(self.read(point, since_ms) for point in points))
        return {p.point_id: r for p, r in zip(points, found, strict=True) if r is not None}


def parse(table: Json, ahead_ms: float = 0) -> Room:
    """Return the API's answer as a value, its instants by our own clock."""
    meeting: Json = table.get("meeting") or {}
    sounds: Json = meeting.get("sounds", {})
    source: Json = meeting.get("source") or {}
    legs = [meeting.get("play"), meeting.get("publish")]
    return Room(
        run_id=str(table["run_id"]),
        state=str(table["state"]),
        meeting_id=meeting.get("meeting_id"),
        slots={name: _slot(video, ahead_ms) for name, video in meeting.get("videos", {}).items()},
        sounds={
            name: Sound(sound["latency_p50_ms"], sound["latency_p95_ms"])
            for name, sound in sounds.items()
            if sound["latency_p50_ms"] is not None
        },
        camera=str(table["devices"].get("camera", {}).get("state", "closed")),
        sounds_sent=source.get("sounds", 0),
        heard=tuple(
            (h["number"], h["first_ms"] - ahead_ms, h["last_ms"] - ahead_ms)
            for h in meeting.get("heard", [])
        ),
        answers=tuple(f"{leg['negotiations']}:{leg['answer_sha256']}" for leg in legs if leg),
    )


def _slot(video: Json, ahead_ms: float) -> Slot:
    return Slot(
        number=video["shown_number"],
        frames=video["frames"],
        missing=video["frames_missing"],
        repeated=video["frames_repeated"] + video["frames_unreadable"],
        gap_max_ms=video["gap_max_ms"] or 0,
        silent_ms=video["silent_ms"],
        latency_p50_ms=video["latency_p50_ms"],
        latency_p95_ms=video["latency_p95_ms"],
        changes=tuple(
            (change["number"], change["since_ms"] - ahead_ms) for change in video["shown"]
        ),
    )
