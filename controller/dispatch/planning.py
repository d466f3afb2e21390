"""From rows to the documents that points and relays should have: one planner per lane."""

import base64
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from msgspec import UNSET
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from contracts import topics
from contracts.desired import MAX_NAME_CHARS, Policy, Probes, RelayMeeting
from contracts.devices import SnmpDevices, WantedDevice
from contracts.floor import FloorState
from contracts.ids import MeetingId, PointId, RecorderId, RelayId
from contracts.participants import ParticipantKind, person_named, speaker_id
from contracts.uplink import BEAT_S
from controller.devices import service as devices
from controller.dispatch import document_queries, documents
from controller.dispatch.carriers import Carriers, viewed
from controller.dispatch.changes import Pending
from controller.dispatch.documents import (
    UNISSUED_AT,
    DeclaredMeeting,
    ShownMessage,
    Speaking,
)
from controller.dispatch.service import Wanted
from controller.enrolment import service as enrolment
from controller.line_tests import service as line_tests
from controller.meetings import service as meetings
from controller.meetings.guests import service as guests
from controller.meetings.service import Meeting, ScreenMessage
from controller.places import service as places
from controller.places.service import Point
from controller.rehearsals import service as rehearsals
from controller.settings import ControllerSettings
from controller.ways import service as ways
from controller.web.names import page_origins
from monitoring.reflector.probe import point_key
from runtime.guard import guarded

Loudest = Callable[[MeetingId], Sequence[str]]
People = Callable[[MeetingId], Collection[str]]


def _nobody(meeting_id: MeetingId) -> Sequence[str]:
    return ()


BEAT_MARGIN_S, LEAST_BEAT_S = 5, 5


@dataclass(frozen=True, slots=True)
class MeetingPlanner:
    """What relays do and screens say now: relay meetings first, then `live` of points.

    `loudest`: who speaks in a discussion, as its relay says, the latest first. `people`: who takes
    part by a browser now, as the floor names them.
    """

    settings: ControllerSettings
    loudest: Loudest = _nobody
    people: People = _nobody

    def plan(
        self, session: Session, pending: Pending[MeetingId], *, now: datetime, until: datetime
    ) -> list[Wanted]:
        """Return the documents of the changed meetings, or of all that matter now."""
        changed = self._meetings(session, pending, until)
        carriers = Carriers(self.settings, session, is_all=pending.is_all)
        wanted: list[Wanted] = []
        points: dict[PointId, None] = {}
        for meeting in changed:
            with guarded("meeting", through=(DBAPIError,), meeting_id=meeting.meeting_id):
                invited = meetings.joining(session, meeting.meeting_id)
                points |= dict.fromkeys(invited)
                document = self._relay_meeting(session, meeting, invited)
                wanted += carriers.documents(meeting, document, now=now)
        if pending.is_all:
            everyone = places.points(session, at=now)
            points |= dict.fromkeys(PointId(one.point_id) for one in everyone)
        live = self._live(session, points, until, now=now)
        return wanted + live + _echoes(session, pending, now)

    def _meetings(
        self, session: Session, pending: Pending[MeetingId], until: datetime
    ) -> list[Meeting]:
        ids = dict.fromkeys(pending.ids)
        if pending.is_all:
            told = meetings.told_to_relays(session, until=until)
            ids |= dict.fromkeys(MeetingId(one.meeting_id) for one in told)
            # Those that ended while nobody could be told are found by what still stands.
            ids |= dict.fromkeys(document_queries.meetings_said(session))
        found = (meetings.get(session, one) for one in ids)
        return [meeting for meeting in found if meeting is not None]

    def _relay_meeting(
        self, session: Session, meeting: Meeting, invited: Sequence[PointId]
    ) -> RelayMeeting:
        view = viewed(meeting)
        floor = meetings.floor_of(session, meeting.meeting_id)
        document = documents.unissued_relay_meeting(view, invited, floor)
        if not view.has_ended:
            known = places.points_by_id(session, invited)
            document = documents.with_access(
                document,
                certificates=enrolment.accepted(session, invited),
                barred=meetings.barred(session, view.meeting_id),
                page_origins=page_origins(self.settings),
                admitted=meetings.admitted(session, meeting),
                line_bps={
                    id_: one.contract_rate_bps
                    for id_, one in known.items()
                    if one.contract_rate_bps
                },
            )
            recording = self.settings.recording
            if view.is_recorded and recording.folder is not None:
                invited_by_link = guests.names_of_meeting(session, meeting.meeting_id)
                names = {id_: one.name for id_, one in known.items()} | invited_by_link
                recorder_id = RecorderId(recording.recorder_id)
                document = documents.with_recording(document, recorder_id, view.title, names)
        return document

    def _live(
        self, session: Session, points: Iterable[PointId], until: datetime, *, now: datetime
    ) -> list[Wanted]:
        told = meetings.told_to_points(session, points, until=until)
        floors: dict[MeetingId, FloorState] = {}
        shown: dict[MeetingId, Speaking] = {}
        since: dict[MeetingId, dict[str, datetime]] = {}
        said: dict[MeetingId, dict[PointId | None, ScreenMessage]] = {}
        stages: dict[MeetingId, str] = {}
        chairs: dict[MeetingId, str] = {}
        places_of: dict[MeetingId, dict[str, int]] = {}
        wanted = []
        for point in points:
            with guarded("point", through=(DBAPIError,), point_id=point):
                meeting = documents.current_meeting(viewed(one) for one in told.get(point, []))
                if meeting is None:
                    document = documents.unissued_live(None, None)
                else:
                    if meeting.meeting_id not in floors:
                        floor = meetings.floor_of(session, meeting.meeting_id)
                        floors[meeting.meeting_id] = floor
                        shown[meeting.meeting_id] = self._speaking(session, meeting, floor)
                        since[meeting.meeting_id] = self._since(session, meeting, floor)
                        stages[meeting.meeting_id] = self._stage_name(session, floor)
                        chairs[meeting.meeting_id] = _deputy_name(session, meeting)
                        places_of[meeting.meeting_id] = meetings.places_of(
                            session, meeting.meeting_id, self.people(meeting.meeting_id)
                        )
                        said[meeting.meeting_id] = meetings.messages_shown(
                            session, meeting.meeting_id, now=now
                        )
                    floor = floors[meeting.meeting_id]
                    document = documents.unissued_live(
                        meeting,
                        floor,
                        speaking=shown[meeting.meeting_id],
                        is_muted=point in floor.muted,
                        is_holder=point in floor.holders,
                        speaks_since=since[meeting.meeting_id].get(point),
                        message=_message(said[meeting.meeting_id], point),
                        stage_name=stages[meeting.meeting_id],
                        chair_name=chairs[meeting.meeting_id],
                        queue_place=places_of[meeting.meeting_id].get(point, 0),
                    )
                wanted.append(Wanted(topics.live(point), document))
        return wanted

    def _since(
        self, session: Session, meeting: DeclaredMeeting, floor: FloorState
    ) -> dict[str, datetime]:
        """Return since when who has the floor; nobody where a speech has no time."""
        if meeting.speech_s is None or not floor.holders:
            return {}
        return meetings.speaks_since(session, meeting.meeting_id)

    def _stage_name(self, session: Session, floor: FloorState) -> str:
        """Return who is on the main picture in place of the chair; empty: the chair is."""
        put = floor.on_stage
        if put is None:
            return ""
        person = person_named(put)
        if person is not None:
            return guests.called(session, [person], most=MAX_NAME_CHARS).get(person, person)
        found = places.points_by_id(session, [PointId(put)])
        return found[PointId(put)].name if PointId(put) in found else put

    def _speaking(self, session: Session, meeting: DeclaredMeeting, floor: FloorState) -> Speaking:
        loudest = self.loudest(meeting.meeting_id)
        who = [*([floor.speaker] if floor.speaker else []), *loudest]
        points = [PointId(one) for one in who if person_named(one) is None]
        names: dict[str, str] = {
            id_: one.name for id_, one in places.points_by_id(session, points).items()
        }
        known = [name for one in who if (name := person_named(one)) is not None]
        people = guests.called(session, known, most=MAX_NAME_CHARS)
        names |= {speaker_id(one, ParticipantKind.PERSON): name for one, name in people.items()}
        return documents.speaking(floor, meeting.chair, loudest, names)


@dataclass(frozen=True, slots=True)
class PointPlanner:
    """What a point keeps on its disk: schedule, policy, probes, devices, what it is to try."""

    settings: ControllerSettings
    probe_master: bytes

    def plan(
        self, session: Session, pending: Pending[PointId], *, now: datetime, until: datetime
    ) -> list[Wanted]:
        """Return the documents of the changed points, or of all."""
        ids = None if pending.is_all else pending.ids
        found = [
            point
            for point in places.points(session, at=now)
            if ids is None or point.point_id in ids
        ]
        told = meetings.told_to_points(session, ids, until=until)
        relay_urls = {RelayId(one.relay_id): one.url for one in self.settings.relays}
        carriers = Carriers(self.settings, session)
        points = [PointId(one.point_id) for one in found]
        rows = devices.of_points(session, points)
        keys = enrolment.sealing_keys(session, rows) if rows else {}
        # Who has none any more is told so, who never had one is told nothing.
        names = {topics.desired(one, "devices").name for one in points}
        tests = line_tests.documents(session, points, self.probe_master, now)
        tries = rehearsals.to_points(session, self.settings, points, now)
        told_of_devices = document_queries.documents(session, names)
        traces = ways.asked_totals(session, points)
        wanted: list[Wanted] = []
        for point in found:
            point_id = PointId(point.point_id)
            with guarded("point", through=(DBAPIError,), point_id=point_id):
                views = [carriers.as_told(one, point_id) for one in told.get(point_id, [])]
                schedule = documents.unissued_schedule(point_id, views, relay_urls)
                wanted.append(Wanted(topics.desired(point_id, "schedule"), schedule))
                wanted.append(Wanted(topics.desired(point_id, "policy"), self._policy(point)))
                probes = self._probes(point, traces.get(point_id, 0))
                if probes is not None:
                    wanted.append(Wanted(topics.desired(point_id, "probes"), probes))
                if test := tests.get(point_id):
                    wanted.append(Wanted(topics.desired(point_id, "test"), test))
                if attempt := tries.get(point_id):
                    wanted.append(Wanted(topics.desired(point_id, "rehearsal"), attempt))
                topic, own = topics.desired(point_id, "devices"), rows.get(point_id, ())
                if own or topic.name in told_of_devices:
                    sealed = devices.wanted(own, keys.get(point_id, {}), self.probe_master)
                    wanted.append(Wanted(topic, _unissued_devices(sealed)))
        return wanted

    def _policy(self, point: Point) -> Policy:
        return Policy(
            leader_epoch=0,
            generation=0,
            issued_at=UNISSUED_AT,
            sampling_interval_s=self.settings.policy.sampling_interval_s,
            contract_rate_bps=point.contract_rate_bps,
            is_metered=point.is_metered,
            duty=self.settings.policy.duty_in(point.unit_id) or UNSET,
            budget_bytes=point.budget_bytes or UNSET,
            month_day=point.month_day or UNSET,
            beat_interval_s=self._beat_interval_s(),
        )

    def _beat_interval_s(self) -> int:
        """Return how often a point beats that reports seldom: within the patience of ingest."""
        patience_s = int(self.settings.ingest.silence_limit_s) - BEAT_MARGIN_S
        return max(LEAST_BEAT_S, min(BEAT_S, patience_s))

    def _probes(self, point: Point, traces_asked: int) -> Probes | None:
        reflector, policy = self.settings.reflector, self.settings.policy
        if reflector.host is None:
            return None
        key = point_key(self.probe_master, point.number)
        return Probes(
            leader_epoch=0,
            generation=0,
            issued_at=UNISSUED_AT,
            reflector_host=reflector.host,
            reflector_port=reflector.port,
            probe_id=point.number,
            key_base64=base64.b64encode(key).decode(),
            probes_per_s=policy.probes_per_s,
            train_interval_s=policy.train_interval_s,
            traces_asked=traces_asked,
        )


def _deputy_name(session: Session, meeting: DeclaredMeeting) -> str:
    """Return who leads in place of the chair; empty: the chair does."""
    if meeting.deputy or meeting.booked_chair in (None, meeting.chair):
        return meeting.deputy
    found = places.points_by_id(session, [meeting.chair])
    return found[meeting.chair].name if meeting.chair in found else meeting.chair


def _message(said: dict[PointId | None, ScreenMessage], point: PointId) -> ShownMessage | None:
    one = meetings.message_for(said, point)
    return ShownMessage(one.text, one.ends_at) if one else None


def _echoes(session: Session, pending: Pending[MeetingId], now: datetime) -> list[Wanted]:
    """Return what relays are told of rehearsals."""
    ids = None if pending.is_all else pending.ids
    return [
        Wanted(topics.relay_meeting(one.relay_id, one.meeting_id), one.document, one.ended_at)
        for one in rehearsals.to_relays(session, ids, now)
    ]


def _unissued_devices(sealed: Sequence[WantedDevice]) -> SnmpDevices:
    return SnmpDevices(
        leader_epoch=0,
        generation=0,
        issued_at=UNISSUED_AT,
        devices=tuple(sealed),
        takes_traps=True,
    )
