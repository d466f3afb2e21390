"""Why a point was out: a cause, how sure, by what evidence. Pure.

Two grades. While the point's own record has not come only what the centre saw itself counts,
and every cause has a question mark. The record corrects it, and is sure where it is firm
(outage_record.py) and nothing speaks against it.

    the machine started anew            power; planned where the agent had said goodbye
    nothing was recorded                device; planned likewise
    cable dead, no gateway              LAN
    gateway answers, centre does not    line; the centre? where many went at once
    probes came through                 the centre?; names? where no name server found it
    UPS on battery                      power: with what a cut of power does, else a question

What the point saw when it traced its way is said with it. It makes the line certain where the
gateway answers no echo and the first hop did; and takes certainty from it where the last router
before the centre still answered, or the centre's machine itself.

One that begins while maintenance is declared is planned, for certain, whatever else was seen.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum

from monitoring.judgement.outage_evidence import (
    BATTERY_LEAD,
    DECIDES,
    EARLY,
    Evidence,
    WayWord,
    WordKind,
)
from monitoring.judgement.outage_record import USUAL, OwnRecord, RecordEnd, own_record


class OutageCause(Enum):
    """Whose doing; values as stored."""

    POWER = "power"
    DEVICE = "device"
    LAN = "lan"
    LINE = "line"
    DNS = "dns"
    CENTRE = "centre"
    PLANNED = "planned"
    UNKNOWN = "unknown"


class FactKey(Enum):
    """What was seen; values are the keys of the texts (outage_texts.py)."""

    ON_BATTERY = "on_battery"
    GOODBYE = "goodbye"
    NEW_BOOT = "new_boot"
    NOTHING_RECORDED = "nothing_recorded"
    CARRIER_LOST = "carrier_lost"
    NO_GATEWAY = "no_gateway"
    GATEWAY_SILENT = "gateway_silent"
    GATEWAY_ANSWERS = "gateway_answers"
    PROBES_LOST = "probes_lost"
    PROBES_PASS = "probes_pass"  # noqa: S105 - a word, no password
    CLOSED_BY_MACHINE = "closed_by_machine"
    NOT_CLOSED = "not_closed"
    OTHERS_TOO = "others_too"
    UNIT_TOO = "unit_too"
    NO_NAME = "no_name"
    FALSE_NAME = "false_name"
    TWINS = "twins"
    CENTRE_WAS_BLIND = "centre_was_blind"
    RECORD_INCOMPLETE = "record_incomplete"
    MAINTENANCE = "maintenance"
    WAY_STOPPED = "way_stopped"
    WAY_STOPPED_SHORT = "way_stopped_short"
    WAY_REFUSED = "way_refused"
    WAY_LOOPS = "way_loops"
    CENTRE_ANSWERS = "centre_answers"
    ADDRESS_CHANGED = "address_changed"


Argument = str | int | datetime


@dataclass(frozen=True, slots=True)
class OutageFact:
    """One thing that was seen; `arguments` fill its text."""

    key: FactKey
    arguments: Mapping[str, Argument] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CauseVerdict:
    """What is said of an outage.

    Attributes:
        began_at: since when, by the point's own record; None: that does not tell.
        is_recorded: it rests on that record, not only on what the centre saw.
    """

    cause: OutageCause
    is_certain: bool
    facts: tuple[OutageFact, ...] = ()
    began_at: datetime | None = None
    is_recorded: bool = False

    @property
    def is_declared(self) -> bool:
        """Whether it began in maintenance that somebody declared."""
        return any(fact.key is FactKey.MAINTENANCE for fact in self.facts)


MANY_POINTS, MANY_RATIO = 3, 0.5
"""So many points, and that part of all of them, in one minute: their own lines are not to blame."""
_STOPS = {
    "silent": FactKey.WAY_STOPPED,
    "unreachable": FactKey.WAY_REFUSED,
    "loop": FactKey.WAY_LOOPS,
    "refused": FactKey.CENTRE_ANSWERS,
}
_CLOSED_WITHIN, _NOT_CLOSED_AFTER = timedelta(seconds=20), timedelta(seconds=60)


def judged(evidence: Evidence) -> CauseVerdict:
    """Return the verdict on an outage."""
    verdict = _by_what_was_seen(evidence)
    began_at = evidence.outage.began_at
    for one in evidence.maintenance:
        if one.begins_at - EARLY <= began_at < one.ends_at:
            times = {"since": one.begins_at, "until": one.ends_at}
            facts = (OutageFact(FactKey.MAINTENANCE, times), *verdict.facts)
            return replace(verdict, cause=OutageCause.PLANNED, is_certain=True, facts=facts)
    return verdict


def _by_what_was_seen(evidence: Evidence) -> CauseVerdict:
    own = own_record(evidence)
    if own is None:
        return _likely(evidence)
    cause, is_sure = _of_record(own, evidence)
    facts = (
        *_facts_of(own),
        *_traced(evidence),
        *_battery(evidence, own.began_at),
        *_goodbye(evidence, own.seen_at),
    )
    facts += _seen(evidence)
    if not own.is_whole:
        facts += (OutageFact(FactKey.RECORD_INCOMPLETE),)
    is_certain = is_sure and own.is_firm and not evidence.has_twins
    return CauseVerdict(cause, is_certain, facts, own.began_at if own.is_whole else None, True)


def _of_record(own: OwnRecord, evidence: Evidence) -> tuple[OutageCause, bool]:
    """Return the cause, and whether nothing else that is known speaks against it."""
    has_battery = bool(_battery(evidence, own.began_at))
    has_goodbye = bool(_goodbye(evidence, own.seen_at))
    is_shared = _is_many(evidence) or evidence.follows_blindness
    match own.ending:
        case RecordEnd.NEW_BOOT if has_battery:
            return OutageCause.POWER, not has_goodbye
        case RecordEnd.NEW_BOOT:
            return (OutageCause.PLANNED, True) if has_goodbye else (OutageCause.POWER, False)
        case RecordEnd.STOPPED:
            cause = OutageCause.PLANNED if has_goodbye else OutageCause.DEVICE
            return cause, not _is_goodbye_lost(evidence)
        case RecordEnd.CARRIER_LOST | RecordEnd.NO_GATEWAY | RecordEnd.GATEWAY_SILENT:
            if has_battery:
                return OutageCause.POWER, False
            return OutageCause.LAN, own.ending is not RecordEnd.NO_GATEWAY
        case RecordEnd.BEYOND_GATEWAY:
            if is_shared or _is_near_centre(evidence):
                return OutageCause.CENTRE, False
            return OutageCause.LINE, not has_battery
        case RecordEnd.SOMEWHERE:
            if is_shared or _is_near_centre(evidence):
                return OutageCause.CENTRE, False
            return OutageCause.LINE, _is_beyond_first_hop(evidence) and not has_battery
        case RecordEnd.NO_NAME:
            return OutageCause.DNS, False
    return OutageCause.CENTRE, False


def _likely(evidence: Evidence) -> CauseVerdict:
    """Return what is likely by what the centre saw itself."""
    outage = evidence.outage
    until = outage.ended_at or outage.began_at + timedelta(minutes=2)
    battery, goodbye = _battery(evidence, outage.began_at), _goodbye(evidence, until)
    closed = _closing(evidence)
    is_closed = any(one.key is FactKey.CLOSED_BY_MACHINE for one in closed)
    cause = OutageCause.UNKNOWN
    if battery:
        cause = OutageCause.POWER
    elif goodbye:
        cause = OutageCause.PLANNED
    elif evidence.follows_blindness or _is_many(evidence):
        cause = OutageCause.CENTRE
    elif is_closed or evidence.has_twins:
        cause = OutageCause.DEVICE
    elif closed or evidence.unit_down:
        cause = OutageCause.LINE
    return CauseVerdict(cause, False, (*battery, *goodbye, *closed, *_seen(evidence)))


def _is_many(evidence: Evidence) -> bool:
    down = evidence.others_down + 1
    return down >= MANY_POINTS and down >= MANY_RATIO * evidence.points


def _facts_of(own: OwnRecord) -> tuple[OutageFact, ...]:
    match own.ending:
        case RecordEnd.NEW_BOOT:
            return (OutageFact(FactKey.NEW_BOOT, {"at": own.booted_at}),)
        case RecordEnd.STOPPED:
            return (
                OutageFact(FactKey.NOTHING_RECORDED, {"since": own.began_at, "until": own.seen_at}),
            )
        case RecordEnd.CARRIER_LOST:
            return (OutageFact(FactKey.CARRIER_LOST, {"name": own.carrier}),)
        case RecordEnd.NO_GATEWAY:
            return (OutageFact(FactKey.NO_GATEWAY),)
        case RecordEnd.GATEWAY_SILENT:
            return (OutageFact(FactKey.GATEWAY_SILENT, {"address": own.gateway}),)
        case RecordEnd.BEYOND_GATEWAY:
            gateway = OutageFact(FactKey.GATEWAY_ANSWERS, {"address": own.gateway})
            return gateway, OutageFact(FactKey.PROBES_LOST, {"sent": own.probes_sent})
        case RecordEnd.SOMEWHERE:
            return (OutageFact(FactKey.PROBES_LOST, {"sent": own.probes_sent}),)
    names: tuple[OutageFact, ...] = ()
    if own.ending is RecordEnd.NO_NAME:
        is_false, address = bool(own.false_name), {"address": own.false_name}
        names = (
            OutageFact(FactKey.FALSE_NAME, address) if is_false else OutageFact(FactKey.NO_NAME),
        )
    if not own.probes_received:
        return names
    passed = {"sent": own.probes_sent, "received": own.probes_received}
    return (*names, OutageFact(FactKey.PROBES_PASS, passed))


def _way(evidence: Evidence) -> WayWord | None:
    """Return the first trace of the outage that stopped somewhere, soon after it began."""
    began_at, ended_at = evidence.outage.began_at, evidence.outage.ended_at
    until = min(ended_at, began_at + DECIDES) if ended_at else began_at + DECIDES
    told = [w for w in evidence.ways if began_at <= w.at <= until and w.ending in _STOPS]
    return min(told, key=lambda word: word.at, default=None)


def _is_beyond_first_hop(evidence: Evidence) -> bool:
    """Whether the room's router answered a trace that usually goes on from there."""
    way = _way(evidence)
    return way is not None and way.ending != "refused" and way.hop >= 1 and bool(way.usual)


def _is_near_centre(evidence: Evidence) -> bool:
    """Whether the centre's machine answered, or the last router before it, which is no gateway."""
    way = _way(evidence)
    if way is None:
        return False
    return way.ending == "refused" or (way.hop > 1 and way.left is not None and way.left <= 1)


def _traced(evidence: Evidence) -> tuple[OutageFact, ...]:
    """Return what was seen of the way, and that the point came back by another."""
    found: list[OutageFact] = []
    way = _way(evidence)
    if way is not None and way.ending == "refused":
        found.append(OutageFact(FactKey.CENTRE_ANSWERS, {"address": way.address}))
    elif way is not None and way.hop:
        place: dict[str, Argument] = {"hop": way.hop, "address": way.address}
        key = _STOPS[way.ending]
        if key is FactKey.WAY_STOPPED and way.usual:
            key, place = FactKey.WAY_STOPPED_SHORT, {**place, "usual": way.usual}
        found.append(OutageFact(key, place))
    began_at, ended_at = evidence.outage.began_at, evidence.outage.ended_at
    for one in evidence.addresses:
        if began_at <= one.at and (ended_at is None or one.at <= ended_at + 6 * USUAL):
            moved: dict[str, Argument] = {"before": one.before, "after": one.after}
            return (*found, OutageFact(FactKey.ADDRESS_CHANGED, moved))
    return tuple(found)


def _battery(evidence: Evidence, began_at: datetime) -> tuple[OutageFact, ...]:
    """Return that the power supply was on battery when the outage began, where it said so."""
    said = [one for one in evidence.battery if one.at <= began_at + 2 * USUAL]
    last = max(said, key=lambda one: (one.at, one.on_battery), default=None)
    if last is None or not last.on_battery or last.at < evidence.outage.began_at - BATTERY_LEAD:
        return ()
    return (OutageFact(FactKey.ON_BATTERY, {"at": last.at}),)


def _goodbye(evidence: Evidence, until: datetime) -> tuple[OutageFact, ...]:
    """Return that the agent was ended in order, where it said so as the outage began."""
    since = evidence.outage.began_at - 2 * USUAL
    said = [
        one.at
        for one in evidence.words
        if one.kind is WordKind.GOODBYE and since <= one.at <= until
    ]
    return (OutageFact(FactKey.GOODBYE, {"at": min(said)}),) if said else ()


def _is_goodbye_lost(evidence: Evidence) -> bool:
    """Whether the agent was begun anew and its session had not ended with it: what it would have
    said of that could not come, or something else had begun before."""
    began_at = evidence.outage.began_at
    words = sorted(evidence.words, key=lambda w: w.at)
    runs = {one.run_id for one in words if one.kind is WordKind.BIRTH and one.at > began_at}
    known = (WordKind.BIRTH, WordKind.FOUND)
    last = [one.run_id for one in words if one.kind in known and one.at <= began_at][-1:]
    wills = [w.at for w in evidence.words if w.kind is WordKind.WILL and w.at > began_at]
    is_late = bool(wills) and min(wills) - began_at > _CLOSED_WITHIN + USUAL
    return is_late and bool(runs - set(last))


def _closing(evidence: Evidence) -> tuple[OutageFact, ...]:
    """Return whether its machine closed the session, which a line or a machine without power
    does not: then the broker waits for its keepalive."""
    began_at, ended_at = evidence.outage.began_at, evidence.outage.ended_at
    wills = [
        one.at
        for one in evidence.words
        if one.kind is WordKind.WILL
        and one.at >= began_at
        and (ended_at is None or one.at <= ended_at)
    ]
    if not wills:
        return ()
    at = min(wills)
    if at - began_at <= _CLOSED_WITHIN + USUAL:
        return (OutageFact(FactKey.CLOSED_BY_MACHINE, {"at": at}),)
    if at - began_at >= _NOT_CLOSED_AFTER + USUAL:
        return (OutageFact(FactKey.NOT_CLOSED, {"at": at}),)
    return ()


def _seen(evidence: Evidence) -> tuple[OutageFact, ...]:
    facts: list[OutageFact] = []
    if _is_many(evidence):
        arguments = {"others": evidence.others_down, "points": evidence.points}
        facts.append(OutageFact(FactKey.OTHERS_TOO, arguments))
    elif evidence.unit_down:
        facts.append(OutageFact(FactKey.UNIT_TOO, {"others": evidence.unit_down}))
    if evidence.has_twins:
        facts.append(OutageFact(FactKey.TWINS))
    if evidence.follows_blindness:
        facts.append(OutageFact(FactKey.CENTRE_WAS_BLIND))
    return tuple(facts)
