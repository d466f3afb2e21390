"""What a message's link opens: one incident, and one button that says who takes care of it.

No sign-in is needed and nothing else is shown: whoever has the link got the message. Only the
button changes anything, so that a mail server that opens links does not.
"""

from dataclasses import dataclass
from functools import partial

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from controller.audit.noting import noted
from controller.audit.service import Action
from controller.dispatch.changes import Changes
from controller.health import service as health
from controller.incidents import incident_view, telling
from controller.incidents.incident_view import IncidentLine
from controller.incidents.taking import PATH, TakeLinks
from controller.people import accounts
from controller.web.deps import Anyone, SeriesSession, StateSession, WebParts
from controller.web.page_request import frame_of, language_of
from controller.web.rendering import page

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class TakeView:
    """The page; `who`: whose link it is. `may_take`: nobody has yet, and it is not over."""

    line: IncidentLine
    who: str
    action: str
    may_take: bool
    is_over: bool


@router.get(f"{PATH}/{{token}}")
def shown(
    _: Anyone,
    web: WebParts,
    request: Request,
    state: StateSession,
    series: SeriesSession,
    token: str,
) -> Response:
    """Show what it is about."""
    words, now = language_of(request), web.now()
    found = web.part(TakeLinks).found(state, token)
    row = found.row
    causes_of = partial(health.causes_of_outages, series, words, now)
    told = telling.in_words(state, words, row, now, causes_of)
    people = accounts.display_names(state, (row.acknowledged_by,))
    view = TakeView(
        line=incident_view.line(words, now, row, told, people),
        who=found.who,
        action=f"{PATH}/{token}",
        may_take=row.over_at is None and row.acknowledged_at is None,
        is_over=row.over_at is not None,
    )
    return page("incidents/take.html", frame_of(request, web, None), view=view)


@router.post(f"{PATH}/{{token}}")
def take(_: Anyone, web: WebParts, request: Request, token: str) -> Response:
    """Have the link's receiver take care of it."""
    number, who, is_taken = web.part(TakeLinks).take(token)
    if is_taken:
        web.part(Changes).note_incident(number)
        noted(web, request, Action.ACKNOWLEDGE_INCIDENT, actor=who, subject=str(number))
    return RedirectResponse(f"{PATH}/{token}", status_code=303)
