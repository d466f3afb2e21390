"""Whose sounds go through where everybody may speak: the loudest, told from levels and time.

level     of each source, up with every loud packet, down with time: a pause in speech is
          not silence, and a source that sends nothing falls silent by itself
lanes     four, for three sounds: whoever is in one of them hears the fourth instead of
          himself. A source keeps its lane until one outside is louder by a margin, so
          that at a change one sound changes and no other moves
speakers  whose picture and name are shown: the loudest, once he has led for half a second
tired     who is loud without a pause (a fan, a lie about the level) for 20 s counts for less
          and less beside others, down to what is just speech: whoever speaks up comes in, and
          a long speech that nobody answers loses nothing to the noise of other rooms
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from media.wire.audio_level import SILENT, UNSAID

LANES = 4
RISE = 0.5  # of the way to a louder packet: three packets are nearly all of it
FALL_PER_S = 60.0
MARGIN = 6.0
# Quieter is a room where nobody speaks, and shows nobody; so does who says no levels.
SPEECH = SILENT - UNSAID + 1.0
LEADS_FOR_S = 0.5
KEPT_SPEAKERS = 3
TIRED_AFTER_S, LONGEST_S = 20.0, 50.0
TIRED_PER_S = 2.0
PAUSE_S = 0.3  # a source of which nothing is heard for so long is quiet


@dataclass(slots=True)
class _Level:
    value: float
    at_s: float
    loud_s: float = 0.0  # without a pause that made up for it

    def now(self, now: float) -> float:
        return max(0.0, self.value - FALL_PER_S * (now - self.at_s))

    def standing(self, now: float) -> float:
        """What it counts for beside others."""
        value = self.now(now)
        tired = max(0.0, self.loud_s - TIRED_AFTER_S) * TIRED_PER_S
        return max(value - tired, min(value, SPEECH))

    def loud_until(self, now: float, value: float) -> float:
        """Return for how long it has been loud, being so loud now."""
        passed_s = now - self.at_s
        if value >= SPEECH and passed_s <= PAUSE_S:
            return min(LONGEST_S, self.loud_s + passed_s)
        return max(0.0, self.loud_s - passed_s)


class Loudness:
    """The levels of a meeting's sounds, and who is chosen by them."""

    def __init__(self) -> None:
        self.lanes: tuple[str | None, ...] = (None,) * LANES
        self.speakers: tuple[str, ...] = ()
        self._levels: dict[str, _Level] = {}
        self._leader = ""
        self._leads_since = 0.0

    def heard(self, source: str, level: int, *, now: float) -> None:
        """Note a packet's level, 0 to 127 below the loudest."""
        loud = float(SILENT - level)
        known = self._levels.get(source)
        before = known.now(now) if known else 0.0
        self.told(source, before + RISE * (loud - before) if loud > before else before, now=now)

    def told(self, source: str, value: float, *, now: float) -> None:
        """Note how loud a source is, such as by the levels that another relay has heard."""
        known = self._levels.get(source)
        loud_s = known.loud_until(now, value) if known else 0.0
        self._levels[source] = _Level(value, now, loud_s)

    def loudest(self, *, now: float) -> dict[str, float]:
        """Return how loud those in the lanes are."""
        known = ((name, self._levels.get(name)) for name in self.lanes if name)
        return {name: level.now(now) for name, level in known if level}

    def choose(self, among: Collection[str], *, now: float) -> bool:
        """Choose among those who may be heard now; return whether anything changed."""
        before = self.lanes, self.speakers
        self._levels = {name: level for name, level in self._levels.items() if name in among}

        def loud(name: str) -> float:
            level = self._levels.get(name)
            return level.standing(now) if level else 0.0

        self._fill_lanes(among, loud)
        self._follow_leader(among, loud, now)
        return (self.lanes, self.speakers) != before

    def _fill_lanes(self, among: Collection[str], loud: Callable[[str], float]) -> None:
        lanes = [name if name in among else None for name in self.lanes]
        outside = sorted((n for n in among if n not in lanes), key=lambda n: (-loud(n), n))
        for challenger in outside:
            if None in lanes:
                lanes[lanes.index(None)] = challenger
                continue
            quietest = min(range(LANES), key=lambda lane: loud(lanes[lane] or ""))
            if loud(challenger) <= loud(lanes[quietest] or "") + MARGIN:
                break
            lanes[quietest] = challenger
        self.lanes = tuple(lanes)

    def _follow_leader(
        self, among: Collection[str], loud: Callable[[str], float], now: float
    ) -> None:
        self.speakers = tuple(name for name in self.speakers if name in among)
        leader = max(filter(None, self.lanes), key=loud, default="")
        shown = self.speakers[0] if self.speakers else ""
        is_clear = loud(leader) >= SPEECH and loud(leader) > loud(shown) + MARGIN
        if leader == shown or not is_clear:
            self._leader = ""
            return
        if leader != self._leader:
            self._leader, self._leads_since = leader, now
        if now - self._leads_since >= LEADS_FOR_S or not shown:
            others = [name for name in self.speakers if name != leader]
            self.speakers = (leader, *others)[:KEPT_SPEAKERS]
            self._leader = ""
