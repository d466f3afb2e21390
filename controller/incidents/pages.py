"""Incidents as a list, the story of one, and what people do with it."""

from collections.abc import Sequence
from functools import partial

from fastapi import APIRouter, Response

from contracts import numbers
from contracts.errors import MalformedNumber
from controller.audit.noting import noted
from controller.audit.service import Action
from controller.dispatch.changes import Changes
from controller.errors import NotFound
from controller.health import service as health
from controller.incidents import channel_queries, incident_queries, incident_view, telling
from controller.incidents.incident_view import IncidentLine, IncidentsView, IncidentView
from controller.incidents.service import MOST_NUMBER, Incidents
from controller.incidents.tables import IncidentRow
from controller.incidents.telling import CausesOf
from controller.maintenance import service as maintenance
from controller.people import accounts
from controller.places import service as places
from controller.web.page_request import AskedByOffice, PageRequest, Sent, acted, text_of
from controller.web.registration import live_page
from monitoring.judgement.maintenance import Maintenance

# Comes after the channels, which no number is.
router = APIRouter(include_in_schema=False)
A_PAGE = 50


@live_page(router, "/incidents", "incidents/incidents.html", section="incidents")
def incidents(asked: PageRequest) -> IncidentsView:
    """Return those that are open, and a page of those that are over."""
    state, before = asked.state, _before(asked)
    past = incident_queries.past_rows(state, before=before, limit=A_PAGE + 1)
    last = past[A_PAGE - 1].number if len(past) > A_PAGE else None
    return IncidentsView(
        open=_lines(asked, incident_queries.open_rows(state)),
        past=_lines(asked, past[:A_PAGE]),
        has_channels=bool(channel_queries.of_people(state)),
        is_newest=before is None,
        older=f"/incidents?before={last}" if last else "",
        address="/incidents" if before is None else f"/incidents?before={before}",
    )


@live_page(router, "/incidents/{number}", "incidents/incident.html", section="incidents")
def incident(asked: PageRequest) -> IncidentView:
    """Return the story of one."""
    row = _found(asked)
    number = row.number or 0
    points = incident_queries.points_of(asked.state, number)
    shown = [one.point_id for one in points[: incident_view.POINTS_SHOWN]]
    names = places.points_by_id(asked.state, shown)
    story = incident_queries.story_of(asked.state, number)
    return incident_view.view(
        asked.words,
        asked.now,
        row,
        telling.in_words(asked.state, asked.words, row, asked.now, _causes_of(asked)),
        points,
        {str(one): point.name for one, point in names.items()},
        story,
        channel_queries.of_incident(asked.state, number),
        accounts.display_names(asked.state, (row.acknowledged_by, *(one.who for one in story))),
        _maintenance(asked, row, [one.point_id for one in points]),
    )


@router.post("/incidents/{number}/acknowledge")
def acknowledge(asked: AskedByOffice) -> Response:
    """Write that who is signed in takes care of it."""
    number = _number(asked)
    asked.web.part(Incidents).acknowledge(number, actor=asked.person.user_name)
    _note(asked, Action.ACKNOWLEDGE_INCIDENT, number)
    return acted(asked.request, f"/incidents/{number}")


@router.post("/incidents/{number}/note")
def note(asked: AskedByOffice, form: Sent) -> Response:
    """Add a note to its story."""
    number = _number(asked)
    asked.web.part(Incidents).note(number, text_of(form, "text"), actor=asked.person.user_name)
    _note(asked, Action.NOTE_INCIDENT, number)
    return acted(asked.request, f"/incidents/{number}")


def _maintenance(
    asked: PageRequest, row: IncidentRow, point_ids: Sequence[str]
) -> list[Maintenance]:
    """Return what was declared of an incident's points while it lasted, the earliest first."""
    until = row.over_at or asked.now
    declared = [
        one
        for one in maintenance.standing(asked.state, since=row.began_at)
        if one.period.begins_at <= until
    ]
    covering = maintenance.covering(asked.state, declared, point_ids)
    found = {one.maintenance_id: one for covers in covering.values() for one in covers}
    return sorted(found.values(), key=lambda one: one.period.begins_at)


def _causes_of(asked: PageRequest) -> CausesOf:
    return partial(health.causes_of_outages, asked.series, asked.words, asked.now)


def _lines(asked: PageRequest, rows: Sequence[IncidentRow]) -> tuple[IncidentLine, ...]:
    words, now = asked.words, asked.now
    told = telling.all_in_words(asked.state, words, rows, now, _causes_of(asked))
    people = accounts.display_names(asked.state, (row.acknowledged_by for row in rows))
    return tuple(
        incident_view.line(words, now, row, one, people)
        for row, one in zip(rows, told, strict=True)
    )


def _number(asked: PageRequest) -> int:
    try:
        return numbers.whole(asked.named("number"), least=1, most=MOST_NUMBER)
    except MalformedNumber as exc:
        raise NotFound("sự cố", "incident") from exc


def _found(asked: PageRequest) -> IncidentRow:
    row = incident_queries.row(asked.state, _number(asked))
    if row is None:
        raise NotFound("sự cố", "incident")
    return row


def _before(asked: PageRequest) -> int | None:
    typed = asked.request.query_params.get("before", "")
    try:
        return numbers.whole(typed, least=1, most=MOST_NUMBER)
    except MalformedNumber:
        return None


def _note(asked: PageRequest, action: Action, number: int) -> None:
    asked.web.part(Changes).note_incident(number)
    noted(asked.web, asked.request, action, actor=asked.person.user_name, subject=str(number))
