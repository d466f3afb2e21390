"""What the reflector answers, and to whom it stays silent. Pure: time is passed in.

Strangers, malformed questions, replays and whoever asks too often get no answer at all, so
that the reflector serves nobody as an amplifier or as proof that it is there.

The probes of the line are STAMP's, authenticated; the session's identifier is the point's number
and so names its key. Anybody's, unauthenticated, are answered only where the settings say so.

A train is collected packet by packet and answered once: when its last packet is in,
or TRAIN_WAIT_S after its first. One train per point in TRAIN_GAP_S. Who asks for it gets a
train back behind the answer, and altogether no more bytes than came.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache

from contracts.hosts import network_of
from monitoring.errors import MalformedProbe
from monitoring.reflector.probe import (
    MAGIC,
    TYPE_TRAIN_BACK,
    TYPE_TRAIN_BOTH_WAYS,
    TrainAnswer,
    TrainPacket,
    asker_of,
    decode_question,
    encode_train_answer,
    encode_train_packet,
)
from monitoring.reflector.sessions import Sessions
from monitoring.stamp import wire
from runtime.limits import KeyedBuckets

TRAIN_WAIT_S = 1.0
TRAIN_GAP_S = 30.0
MAX_BUCKETS = 20_000
_network_of = lru_cache(maxsize=4096)(network_of)

Source = tuple[str, int, str]
"""Who asked: address and port, and which of our own addresses ("" where there is one only)."""

KeyOf = Callable[[int], bytes]


class ProbeOutcome(Enum):
    """What became of a datagram; the names of the counters."""

    PROBE_ANSWERED = "probe_answered"
    REPLAYED = "replayed"
    TRAIN_PACKET = "train_packet"
    TRAIN_ANSWERED = "train_answered"
    MALFORMED = "malformed"
    SOURCE_TOO_FAST = "source_too_fast"
    POINT_TOO_FAST = "point_too_fast"
    TRAIN_TOO_SOON = "train_too_soon"


@dataclass(frozen=True, slots=True)
class Limits:
    """How fast one point may ask; bursts are what may come at once.

    What proves nothing is never answered; of one address, beyond `source_per_s`, it is
    counted as a flood. Where `is_open`, anybody's STAMP is answered, within the same.
    """

    source_per_s: float = 200.0
    source_burst: float = 400.0
    point_per_s: float = 20.0
    point_burst: float = 40.0
    is_open: bool = False


@dataclass(slots=True)
class _Train:
    first: TrainPacket
    source: Source
    began_s: float
    first_ns: int
    packet_bytes: int  # of the shortest
    arrivals_ns: dict[int, int] = field(default_factory=dict)
    is_answered: bool = False

    def answer(self) -> TrainAnswer:
        first = self.first
        offsets = tuple(
            max(0, self.arrivals_ns[index] - self.first_ns) // 1000
            if index in self.arrivals_ns
            else None
            for index in range(first.count)
        )
        return TrainAnswer(first.probe_id, first.seq, first.sent_ns, first.train_id, offsets)

    def back(self, key: bytes) -> tuple[bytes, ...]:
        """Return the train back, where it was asked for."""
        if self.first.kind != TYPE_TRAIN_BOTH_WAYS:
            return ()
        count = len(self.arrivals_ns) - 1
        first = self.first
        packets = (
            TrainPacket(
                first.probe_id, index, first.sent_ns, first.train_id, index, count, TYPE_TRAIN_BACK
            )
            for index in range(count)
        )
        return tuple(encode_train_packet(p, key, size=self.packet_bytes) for p in packets)


@dataclass(frozen=True, slots=True)
class StampReply:
    """An answer that is stamped and proved at the last moment, by `encode_answer`."""

    to: Source
    question: bytes
    seq: int
    received_ns: int
    ttl: int
    key: bytes | None

    def datagram(self, *, sent_ns: int, error: wire.ErrorEstimate) -> bytes:
        """Return what to send now."""
        return wire.encode_answer(
            self.question,
            seq=self.seq,
            received_ns=self.received_ns,
            sent_ns=sent_ns,
            error=error,
            ttl=self.ttl,
            key=self.key,
        )


@dataclass(frozen=True, slots=True)
class Reply:
    """A datagram to send, and the train that goes behind it back to back."""

    to: Source
    datagram: bytes
    train: tuple[bytes, ...] = ()


Answered = Reply | StampReply


class Reflection:
    """The state of one reflector. Not thread-safe."""

    def __init__(
        self,
        key_of: KeyOf,
        limits: Limits | None = None,
        heard: Callable[[int, str, float], None] | None = None,
    ) -> None:
        """Begin.

        Args:
            heard: told whose proved probe came from which address, and when.
        """
        self._key_of = key_of
        self._heard = heard
        limits = limits or Limits()
        self._sources: KeyedBuckets[str] = KeyedBuckets(
            per_s=limits.source_per_s, burst=limits.source_burst, limit=MAX_BUCKETS
        )
        self._points: KeyedBuckets[int] = KeyedBuckets(
            per_s=limits.point_per_s, burst=limits.point_burst, limit=MAX_BUCKETS
        )
        self._is_open = limits.is_open
        self._sessions = Sessions()
        self._trains: dict[int, _Train] = {}
        self.totals: Counter[ProbeOutcome] = Counter()

    def answer_to(
        self,
        datagram: bytes,
        source: Source,
        *,
        arrived_ns: int,
        now_s: float,
        ttl: int = wire.UNKNOWN_TTL,
    ) -> Answered | None:
        """Return the answer to one datagram; None: there is none, or not yet.

        Args:
            arrived_ns: when it arrived, by the kernel, on a clock that is not set meanwhile.
            now_s: a monotonic clock.
        """
        try:
            if wire.is_question(datagram):
                return self._stamp(datagram, source, arrived_ns, now_s, ttl)
            if self._is_open and not datagram.startswith(MAGIC):
                return self._open_stamp(datagram, source, arrived_ns, now_s, ttl)
            key = self._key_of(asker_of(datagram))
            packet = decode_question(datagram, key)
        except MalformedProbe:
            # Anybody can write any address on a datagram: what is proved is not charged to it.
            is_flood = not self._sources.take(_network_of(source[0]), now_s=now_s)
            return self._silent(
                ProbeOutcome.SOURCE_TOO_FAST if is_flood else ProbeOutcome.MALFORMED
            )
        return self._train(packet, len(datagram), key, source, arrived_ns, now_s)

    def due(self, now_s: float) -> list[Reply]:
        """Return the answers to trains whose last packets did not come; forget old trains."""
        replies = []
        for probe_id, train in list(self._trains.items()):
            age_s = now_s - train.began_s
            if not train.is_answered and age_s >= TRAIN_WAIT_S:
                replies.append(self._train_answer(train, self._key_of(probe_id)))
            if age_s >= TRAIN_GAP_S:
                del self._trains[probe_id]
        self._sessions.forget(now_s)
        return replies

    def _stamp(
        self, datagram: bytes, source: Source, arrived_ns: int, now_s: float, ttl: int
    ) -> Answered | None:
        probe_id = wire.ssid_of(datagram)
        key = self._key_of(probe_id)
        question = wire.decode_question(datagram, key)
        if not self._points.take(probe_id, now_s=now_s):
            return self._silent(ProbeOutcome.POINT_TOO_FAST)
        who = (probe_id, question.seq == wire.ASIDE_SEQ)
        seq = self._sessions.number(who, question.seq, question.sent_ns, now_s=now_s)
        if seq is None:
            return self._silent(ProbeOutcome.REPLAYED)
        self.totals[ProbeOutcome.PROBE_ANSWERED] += 1
        if self._heard is not None:
            self._heard(probe_id, source[0], now_s)
        return StampReply(source, datagram, seq, arrived_ns, ttl, key)

    def _open_stamp(
        self, datagram: bytes, source: Source, arrived_ns: int, now_s: float, ttl: int
    ) -> Answered | None:
        question = wire.decode_question(datagram, None)
        if not self._sources.take(_network_of(source[0]), now_s=now_s):
            return self._silent(ProbeOutcome.SOURCE_TOO_FAST)
        who = (*source, question.ssid)
        seq = self._sessions.number(who, question.seq, question.sent_ns, now_s=now_s)
        if seq is None:
            return self._silent(ProbeOutcome.REPLAYED)
        self.totals[ProbeOutcome.PROBE_ANSWERED] += 1
        return StampReply(source, datagram, seq, arrived_ns, ttl, None)

    def _train(
        self,
        packet: TrainPacket,
        size: int,
        key: bytes,
        source: Source,
        arrived_ns: int,
        now_s: float,
    ) -> Answered | None:
        train = self._trains.get(packet.probe_id)
        if train is None or now_s - train.began_s >= TRAIN_GAP_S:
            train = _Train(packet, source, began_s=now_s, first_ns=arrived_ns, packet_bytes=size)
            self._trains[packet.probe_id] = train
        first = train.first
        is_same = (first.kind, first.train_id, first.count, train.source) == (
            packet.kind,
            packet.train_id,
            packet.count,
            source,
        )
        if not is_same or train.is_answered or packet.index in train.arrivals_ns:
            return self._silent(ProbeOutcome.TRAIN_TOO_SOON)
        self.totals[ProbeOutcome.TRAIN_PACKET] += 1
        train.arrivals_ns[packet.index] = arrived_ns
        train.first_ns = min(train.first_ns, arrived_ns)
        train.packet_bytes = min(train.packet_bytes, size)
        if len(train.arrivals_ns) == packet.count:
            return self._train_answer(train, key)
        return None

    def _train_answer(self, train: _Train, key: bytes) -> Reply:
        train.is_answered = True
        self.totals[ProbeOutcome.TRAIN_ANSWERED] += 1
        return Reply(train.source, encode_train_answer(train.answer(), key), train.back(key))

    def _silent(self, outcome: ProbeOutcome) -> Answered | None:
        self.totals[outcome] += 1
        return None
