"""Who acts for which owner: the page of administrators."""

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from controller.errors import NotFound, RequestError
from controller.meetings.holds import hold_queries
from controller.meetings.holds.acts import AppointingActs
from controller.meetings.views import approvers as view
from controller.people.accounts import Accounts
from controller.places.owner import Owner
from controller.web.page_request import AskedByAdmin, PageRequest, Sent, text_of

router = APIRouter(include_in_schema=False)
APPROVERS = "/approvers"


@router.get(APPROVERS)
def shown(asked: AskedByAdmin) -> Response:
    """Show who acts for which owner."""
    return _page(asked)


@router.post(APPROVERS)
def save(asked: AskedByAdmin, acts: AppointingActs, form: Sent) -> Response:
    """Have somebody act for an owner, or no more."""
    name = text_of(form, "user_name")
    try:
        owner = _owner(text_of(form, "owner"))
        if text_of(form, "action") == "remove":
            acts.remove(name, owner)
        else:
            approves = text_of(form, "may") == "approves"
            acts.put(name, owner, approves=approves, email=text_of(form, "email"))
    except RequestError as exc:
        return _page(asked, exc.said_in(asked.words.code), status=exc.status)
    return RedirectResponse(APPROVERS, status_code=303)


def _owner(said: str) -> Owner:
    try:
        return Owner(said)
    except ValueError as exc:
        raise NotFound("cơ quan", "owner") from exc


def _page(asked: PageRequest, problem: str = "", *, status: int = 200) -> Response:
    listed = [one for one in asked.web.part(Accounts).listed() if one.disabled_at is None]
    people = {
        one.user_name: f"{one.display_name or one.user_name} ({one.user_name})" for one in listed
    }
    roles, asks = hold_queries.roles(asked.state), asked.web.settings.approval.asks
    shown = view.view(asked.words, roles, people, asks, problem)
    return asked.page("meetings/approvers.html", "people", status=status, view=shown)
