"""What a line carries, as the sender sees it by transport-wide feedback.

    line = Estimate(start_bps=...)
    line.sent(number, size_bytes, now=)       or its `log` written in place
    line.feedback(told(fci), now=)
    line.bps

    settled    near what the line was found to carry: a packet more per round trip
    seeking    away from it: by half, a second
    draining   more is on the way than the line holds: below what arrives, by so much that
               the queue is gone within half a second; then back to what arrives at once

(draft-ietf-rmcat-gcc-02, section 5.5, whose decrease leaves the queue to go by itself.)
Losses bound it from above (loss_bound.py). A receiver that sends only
REMB, or only reports of loss, is believed where there is nothing better.

A line that is silent is not a slow line: the estimate is kept through an outage, so that
the picture is back with the line.
"""

from media.native.ear import Ear
from media.sfu.arrival_record import ArrivalRecord
from media.sfu.delay_trend import LATE_MS, Usage
from media.sfu.loss_bound import LossBound
from media.sfu.send_log import SendLog
from media.sfu.sooner import KNOWN_BPS, SOUND_BYTES, SoonerSounds
from media.wire.twcc import Arrivals

FLOOR_BPS, CEILING_BPS = 20_000.0, 20_000_000.0
BACK_OFF = 0.88
DRAIN_S = 0.5
LEAST_DRAIN = 0.2
# A queue that is gone so soon was no thin line's: a machine stood still, or little was too much.
BRIEF_S, BRIEF_BACK_OFF = 0.3, 0.94
DRAINED_S, HELD_S = 0.03, 0.04
FLUSHED = 2.0
AFTER_QUEUE_S, DOUBTED_S, FLAT = 1.5, 1.5, 0.85
THINNER = 0.5  # of what came when a queue began: so little while it stood is all there is
ANOTHER = 0.5  # of what was taken to be carried: the line is not what it was
SURELY = 1.5  # times what it is found to carry: so much later a sound comes on it at least
CARRIED, USABLE = 0.97, 0.95
GROWTH_PER_S = 0.5
STEP_BITS = 1200 * 8
MOST_STEP_PER_S = 0.08  # a packet is much of what a thin line carries
NEAR = (0.8, 1.15)  # of what the line carries
APPLICATION_LIMIT, APPLICATION_SPARE_BPS = 1.5, 10_000
OUTAGE_S = 1.0
AMPLE = 1.3  # times what arrives
SHORT_QUEUE_MS = 30.0
OVERFULL_S, LEAST_FLIGHT_BITS = 0.03, 4 * 1200 * 8


class Estimate:
    """One direction of one line. `bps` counts RTP's bytes."""

    def __init__(
        self,
        *,
        start_bps: float,
        floor_bps: float = FLOOR_BPS,
        ceiling_bps: float = CEILING_BPS,
        gathers_calm: bool = True,
    ) -> None:
        self._arrived = ArrivalRecord()
        self._gathers_calm = gathers_calm
        self.has_feedback = False
        self.decreased_at = float("-inf")
        self.loss = LossBound()
        self._floor, self._ceiling = floor_bps, ceiling_bps
        self._bps = min(max(start_bps, floor_bps), ceiling_bps)
        self._remb_bps: float | None = None
        self._capacity_bps: float | None = None
        self.is_draining = False
        self.is_overfull = False
        self.is_assumed = True  # nothing was found that the line does not carry
        self._carried_bps = 0.0
        self._flat_ms = self._flat_since = 0.0
        self._fell_from_bps = 0.0
        self._before_bps = 0.0  # where a queue that may be brief began
        self._began_bps = 0.0  # what came when it did
        self._drained_at = float("-inf")
        self._late_since: float | None = None
        self._flushed_at = float("-inf")
        self._taken_at: float | None = None
        self._sooner = SoonerSounds()

    @property
    def log(self) -> SendLog:
        """What was sent."""
        return self._arrived.log

    def new_ear(self) -> Ear | None:
        """Return what calm reports may be heard by without Python; None: there is no C."""
        return self._arrived.new_ear() if self._gathers_calm else None

    @property
    def acknowledged_bps(self) -> float | None:
        """What arrives; None: not known."""
        return self._arrived.bps

    @property
    def round_trip_s(self) -> float:
        """How long a report on a packet takes to come, from its sending."""
        return self._arrived.round_trip_s

    @property
    def bps(self) -> float:
        """What may be sent, in bits per second."""
        rate = self._bps
        if self._remb_bps is not None and not self.has_feedback:
            rate = self._remb_bps
        if self.loss.bps is not None:
            rate = min(rate, self.loss.bps)
        return min(max(rate, self._floor), self._ceiling)

    @property
    def usable_bps(self) -> float:
        """What the line carries for who cannot follow `bps` up and down."""
        known = self._carried_bps if self.is_draining else self._capacity_bps or 0.0
        usable = max(self.bps, USABLE * known, BRIEF_BACK_OFF * self._before_bps)
        return usable if self.loss.bps is None else max(self._floor, min(usable, self.loss.bps))

    @property
    def faster_at(self) -> float:
        """When the line last became faster, by its delay or by a queue that was gone at once."""
        shown_at = self._arrived.trend.faster_at
        if self.is_draining or shown_at < self._drained_at + AFTER_QUEUE_S:
            shown_at = float("-inf")  # by our own queue that is gone
        return max(shown_at, self._flushed_at)

    @property
    def surely_faster_at(self) -> float:
        """When whole seconds without a queue of ours last showed that the line became faster."""
        return self._arrived.trend.surely_faster_at

    @property
    def faster_by_ms(self) -> float:
        """By how much sooner packets came when the line last became faster."""
        return self._arrived.trend.faster_by_ms

    @property
    def is_sooner(self) -> bool:
        """Whether sounds come sooner than on a line of so little: it need not be thin."""
        return self._sooner.are_shown(self._arrived.newest_sent_at)

    @property
    def queue_ms(self) -> float:
        """How long the queue before the line is."""
        return self._arrived.trend.queue_ms

    def begin(self, bps: float) -> None:
        """Take what the line is contracted for: it counts until something was found out."""
        if not self.has_feedback:
            self._bps = min(max(bps, self._floor), self._ceiling)

    def moved(self) -> None:
        """Go on by another line: what went by the last one says nothing of it."""
        self._arrived.move()
        self.loss.forget()
        self.is_draining = False

    def sent(self, number: int, size_bytes: int, *, now: float) -> None:
        """Note a packet that is sent under a transport-wide number."""
        self.log.note(number, size_bytes, now=now)

    def remb(self, bps: float) -> None:
        """Take the receiver's own estimate: it counts until there is feedback."""
        self._remb_bps = bps

    def loss_reported(self, ratio: float, sent_bps: float) -> None:
        """Take a receiver report: it counts until there is feedback."""
        if self.has_feedback:
            return
        self.loss.reported(ratio, sent_bps)
        if self.loss.allows_more:  # what begins it is no bound
            self._bps = max(self._bps, min(APPLICATION_LIMIT * sent_bps, self._ceiling))

    def feedback(self, report: Arrivals | bytes, *, now: float) -> None:
        """Take what a receiver says of our packets; what is not known of them is passed over.

        Args:
            report: as feedback.py's `told` returned it.

        Raises:
            MalformedPacket: it was not read yet, and is malformed.
        """
        if not self._arrived.gathers(report, now=now):
            self._take(report, now=now)
            self._arrived.go_on(is_ample=self._is_ample)

    def _take(self, report: Arrivals | bytes, *, now: float) -> None:
        is_after_outage = self.has_feedback and now - self._arrived.heard_at > OUTAGE_S
        self.has_feedback = True
        if is_after_outage:
            self._arrived.restart()
        # A queue's overflow is known already.
        taken = self._arrived.take(
            report, lost_after=self.decreased_at, is_ample=self._is_ample, now=now
        )
        if taken is None:
            return
        passed_s = 0.0 if self._taken_at is None else min(0.5, now - self._taken_at)
        self._taken_at = now
        came, lost, octets = taken
        if is_after_outage:
            self.loss.forget()
        else:
            was_own = self.loss.is_own
            self.loss.noted(came, lost, self._sent_bps(came, lost), now=now)
            self._heed_loss(was_own=was_own)
        if came:
            self._arrived.measure(octets, is_draining=self.is_draining)
            self._sooner.note(
                self._arrived.trend,
                arrived_bps=self.acknowledged_bps or 0.0,
                usable_bps=self.usable_bps,
                has_queue=self.queue_ms > SHORT_QUEUE_MS,
                at=self._arrived.newest_sent_at,
            )
        if came and self._arrived.is_calm:
            self.is_overfull, self._late_since = False, None
            self._rise(Usage.NORMAL, passed_s)
            return
        self.is_overfull = self._is_overfull()
        if came:
            self._follow(self._arrived.trend.judge(now=now), passed_s, now=now)

    @property
    def _is_ample(self) -> bool:
        """Whether the line carries far more than goes by it, and was found to have no bound."""
        arrived_bps = self.acknowledged_bps if self._gathers_calm else None
        if arrived_bps is None or self._capacity_bps is not None:
            return False
        if self.is_draining or self.is_overfull:
            return False
        return self._bps > AMPLE * arrived_bps

    def _sent_bps(self, came: int, lost: int) -> float:
        arrived_bps = self.acknowledged_bps if self.acknowledged_bps is not None else self._bps
        share = came / (came + lost) if came else 1.0
        # What got through was carried, and of little that is sent chance takes a large share.
        return max(arrived_bps, min(self._bps, APPLICATION_LIMIT * arrived_bps / share))

    def _follow(self, usage: Usage, passed_s: float, *, now: float) -> None:
        arrived_bps = self.acknowledged_bps
        if arrived_bps is None:
            return
        # A receiver that stood still is late too, but then nothing is left on the way.
        excess_bits = self._excess_bits(arrived_bps)
        is_full = (usage is Usage.OVER or self.is_overfull) and excess_bits > HELD_S * arrived_bps
        self._doubt(is_free=not (self.is_draining or is_full), now=now)
        if self.is_draining or is_full:
            self._disturb()
            self._drain(arrived_bps, is_full=is_full, now=now)
        else:
            self._rise(usage, passed_s)

    def _rise(self, usage: Usage, passed_s: float) -> None:
        arrived_bps = self.acknowledged_bps
        if arrived_bps is None or usage is Usage.UNDER or not self.loss.allows_more:
            return
        if self.queue_ms < SHORT_QUEUE_MS:  # so much is carried, and no queue is left
            self._bps = max(self._bps, CARRIED * arrived_bps)
        if usage is Usage.NORMAL:
            self._increase(arrived_bps, passed_s)

    def _disturb(self) -> None:
        """Let no delay of now be compared with one of a line that is known to be another."""
        is_another = self.is_draining and self._carried_bps < ANOTHER * self._fell_from_bps
        is_another = is_another and self._fell_from_bps > KNOWN_BPS
        slower_ms = 8000 * SOUND_BYTES / (SURELY * self._carried_bps) if is_another else None
        self._arrived.trend.disturb(slower_ms)

    def _doubt(self, *, is_free: bool, now: float) -> None:
        """Find that the way is longer: packets are late for a while, and nothing is held."""
        is_late = self.queue_ms > LATE_MS and self._arrived.newest_sent_at > self._drained_at
        if not (is_free and is_late):
            self._late_since = None
        elif self._late_since is None:
            self._late_since = now
        elif now - self._late_since > DOUBTED_S:
            self._seek_base()

    def _seek_base(self) -> None:
        """Learn the way anew; what was given up for its being longer is taken back."""
        self._arrived.trend.seek_base()
        self._arrived.least_round_trip_s.forget()
        self._late_since = None
        self._bps = max(self._bps, USABLE * self._fell_from_bps)
        self._fell_from_bps = 0.0

    def _is_overfull(self) -> bool:
        """Return whether what came last was late, and far more is on the way than arrives."""
        if self.acknowledged_bps is None or self._arrived.trend.own_ms < LATE_MS:
            return False
        way_s = self._arrived.least_round_trip_s.value + OVERFULL_S
        most_bits = self.acknowledged_bps * way_s + LEAST_FLIGHT_BITS
        return self._arrived.on_the_way_bits > most_bits

    def _excess_bits(self, carried_bps: float) -> float:
        """Return how much more is on the way than the line holds without a queue."""
        on_the_way = self._arrived.on_the_way_bits
        return on_the_way - carried_bps * self._arrived.least_round_trip_s.value

    def _drain(self, arrived_bps: float, *, is_full: bool, now: float) -> None:
        excess_bits = self._excess_bits(arrived_bps)
        if not self.is_draining:
            self.is_draining = True
            self.decreased_at = self._flat_since = now
            self._carried_bps = self._began_bps = arrived_bps
            self._before_bps = self._bps
            if now - self._drained_at > DOUBTED_S:  # else it goes on with the fall before
                self._fell_from_bps = 0.0
            self._fell_from_bps = max(self._fell_from_bps, self._bps)
        elif arrived_bps > FLUSHED * self._carried_bps:
            self._flushed_at = now
            self._carried_bps = arrived_bps
        elif self.queue_ms > SHORT_QUEUE_MS and excess_bits > DRAINED_S * arrived_bps:
            self._carried_bps = arrived_bps  # with nothing held arrives what was sent
        carried_bps = self._carried_bps
        if now - self.decreased_at > BRIEF_S or carried_bps < THINNER * self._began_bps:
            self._before_bps = 0.0
        excess_bits = self._excess_bits(carried_bps)
        if self._is_no_queue(now=now):
            self._end_drain(BACK_OFF * carried_bps, now=now)
            self._seek_base()
            return
        if is_full or excess_bits > DRAINED_S * carried_bps or self.queue_ms > SHORT_QUEUE_MS:
            drained_bps = BACK_OFF * carried_bps - max(0.0, excess_bits) / DRAIN_S
            rested_bps = min(self._bps, BACK_OFF * carried_bps)
            self._bps = min(rested_bps, max(LEAST_DRAIN * carried_bps, drained_bps))
            return
        if not self._before_bps:
            self._found(carried_bps)
        self._end_drain(max(BACK_OFF * carried_bps, BRIEF_BACK_OFF * self._before_bps), now=now)

    def _is_no_queue(self, *, now: float) -> bool:
        """Return whether as much arrives, as late as ever, though less is sent for a while."""
        flat_ms = self._flat_ms
        is_flat = FLAT * flat_ms < self.queue_ms < flat_ms / FLAT
        if (
            not is_flat
            or not self.loss.is_usual
            or self._arrived.newest_sent_at < self.decreased_at
        ):
            self._flat_ms, self._flat_since = self.queue_ms, now
        return now - self._flat_since > DOUBTED_S

    def _end_drain(self, bps: float, *, now: float) -> None:
        self.is_draining = False
        self._drained_at = now
        self._bps = max(self._floor, bps)
        self._before_bps = 0.0

    def _heed_loss(self, *, was_own: bool) -> None:
        if self.loss.bps is not None and self.loss.bps < self._bps:
            self._bps = max(self._floor, self.loss.bps)
            self._found(self._bps)
        elif self.loss.is_own and not was_own:
            self._capacity_bps = None

    def _found(self, carried_bps: float) -> None:
        self.is_assumed = False
        known = self._capacity_bps
        if known is not None and NEAR[0] * known < carried_bps < NEAR[1] * known:
            carried_bps = known + (carried_bps - known) / 4
        self._capacity_bps = carried_bps

    def _increase(self, arrived_bps: float, passed_s: float) -> None:
        known = self._capacity_bps
        if known is not None and self._bps > NEAR[1] * known:
            known = self._capacity_bps = None
        if known is not None and self._bps > NEAR[0] * known:
            step_per_s = STEP_BITS / (self.round_trip_s + 0.1)
            more = min(step_per_s, MOST_STEP_PER_S * self._bps) * passed_s
        else:
            more = self._bps * GROWTH_PER_S * passed_s
        most = APPLICATION_LIMIT * arrived_bps + APPLICATION_SPARE_BPS
        self._bps = max(self._bps, min(self._bps + more, most, self._ceiling))
