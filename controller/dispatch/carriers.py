"""By which relays a meeting goes: whom each point is told, and what each relay is told."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

import msgspec
from sqlmodel import Session

from contracts import topics
from contracts.desired import RelayAddress, RelayMeeting
from contracts.ids import MeetingId, PointId, RelayId
from contracts.meeting_times import opens_at
from controller.dispatch import document_queries, documents
from controller.dispatch.documents import DeclaredMeeting
from controller.dispatch.service import Wanted
from controller.enrolment import service as enrolment
from controller.meetings import service as meetings
from controller.meetings.meeting_state import MeetingPhase
from controller.meetings.service import Meeting
from controller.relays import service as relays
from controller.relays.service import MeetingRelays
from controller.settings import ControllerSettings


class Carriers:
    """The relays of meetings, for one round of one planner."""

    def __init__(
        self, settings: ControllerSettings, session: Session, *, is_all: bool = False
    ) -> None:
        """Prepare.

        Args:
            is_all: relays that are listed no more may have documents to be taken back, too.
        """
        self._settings = settings
        self._session = session
        self._relays: dict[MeetingId, MeetingRelays] = {}
        self._taken_back: tuple[str, ...] | None = None
        self._gone = frozenset(relays.gone_since(session))
        self._listed = frozenset(RelayId(one.relay_id) for one in settings.relays)
        self._known = self._listed | (document_queries.relays_said(session) if is_all else set())

    def as_told(self, meeting: Meeting, point: PointId) -> DeclaredMeeting:
        """Return a meeting with the relay that a point is to use now."""
        view = viewed(meeting)
        if not relays.has_outer(self._settings, view.relay_id):
            return view
        relay_of = self._of(view).without(self._gone).relay_of
        return replace(view, relay_id=relay_of.get(point, view.relay_id))

    def documents(self, meeting: Meeting, document: RelayMeeting, *, now: datetime) -> list[Wanted]:
        """Return what each relay of a meeting is told, and where it is taken back.

        An outer relay that is given up is told all the same: whoever is still there, or comes
        back to it, is served. What is held in person nobody serves; a relay that was told of it
        before that was said has it taken back.
        """
        view, phase = viewed(meeting), MeetingPhase(meeting.state)
        said = document_queries.said_to_relays(
            self._session, self._known | {view.relay_id}, view.meeting_id
        )
        wanted = {}
        if phase.is_told and meeting.is_joined:
            # Whoever is in a meeting is not told by one of its relays that it is over, but by
            # one that is listed no more, which may be in others' hands.
            is_open = now >= opens_at(view.begins_at)
            kept = [
                one
                for one, row in said.items()
                if is_open and row.ended_at is None and one in self._listed
            ]
            wanted = self._told(view, document, kept, now=now)
        elif not phase.is_final and meeting.is_joined:
            return []
        # A meeting that a relay never heard of need not be taken back from it.
        return [
            *(_wanted(view, relay, told) for relay, told in wanted.items()),
            *(
                _wanted(view, relay, _ended(document), meeting.ended_at or row.ended_at or now)
                for relay, row in said.items()
                if relay not in wanted
            ),
        ]

    def _told(
        self,
        view: DeclaredMeeting,
        document: RelayMeeting,
        kept: Iterable[RelayId],
        *,
        now: datetime,
    ) -> dict[RelayId, RelayMeeting]:
        """Return what each relay is told; those that are kept may have no points of their own."""
        spare: dict[RelayId, tuple[PointId, ...]] = dict.fromkeys(kept, ())
        spare.pop(view.relay_id, None)
        outer = spare | self._of(view).outer
        told = {view.relay_id: documents.at_home(document, outer, self._revoked(now))}
        # A home that is listed no more may be in others' hands: nobody is sent to it, and each
        # outer relay goes on with those who are there.
        url = self._settings.relay_url(view.relay_id)
        home = None if url is None else RelayAddress(relay_id=view.relay_id, url=url)
        return told | dict.fromkeys(outer, documents.at_outer(document, home))

    def _revoked(self, now: datetime) -> tuple[str, ...]:
        if self._taken_back is None:
            self._taken_back = enrolment.relays_taken_back(self._settings.pki_dir, now=now)
        return self._taken_back

    def _of(self, view: DeclaredMeeting) -> MeetingRelays:
        found = self._relays.get(view.meeting_id)
        if found is None:
            invited = meetings.joining(self._session, view.meeting_id)
            found = relays.relays_of(
                self._session,
                self._settings,
                view.relay_id,
                view.booked_chair or view.chair,
                invited,
            )
            self._relays[view.meeting_id] = found
        return found


def _ended(document: RelayMeeting) -> RelayMeeting:
    return msgspec.structs.replace(document, has_ended=True)


def _wanted(
    view: DeclaredMeeting,
    relay: RelayId,
    document: RelayMeeting,
    ended_at: datetime | None = None,
) -> Wanted:
    return Wanted(topics.relay_meeting(relay, view.meeting_id), document, ended_at=ended_at)


def viewed(meeting: Meeting) -> DeclaredMeeting:
    """Return a row as documents need it."""
    phase = MeetingPhase(meeting.state)
    return DeclaredMeeting(
        meeting_id=MeetingId(meeting.meeting_id),
        title=meeting.title,
        begins_at=meeting.begins_at,
        ends_at=meeting.ends_at,
        chair=PointId(meeting.chairing_point_id),
        booked_chair=PointId(meeting.chair_point_id),
        deputy=meeting.deputy_name,
        relay_id=RelayId(meeting.relay_id),
        is_live=phase is MeetingPhase.LIVE,
        has_ended=phase.is_final,
        is_recorded=meeting.is_recorded,
        speech_s=meeting.speech_s,
    )
