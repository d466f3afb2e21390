"""For how much of a meeting this room heard what was to be heard: the evidence of *thông suốt*.

Lost is time in which

    nothing came from the relay    no sound, no report, no answer to a check, for three seconds
    a sound was made up            what had to be concealed of any sound that was sent to this room
    nobody played                  sound came, and page or loudspeaker did not run

All else was heard: nobody speaking, a pause of the speaker's (DTX), or this room having the floor
itself is no loss. Times are milliseconds of one clock that does not leap. Pure.
"""

from collections.abc import Iterator

from contracts.sound_span import MAX_HEARD, SoundSpan

MINUTE_MS = 60_000
CUT_AFTER_MS = 3_000
"""Checks are answered once a second where nothing else comes (media/transport/ice_agent.py)."""
SETTLED_AFTER_MS = 1_000
"""So late may it be known that a sound is missing (media/client/playback.py)."""
MAX_LOSSES = 4_096


class HeardMeter:
    """What was lost since the last report."""

    def __init__(self, now_ms: float) -> None:
        self._told_ms = int(now_ms)
        self._came_ms = int(now_ms)
        self._lost: list[tuple[int, int]] = []

    def came(self, at_ms: float) -> None:
        """Note when something came from the relay last."""
        at = int(at_ms)
        if at - self._came_ms > CUT_AFTER_MS:
            self._lose(self._came_ms, at)
        self._came_ms = max(self._came_ms, at)

    def missed(self, until_ms: float, ms: float) -> None:
        """Note sound that was not played, as long as it is, until a moment."""
        if ms > 0:
            self._lose(round(until_ms - ms), round(until_ms))

    def take(self, now_ms: float, *, is_last: bool = False) -> tuple[SoundSpan, ...]:
        """Return what was heard since the last call, a span for each minute of the clock.

        Args:
            is_last: what came just now counts as well, and nothing is taken after it.
        """
        now = int(now_ms)
        is_cut = now - self._came_ms > CUT_AFTER_MS
        if is_cut:
            self._lose(self._came_ms, now)
        settled = now if is_cut or is_last else min(self._came_ms, now - SETTLED_AFTER_MS)
        began, until = self._told_ms, max(self._told_ms, settled)
        lost = _joined(self._lost)
        self._told_ms = until
        self._lost = [(max(begins, until), ends) for begins, ends in lost if ends > until]
        spans = [_span(begins, ends, lost, now) for begins, ends in _by_minute(began, until)]
        return tuple(spans[-MAX_HEARD:])

    def _lose(self, begins: int, ends: int) -> None:
        begins = max(begins, self._told_ms)
        if ends <= begins:
            return
        self._lost.append((begins, ends))
        if len(self._lost) > MAX_LOSSES:
            self._lost = _joined(self._lost)[-MAX_LOSSES // 2 :]


def _span(begins: int, ends: int, lost: list[tuple[int, int]], now: int) -> SoundSpan:
    gone = sum(max(0, min(ends, until) - max(begins, since)) for since, until in lost)
    return SoundSpan(ago_ms=now - begins, over_ms=ends - begins, heard_ms=ends - begins - gone)


def _by_minute(begins: int, until: int) -> Iterator[tuple[int, int]]:
    while begins < until:
        ends = min(until, begins - begins % MINUTE_MS + MINUTE_MS)
        yield begins, ends
        begins = ends


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for begins, ends in sorted(spans):
        if found and begins <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], ends)
        else:
            found.append((begins, ends))
    return found
