"""What a point's own record says of how an outage began. Pure.

Read from the last report before the outage on, one health report after the other, until one
tells: nothing was recorded for longer than usual, the machine had started anew, or a report
shows where the way to the centre ended. What comes later began nothing.

It is firm where no number is missing up to there and, of a way that ended, the next report
says the same: whatever else may still come, what it says of the beginning stays.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from itertools import pairwise

from monitoring.judgement.outage_evidence import DECIDES, Evidence, Record, Sample, WordKind

USUAL = timedelta(seconds=10)
_LATE = timedelta(seconds=8)
_SAME_INSTANT = timedelta(seconds=1)
_SETTLES = timedelta(seconds=3)
"""So long after it was sent a probe counts as lost (monitoring/stamp/ledger.py)."""


LAST = 3
"""Reports before an outage by which it is known what was so when it began."""


class RecordEnd(Enum):
    """How the point's reports came to an end."""

    NEW_BOOT = "new_boot"
    STOPPED = "stopped"
    CARRIER_LOST = "carrier_lost"
    NO_GATEWAY = "no_gateway"
    GATEWAY_SILENT = "gateway_silent"
    BEYOND_GATEWAY = "beyond_gateway"
    SOMEWHERE = "somewhere"
    LINE_CARRIES = "line_carries"
    NO_NAME = "no_name"


_BY_LOSS = frozenset((RecordEnd.BEYOND_GATEWAY, RecordEnd.SOMEWHERE))


@dataclass(frozen=True, slots=True)
class OwnRecord:
    """What the record says, by the report that tells (`seen_at`).

    `began_at`: of the last report before, or when the point was last heard between two reports.
    `is_whole`: no number is missing up to it.
    `gateway`, `carrier`: what it names.
    """

    ending: RecordEnd
    began_at: datetime
    seen_at: datetime
    is_firm: bool
    is_whole: bool
    booted_at: datetime
    gateway: str = ""
    carrier: str = ""
    probes_sent: int = 0
    probes_received: int = 0
    false_name: str = ""


def own_record(evidence: Evidence) -> OwnRecord | None:
    """Return what the point's record says of how the outage began; None: nothing yet."""
    began_at, ended_at = evidence.outage.began_at, evidence.outage.ended_at
    ordered = sorted(evidence.records, key=lambda one: (one.at, one.outbox, one.seq))
    before = [one for one in ordered if one.at <= began_at + _SAME_INSTANT]
    told = [one for one in before if one.sample]
    if not told:
        return None
    later = [one for one in ordered if one.sample and one.at > told[-1].at]
    reading = _Reading(evidence, told, {(one.outbox, one.seq) for one in ordered})
    until = min(began_at + DECIDES, ended_at) if ended_at else began_at + DECIDES
    return reading.run(later, until)


@dataclass(frozen=True, slots=True)
class _Reading:
    evidence: Evidence
    before: Sequence[Record]
    numbers: set[tuple[int, int]]

    def run(self, later: Sequence[Record], until: datetime) -> OwnRecord | None:
        """Return what the first report says that says anything."""
        previous, carried, carries, is_unprobed = self.before[-1], 0, False, False
        is_nameless = any(one.sample and one.sample.is_nameless for one in self.before[-LAST:])
        unsure: OwnRecord | None = None
        for place, one in enumerate(later):
            ending = self._interruption(previous, one)
            if ending is not None and unsure is None and not carries:
                is_agreed = ending is RecordEnd.NEW_BOOT or len(self.before) > 1
                return self._said(ending, previous, one, is_agreed=is_agreed)
            if ending is not None or one.at >= until:
                break
            is_nameless = is_nameless or bool(one.sample and one.sample.is_nameless)
            ending = self._way(one)
            if is_unprobed and ending in _BY_LOSS and one.sample and one.sample.probes_sent:
                ending = None  # sent before nothing could be sent any more, perhaps on another way
            if ending is not None and carries:
                break  # it began while the line carried; what ended later began nothing
            if ending is RecordEnd.SOMEWHERE:  # what stands nearer may show in the next report
                unsure = unsure or self._ended(ending, previous, place, later, until)
            elif ending is not None:
                return self._ended(ending, previous, place, later, until)
            carried += bool(one.sample and one.sample.probes_received)
            carries = carries or self._carries(one)
            is_unprobed = is_unprobed or self._is_unprobed(one)
            previous = one
        if unsure is not None:
            return unsure
        carries = carries or carried >= 2
        # Without a name nothing is probed; a line that is cut has lost probes before that.
        is_nameless = is_nameless and (carries or (is_unprobed and self._is_whole(previous)))
        if not is_nameless and not carries:
            return None
        ending = RecordEnd.NO_NAME if is_nameless else RecordEnd.LINE_CARRIES
        found = self._said(ending, self.before[-1], previous, is_agreed=False)
        return replace(found, false_name=self._false_name(later, until))

    def _ended(
        self,
        ending: RecordEnd,
        previous: Record,
        place: int,
        later: Sequence[Record],
        until: datetime,
    ) -> OwnRecord:
        """Return where the way ended in a report.

        A name server that says that there is no such name is reached: not all of the line is cut.
        Where it gives another address, what was lost may have been sent there.
        """
        said = [one.sample for one in (*self.before[-LAST:], *later) if one.at < until]
        is_unknown_name = any(sample and sample.is_unknown_name for sample in said)
        false_name = self._false_name(later, until)
        if is_unknown_name and ending is RecordEnd.SOMEWHERE:
            ending = RecordEnd.NO_NAME
        if false_name and ending in (RecordEnd.SOMEWHERE, RecordEnd.BEYOND_GATEWAY):
            ending = RecordEnd.NO_NAME
        is_agreed = not is_unknown_name and self._agrees(ending, later[place + 1 :])
        found = self._said(ending, previous, later[place], is_agreed=is_agreed)
        return replace(found, false_name=false_name)

    def _false_name(self, later: Sequence[Record], until: datetime) -> str:
        """Return where a name server said in the outage that the centre is; empty: none did."""
        said = (one.sample.false_name for one in later if one.sample and one.at < until)
        return next(filter(None, said), "")

    def _is_unprobed(self, one: Record) -> bool:
        """Whether nothing could be sent though the gateway answers."""
        return bool(one.sample and one.sample.is_unprobed and one.sample.gateway_answers)

    def _carries(self, one: Record) -> bool:
        """Whether the line carried probes that were sent after the point had last been heard."""
        sample = one.sample
        if sample is None or not sample.probes_received:
            return False
        usual = sorted(s.probes_sent for s in (b.sample for b in self.before) if s)
        is_after = one.at - self.before[-1].at > self._pace + _SETTLES
        # An answer is known at once and a loss later: a few answers may be of before.
        return is_after and 4 * sample.probes_received >= 3 * usual[len(usual) // 2]

    @property
    def _pace(self) -> timedelta:
        between = sorted(b.at - a.at for a, b in pairwise(self.before))
        return between[len(between) // 2] if between else USUAL

    def _interruption(self, previous: Record, one: Record) -> RecordEnd | None:
        """Return why nothing was recorded between two reports that follow each other."""
        if one.boot != previous.boot:
            return RecordEnd.NEW_BOOT
        is_silent = one.at - previous.at > 2 * self.interval + _LATE
        if (is_silent or self._is_other_run(previous.at, one.at)) and self._is_whole(one):
            return RecordEnd.STOPPED
        return None

    def _is_other_run(self, after: datetime, before: datetime) -> bool:
        """Whether the agent was started anew between two times."""
        runs = [w for w in self.evidence.words if w.run_id]
        runs.sort(key=lambda word: word.at)
        until = before + timedelta(seconds=15)
        return any(
            other.kind is WordKind.BIRTH
            and one.run_id != other.run_id
            and after < other.at <= until
            for one, other in pairwise(runs)
        )

    @property
    def interval(self) -> timedelta:
        """How often the point reported before; an outage shortly before is no interval."""
        return max(USUAL, self._pace)

    def _is_whole(self, one: Record) -> bool:
        first = self.before[-1]
        numbers = range(first.seq, one.seq + 1)
        return first.outbox == one.outbox and all((one.outbox, n) in self.numbers for n in numbers)

    def _way(self, one: Record) -> RecordEnd | None:
        """Return where the way ended in a report; None: it did not."""
        sample = one.sample or Sample()
        if sample.carrier_lost:
            return RecordEnd.CARRIER_LOST
        if sample.probes_received:
            return None
        if sample.gateway == "" and self._had_gateway():
            return RecordEnd.NO_GATEWAY
        if sample.gateway_answers is False and self._had_answers():
            return RecordEnd.GATEWAY_SILENT
        is_lost = sample.gateway_answers and sample.probes_sent and self._had_probes()
        if is_lost and self._is_same_way(sample):
            return RecordEnd.BEYOND_GATEWAY
        is_unknown = sample.probes_sent or (sample.gateway_answers and not self._was_probed())
        return RecordEnd.SOMEWHERE if is_unknown else None

    def _was_probed(self) -> bool:
        return any(one.sample and one.sample.probes_sent for one in self.before)

    def _had_probes(self) -> bool:
        """Many a firewall lets no probe through and the session all the same.

        Nor does a reflector that was down already: of before the last reports count.
        """
        return any(one.sample and one.sample.probes_received for one in self.before[-LAST:])

    def _is_same_way(self, sample: Sample) -> bool:
        """What is lost as another way is taken was sent on the one before."""
        return any(one.sample and one.sample.gateway == sample.gateway for one in self.before)

    def _had_gateway(self) -> bool:
        return any(one.sample and one.sample.gateway for one in self.before)

    def _had_answers(self) -> bool:
        """Many a router answers no ping and forwards all the same."""
        return any(one.sample and one.sample.gateway_answers for one in self.before)

    def _agrees(self, ending: RecordEnd, following: Sequence[Record]) -> bool:
        """Whether the next report that says anything says the same, or the outage was over."""
        ended_at = self.evidence.outage.ended_at
        for one in following:
            if ended_at is not None and one.at >= ended_at:
                return self._is_whole(one)
            way = self._way(one)
            if way is not None or (one.sample and one.sample.probes_received):
                return way is ending and self._is_whole(one)
        return False

    def _said(
        self, ending: RecordEnd, previous: Record, one: Record, *, is_agreed: bool
    ) -> OwnRecord:
        sample, is_whole = one.sample or Sample(), self._is_whole(one)
        heard_at = None if self.evidence.follows_blindness else self.evidence.outage.began_at
        return OwnRecord(
            ending,
            began_at=max(previous.at, heard_at) if heard_at else previous.at,
            seen_at=one.at,
            is_firm=is_agreed and is_whole,
            is_whole=is_whole,
            booted_at=one.booted_at,
            gateway=sample.gateway or "",
            carrier=sample.carrier_lost,
            probes_sent=sample.probes_sent,
            probes_received=sample.probes_received,
        )
