"""How good the lines are, for Prometheus: by direction and kind of stream, never by who it is.

So the number of series does not grow with the points: who has it bad stands on the meeting's
page. All of it is the worst of now, or how many.
"""

from collections import Counter
from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from media.sfu.engine import RelayEngine
from media.sfu.quality import Quality, StreamFigures, label_of
from media.sfu.session import MediaSession
from media.sfu.trunk_session import without_trunks

DIRECTIONS = ("publish", "play", "share")
# ITU-T G.109: users satisfied from R 80 on; many dissatisfied below R 70.
SATISFIED_MOS, DISSATISFIED_MOS = 4.03, 3.6
_VOICES = ("good", "fair", "poor", "unknown")


class QualityCollector(Collector):
    """Reads what the sessions know of their lines at the moment it is asked for."""

    def __init__(self, engine: RelayEngine) -> None:
        self._engine = engine

    def collect(self) -> Iterator[Metric]:
        """Yield every figure."""
        sessions = [s for s in without_trunks(self._engine.sessions) if s.is_connected]
        yield from _voices(sessions)
        yield from _streams(sessions)
        yield from _since_joining(sessions)
        yield from _told(sessions)
        publishers = [one.quality for one in sessions if one.info.direction == "publish"]
        frozen = [one.frozen_ratio for one in publishers if one.frozen_ratio is not None]
        stalled = [one.stalled_ratio for one in publishers if one.stalled_ratio is not None]
        heard = [one.quality.concealed_ratio for one in sessions]
        yield GaugeMetricFamily(
            "diemcau_relay_sound_concealed_ratio_worst",
            "Share of its sound that the worst page had to make up, of those that tell.",
            max((one for one in heard if one is not None), default=0.0),
        )
        for name, help_text, values in (
            ("frozen", "Share of 10 s that the worst publisher's line left frozen.", frozen),
            ("stalled", "Share of 10 s without a picture from the worst source.", stalled),
        ):
            yield GaugeMetricFamily(
                f"diemcau_relay_picture_{name}_ratio_worst", help_text, max(values, default=0.0)
            )


def _voices(sessions: list[MediaSession]) -> Iterator[Metric]:
    lines = GaugeMetricFamily(
        "diemcau_relay_lines", "Lines, by how sound is on them.", labels=["direction", "voice"]
    )
    lowest = GaugeMetricFamily(
        "diemcau_relay_voice_mos_lowest", "The worst sound's score.", labels=["direction"]
    )
    for direction in DIRECTIONS:
        found = [one.quality for one in sessions if one.info.direction == direction]
        counts = Counter(voice_of(quality) for quality in found)
        for voice in _VOICES:
            lines.add_metric([direction, voice], counts[voice])
        scores = [quality.mos for quality in found if quality.mos is not None]
        if scores:
            lowest.add_metric([direction], min(scores))
    yield lines
    yield lowest


def voice_of(quality: Quality) -> str:
    """Return how sound is on a line, in a word."""
    if quality.mos is None:
        return "unknown"
    if quality.mos >= SATISFIED_MOS:
        return "good"
    return "fair" if quality.mos >= DISSATISFIED_MOS else "poor"


def _streams(sessions: list[MediaSession]) -> Iterator[Metric]:
    found: dict[tuple[str, str], list[StreamFigures]] = {}
    for session in sessions:
        for slot, figures in session.quality.streams.items():
            found.setdefault((session.info.direction, label_of(slot)), []).append(figures)
    labels = ["direction", "stream"]
    loss = GaugeMetricFamily("diemcau_relay_stream_loss_ratio_worst", "Lost.", labels=labels)
    jitter = GaugeMetricFamily("diemcau_relay_stream_jitter_ms_worst", "RFC 3550.", labels=labels)
    rate = GaugeMetricFamily("diemcau_relay_stream_bitrate_bps", "All together.", labels=labels)
    lowest = GaugeMetricFamily(
        "diemcau_relay_stream_bitrate_bps_lowest", "Of one line.", labels=labels
    )
    shown = GaugeMetricFamily(
        "diemcau_relay_pictures_shown", "Slots with a picture.", labels=["stream", "size"]
    )
    for direction, stream in sorted(found):
        key, ones = [direction, stream], found[direction, stream]
        loss.add_metric(key, max(one.loss_ratio or 0.0 for one in ones))
        jitter.add_metric(key, max(one.jitter_ms or 0.0 for one in ones))
        rates = [one.bitrate_bps for one in ones if one.bitrate_bps is not None]
        rate.add_metric(key, sum(rates))
        lowest.add_metric(key, min(rates, default=0))
        if direction == "play":
            sizes = Counter(one.size.name.lower() for one in ones if one.size is not None)
            for size, count in sorted(sizes.items()):
                shown.add_metric([stream, size], count)
    yield from (loss, jitter, rate, lowest, shown)


def _since_joining(sessions: list[MediaSession]) -> Iterator[Metric]:
    """Yield what is counted from when each of those joined who are there now."""
    keyframes = GaugeMetricFamily(
        "diemcau_relay_stream_keyframes",
        "Keyframes of those who are there, since each joined: that came, or were asked for.",
        labels=["direction", "stream"],
    )
    empty = GaugeMetricFamily(
        "diemcau_relay_stream_empty_ms_most",
        "Without a picture that was due, since joining, the worst of those who are there.",
        labels=["stream"],
    )
    counted: Counter[tuple[str, str]] = Counter()
    longest: dict[str, int] = {}
    for session in sessions:
        for slot, count in session.quality.keyframes.items():
            counted[session.info.direction, label_of(slot)] += count
        for slot, span_ms in session.quality.empty_ms.items():
            longest[label_of(slot)] = max(longest.get(label_of(slot), 0), span_ms)
    for key, count in sorted(counted.items()):
        keyframes.add_metric(list(key), count)
    for label, span_ms in sorted(longest.items()):
        empty.add_metric([label], span_ms)
    yield from (keyframes, empty)


def _told(sessions: list[MediaSession]) -> Iterator[Metric]:
    """Yield what pages tell of what they play, and how far away everybody is."""
    frozen = GaugeMetricFamily(
        "diemcau_relay_stream_frozen_ratio_worst", "Stood still, by a page.", labels=["stream"]
    )
    rtt = GaugeMetricFamily(
        "diemcau_relay_rtt_ms_worst", "There and back, the worst.", labels=["direction"]
    )
    ratios: dict[str, float] = {}
    for session in sessions:
        for slot, one in session.quality.told.items():
            if one.frozen_ratio is not None and slot in session.quality.streams:
                label = label_of(slot)
                ratios[label] = max(ratios.get(label, 0.0), one.frozen_ratio)
    for label, ratio in sorted(ratios.items()):
        frozen.add_metric([label], ratio)
    for direction in DIRECTIONS:
        found = [one.quality.rtt_ms for one in sessions if one.info.direction == direction]
        known = [one for one in found if one is not None]
        if known:
            rtt.add_metric([direction], max(known))
    yield from (frozen, rtt)
