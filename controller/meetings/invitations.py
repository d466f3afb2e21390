"""The invitation to a meeting as a file, for its page and for programs."""

from fastapi import Response
from sqlmodel import Session

from contracts.local_days import day_in_name
from controller.meetings import agenda_queries, meeting_queries
from controller.meetings.holds.agreed import refuse_unless_agreed
from controller.meetings.meeting_state import MeetingPhase
from controller.meetings.refusals import found, wrong_phase
from controller.meetings.tables import Meeting
from controller.meetings.views.invitation import INVITATION, InvitationFacts, InvitedPoint, filling
from controller.papers import service as papers
from controller.papers.placeholders import Filling
from controller.places import service as places
from controller.web.deps import Web
from controller.web.download import download


def as_docx(web: Web, session: Session, meeting_id: str) -> Response:
    """Return an invitation by the template that is used.

    Raises:
        NotFound: there is no such meeting.
        Conflict: it was cancelled, or a room in it is not agreed.
        AskedTooOften: others are made.
    """
    _agreed(session, meeting_id)
    return filled_in(web, session, meeting_id, papers.template(session, INVITATION))


def filled_in(web: Web, session: Session, meeting_id: str, template: bytes) -> Response:
    """Return an invitation by a template that was judged."""
    meeting = _invited(session, meeting_id)
    made = papers.docx(INVITATION, template, filling_of(web, session, meeting))
    return download(made, f"{_stem(meeting)}.docx", papers.DOCX)


def as_pdf(web: Web, session: Session, meeting_id: str) -> Response:
    """Return an invitation in the built-in form as PDF.

    Raises:
        NotFound: there is no such meeting.
        Conflict: it was cancelled, or a room in it is not agreed.
        LettersMissing: the machine has no letters for it.
        AskedTooOften: others are made.
    """
    meeting = _agreed(session, meeting_id)
    made = papers.pdf(INVITATION, filling_of(web, session, meeting))
    return download(made, f"{_stem(meeting)}.pdf", papers.PDF)


def filling_of(web: Web, session: Session, meeting: Meeting) -> Filling:
    """Return what is put into the invitation to a meeting."""
    order = meeting_queries.joining(session, meeting.meeting_id)
    known = places.points_by_id(session, order)
    points = [known[one] for one in order if one in known]
    units = places.unit_names(session, {one.unit_id for one in points})
    chair = places.points_by_id(session, [meeting.chair_point_id])
    now = web.now()
    place = web.place_name(session, now)
    facts = InvitationFacts(
        meeting,
        "".join(one.name for one in chair.values()),
        [InvitedPoint(one.name, units.get(one.unit_id, "")) for one in points],
        place,
        _host(session, meeting, place),
        meeting.chair_name,
        agenda_queries.of_meeting(session, meeting.meeting_id),
    )
    return filling(facts, now)


def _host(session: Session, meeting: Meeting, place_name: str) -> str:
    """Return the unit that invites; empty: the authority of the whole place does."""
    host = meeting.host_unit_id
    name = places.unit_names(session, [host]).get(host, "") if host else ""
    return "" if name == place_name else name


def _invited(session: Session, meeting_id: str) -> Meeting:
    meeting = found(session, meeting_id)
    if MeetingPhase(meeting.state) is MeetingPhase.CANCELLED:
        raise wrong_phase(meeting, "lập giấy mời", "invited to")
    return meeting


def _agreed(session: Session, meeting_id: str) -> Meeting:
    meeting = _invited(session, meeting_id)
    if not MeetingPhase(meeting.state).is_final:
        refuse_unless_agreed(session, meeting_id)
    return meeting


def _stem(meeting: Meeting) -> str:
    return papers.file_name(INVITATION.stem, day_in_name(meeting.begins_at), meeting.title)
