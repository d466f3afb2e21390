"""Looks every two seconds what is wrong, has it judged, and writes what became of it.

What is gathered and was told to nobody is kept in memory: after a start it is found anew.
"""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from sqlalchemy import Engine
from sqlmodel import Session

from contracts.ids import PointId
from controller.centre import service as centre
from controller.db.engine import reading, usable, writing
from controller.enrolment import revocation
from controller.errors import StorageError
from controller.health import service as health
from controller.health.service import Ailing, Began, Cause
from controller.incidents import channel_queries, incident_queries, telling
from controller.incidents.missed_words import NOT_READY
from controller.incidents.resting import Needed, RestingPoints, needed
from controller.incidents.telling_clock import TellingClock
from controller.looking import look_for_ever
from controller.maintenance import service as maintenance
from controller.places import service as places
from controller.settings import OfficeSettings
from controller.web.i18n.catalogue import chosen
from controller.web.live import Hub
from monitoring.judgement.centre_incidents import OWN, judge_centre
from monitoring.judgement.coincidence import Units
from monitoring.judgement.incident_times import moved
from monitoring.judgement.incidents import (
    DOWN,
    Change,
    Incident,
    Scene,
    Turn,
    judge,
    well_since,
)
from monitoring.judgement.maintenance import Maintenance
from monitoring.judgement.office_hours import OfficeHours
from runtime.guard import guarded

LOOK_EVERY_S = 2.0
AS_USUAL = OfficeSettings().as_rule()
PLACES_FOR_S = 10.0
NO_VALUES, ASKED = "{}", 20
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class WatchedPlaces:
    """Which points are looked at, and where they stand; of `excluded` nobody is told.

    `maintenance`: of which points it is declared that it goes on or is to come.
    """

    units: Units = field(default_factory=dict)
    excluded: frozenset[PointId] = frozenset()
    maintenance: Mapping[PointId, list[Maintenance]] = field(default_factory=dict)
    needed: Needed = field(default_factory=Needed)

    def maintained(self, now: datetime) -> dict[PointId, Maintenance]:
        """Return which points are under maintenance now, and by which."""
        return {
            point_id: one
            for point_id, declared in self.maintenance.items()
            for one in declared
            if one.period.begins_at <= now < one.period.ends_at
        }


@dataclass(slots=True)
class IncidentWatch:
    """Looks for as long as the process runs. `link`: where the pages are reached.

    `clock`: what moves where the machine's clock was set; `now` goes by it.
    """

    state: Engine
    series: Engine
    hub: Hub
    now: Callable[[], datetime]
    link: str
    hours: OfficeHours = AS_USUAL
    clock: TellingClock | None = None
    _gathering: list[Incident] = field(default_factory=list)
    _places: WatchedPlaces = field(default_factory=WatchedPlaces)
    _resting: RestingPoints = field(default_factory=RestingPoints)
    _places_at_s: float = float("-inf")

    async def run(self) -> None:
        """Look for ever."""
        await look_for_ever(
            "incidents",
            lambda: self.look(now_s=time.monotonic()),
            lambda number: self.hub.publish("incident", {"number": number}),
            every_s=LOOK_EVERY_S,
        )

    def look(self, *, now_s: float) -> list[int]:
        """Take note of what is new; return the incidents of which pages show something else.

        Raises:
            StorageError: a database cannot be used now; what was gathered is not lost.
        """
        self._follow_clock()
        now = self.now()
        with reading(self.series) as session:
            heard = health.heard(session, now)
        with reading(self.state) as session:
            if now_s - self._places_at_s >= PLACES_FOR_S:
                self._places, self._places_at_s = _places_now(session, now), now_s
            told = incident_queries.open_incidents(session)
            wrong = centre.ailing(session)
        with reading(self.series) as session:
            heard = self._resting.awake(session, heard, told, self._places.needed, self.hours, now)
        maintained = self._places.maintained(now)
        known = (*told, *self._gathering)
        scene = self._scene(heard, now, frozenset(maintained))
        judged = judge([one for one in known if one.key not in OWN and one.key != NOT_READY], scene)
        own = [one for one in known if one.key in OWN]
        judge_centre(own, wrong, judged, now=now, is_blind=scene.blind_since is not None)
        before = {one.number: one for one in told}
        numbers: list[int] = []
        if judged.changes:
            kept = {one: self._evidence(one) for one in judged.changes if one.turn is Turn.TOLD}
            causes = self._causes(judged.changes, now)
            with writing(self.state) as session:
                for change in judged.changes:
                    evidence = kept.get(change, NO_VALUES)
                    # One that cannot be written or told costs no other its own.
                    with guarded("incident", None, (StorageError,)), usable():
                        with session.begin_nested():
                            number = self._write(session, change, now, evidence, causes)
                            _note_maintenance(session, before.get(number), change, maintained, now)
                        numbers.append(number)
        self._gathering = judged.gathering
        return numbers

    def _follow_clock(self) -> None:
        """Move with the clock what is waited for, should it have been set for good."""
        if self.clock is None or not (by := self.clock.leap()):
            return
        with writing(self.state) as session:
            told = incident_queries.open_incidents(session)
            for one in told:
                incident_queries.write(session, moved(one, by))
            incident_queries.move(session, [one.number or 0 for one in told], by)
            last_message_id = channel_queries.last_id(session)
        self._gathering = [moved(one, by) for one in self._gathering]
        self.clock.moved(by, last_message_id)
        _log.warning("incidents_moved", by_s=by.total_seconds(), incidents=len(told))

    def _scene(
        self,
        heard: Ailing,
        now: datetime,
        maintained: frozenset[PointId],
    ) -> Scene:
        units, excluded = self._places.units, self._places.excluded | maintained
        known = {one: units[one] for one in heard.points if one in units and one not in excluded}
        gone = frozenset(one for one in heard.points if one not in units)
        return Scene(now, known, heard.ailments, excluded | gone, heard.blind_since)

    def _evidence(self, change: Change) -> str:
        one = change.incident
        if one.key == DOWN:
            return NO_VALUES
        if one.key in OWN:
            with reading(self.state) as session:
                return centre.evidence(session, one.key)
        wrong = [hit.point_id for hit in one.hits if hit.calm_since is None]
        with reading(self.series) as session:
            found = (health.evidence(session, point, one.key) for point in wrong[:ASKED])
            return next((values for values in found if values != NO_VALUES), NO_VALUES)

    def _causes(self, changes: Iterable[Change], now: datetime) -> Mapping[Began, Cause]:
        lone = [one.incident.hits[0] for one in changes if len(one.incident.hits) == 1]
        outages = [(one.point_id, one.began_at) for one in lone]
        with reading(self.series) as session:
            words = chosen(telling.LETTERS_IN)
            return health.causes_of_outages(session, words, now, outages)

    def _write(
        self,
        session: Session,
        change: Change,
        now: datetime,
        evidence: str,
        causes: Mapping[Began, Cause],
    ) -> int:
        one, turn = change.incident, change.turn
        number = one.number or 0
        if turn is Turn.TOLD:
            number = incident_queries.add(session, one, now, evidence=evidence)
        elif turn not in (Turn.MERGED, Turn.EXCLUDED):  # their points stay to be read
            incident_queries.write(session, one)
        if change.joined and turn in (Turn.LOOKED, Turn.WIDER):
            incident_queries.note(session, number, "joined", now, text=str(change.joined))
        if turn is Turn.LOOKED:
            return number
        still = sum(hit.calm_since is None for hit in one.hits)
        if turn not in (Turn.TOLD, Turn.WIDER):
            over_at = well_since(one) if turn is Turn.RECOVERED else now
            incident_queries.end(session, number, turn.value, over_at, into=change.into)
        said = str(len(one.hits) if turn is Turn.TOLD else still)
        text = str(change.into) if turn is Turn.MERGED else said
        incident_queries.note(session, number, turn.value, now, text=text)
        _log.info("incident", number=number, turn=turn.value, key=one.key, points=len(one.hits))
        if turn in (Turn.TOLD, Turn.WIDER, Turn.RECOVERED):
            self._tell(session, number, turn, now, still, causes)
        return number

    def _tell(
        self,
        session: Session,
        number: int,
        turn: Turn,
        now: datetime,
        still: int,
        causes: Mapping[Began, Cause],
    ) -> None:
        row = incident_queries.row(session, number)
        if row is None:
            return
        session.refresh(row)
        names = telling.queue(session, row, turn, now, self.link, lambda _: causes, still=still)
        kind = "queued" if names else telling.why_nobody(session)
        incident_queries.note(session, number, kind, now, text=", ".join(names))


def _note_maintenance(
    session: Session,
    before: Incident | None,
    change: Change,
    maintained: Mapping[PointId, Maintenance],
    now: datetime,
) -> None:
    """Write into the story which declared maintenance took points out of an incident."""
    if before is None or change.turn is Turn.MERGED:
        return
    left = {hit.point_id for hit in change.incident.hits}
    taken = [hit.point_id for hit in before.hits if hit.point_id not in left]
    found = {maintained[one].maintenance_id: maintained[one] for one in taken if one in maintained}
    for one in found.values():
        number = change.incident.number or 0
        incident_queries.note(session, number, "maintenance", now, who=one.made_by, text=one.reason)


def _places_now(session: Session, now: datetime) -> WatchedPlaces:
    # A clock that was set back has points begin later that are here: they are not left out.
    valid = [places.identifier(one) for one in places.points_not_ended(session, at=now)]
    units = places.units_above(session, valid)
    declared = maintenance.standing(session, since=now)
    covered = maintenance.covering(session, declared, valid)
    return WatchedPlaces(units, revocation.shut_out_now(session), covered, needed(session, now))
