"""What a room hears of its meeting, gathered from whoever knows: path, decoder, page, loudspeaker.

Where the page tells what it plays its own count of made-up sound counts, else this process's. In a
room whose page or loudspeaker is what people hear, sound that comes while that does not run is
lost.
"""

import time
from collections.abc import Callable

from agent.room.heard_meter import HeardMeter
from agent.room.played import CONTENT_SOUND, PagePlayed
from contracts.sound_span import SoundSpan
from media.client.flow import SOUND_FRAME_MS
from media.transport.leg import Leg, steady_ms

SILENT_PAGE_S = 25.0
"""A page that is opened anew tells of what it plays within so long."""


class MeetingHearing:
    """Of one meeting; times are its wall clock's milliseconds, which do not leap."""

    def __init__(
        self,
        wall_ms: Callable[[], float],
        page: PagePlayed,
        *,
        needs_page: bool,
        is_speaker_on: Callable[[], bool],
    ) -> None:
        """Begin.

        Args:
            needs_page: the room's page alone plays sound to people.
            is_speaker_on: whether whatever else does so runs.
        """
        self._wall_ms = wall_ms
        self._page = page
        self._needs_page = needs_page
        self._is_speaker_on = is_speaker_on
        self._began_s = time.monotonic()
        self._meter = HeardMeter(wall_ms())
        page.on_told = self._told

    def note_sound(self, slot: str, now_ms: float, missed_ms: float) -> None:
        """Take note of a frame of sound, and of what was missed up to it."""
        now_s = time.monotonic()
        if slot == CONTENT_SOUND or self._page.is_told(now_s=now_s):
            return
        is_played = self._is_page_on(now_s) if self._needs_page else self._is_speaker_on()
        self._meter.missed(now_ms, missed_ms if is_played else missed_ms + SOUND_FRAME_MS)

    def look(self, leg: Leg | None) -> None:
        """Take note of when something came from the relay last."""
        if leg is not None and leg.heard_ms is not None:
            self._meter.came(self._wall_ms() - (steady_ms() - leg.heard_ms))

    def take(self, now_ms: float, *, is_last: bool = False) -> tuple[SoundSpan, ...]:
        """Return what was heard since the last call."""
        return self._meter.take(now_ms, is_last=is_last)

    def _is_page_on(self, now_s: float) -> bool:
        is_new = now_s - self._began_s < SILENT_PAGE_S
        return is_new or self._page.is_told(now_s=now_s, within_s=SILENT_PAGE_S)

    def _told(self, made_up_s: float) -> None:
        self._meter.missed(self._wall_ms(), 1000 * made_up_s)
