"""The page of people for administrators, and everybody's own password."""

from collections.abc import Sequence

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from controller.errors import BadRequest, NotFound, RequestError
from controller.people import administration, signing_in, web_sessions
from controller.people import people_view as view
from controller.people.accounts import Accounts, made_up_password
from controller.people.oidc.identities import IdentityDesk
from controller.people.people_queries import Account
from controller.people.people_view import PersonEntered
from controller.places import service as places
from controller.roles import Role
from controller.web.page_request import Asked, AskedByAdmin, PageRequest, Sent, text_of

router = APIRouter(include_in_schema=False)


@router.get("/people")
def people(asked: AskedByAdmin) -> Response:
    """Show everybody who may sign in."""
    return _page(asked, PersonEntered())


@router.post("/people")
def add(asked: AskedByAdmin, form: Sent) -> Response:
    """Add a person with a password that is made up and shown once."""
    entered = PersonEntered(
        user_name=text_of(form, "user_name"),
        display_name=text_of(form, "display_name"),
        role=text_of(form, "role"),
        branch=text_of(form, "branch"),
    )
    password = made_up_password()
    try:
        administration.add(
            asked.web,
            asked.request,
            asked.person,
            name=entered.user_name,
            display_name=entered.display_name,
            role=_role(entered.role),
            password=password,
            branches=[entered.branch] if entered.branch else [],
        )
    except RequestError as exc:
        return _page(asked, entered.with_problem(exc.said_in(asked.words.code)), status=422)
    return _page(asked, PersonEntered(), made=(entered.user_name, password))


@router.post("/people/change")
def change(asked: AskedByAdmin, form: Sent) -> Response:
    """Disable, enable or sign out a person, or change their role or the name others see."""
    role, action = text_of(form, "role"), text_of(form, "action")
    try:
        administration.change(
            asked.web,
            asked.request,
            asked.person,
            text_of(form, "user_name"),
            action,
            _role(role) if role else None,
            text_of(form, "display_name") if action == "rename" else None,
        )
    except RequestError as exc:
        problem = exc.said_in(asked.words.code)
        return _page(asked, PersonEntered().with_problem(problem), status=exc.status)
    return RedirectResponse("/people", status_code=303)


@router.get("/people/branches")
def branches(asked: AskedByAdmin, name: str = "") -> Response:
    """Show which branches a person is bounded to."""
    one = _account(asked, name)
    return _branches(asked, one, one.branches)


@router.post("/people/branches")
def set_branches(asked: AskedByAdmin, form: Sent) -> Response:
    """Bound a person to the units that were chosen; to none: they are of the whole province."""
    one = _account(asked, text_of(form, "user_name"))
    chosen = tuple(str(unit) for unit in form.getlist("units"))
    try:
        administration.change(
            asked.web, asked.request, asked.person, one.user_name, "branches", branches=chosen
        )
    except RequestError as exc:
        problem = exc.said_in(asked.words.code)
        return _branches(asked, one, chosen, problem, status=exc.status)
    return RedirectResponse("/people", status_code=303)


@router.post("/people/password")
def reset_password(asked: AskedByAdmin, form: Sent) -> Response:
    """Give a person a password that is made up and shown once."""
    name, password = text_of(form, "user_name"), made_up_password()
    try:
        administration.reset_password(asked.web, asked.request, asked.person, name, password)
    except RequestError as exc:
        problem = exc.said_in(asked.words.code)
        return _page(asked, PersonEntered().with_problem(problem), status=exc.status)
    return _page(asked, PersonEntered(), made=(name, password))


@router.get("/account")
def account(asked: Asked) -> Response:
    """Show the form for one's own password."""
    return asked.page("people/account.html", "", problem="")


@router.post("/account/password")
def change_password(asked: Asked, request: Request, form: Sent) -> Response:
    """Change one's own password; all other sessions end."""
    old, new = text_of(form, "old_password"), text_of(form, "new_password")
    try:
        if new != text_of(form, "again"):
            raise _not_the_same()
        token = signing_in.change_password(asked.web, request, asked.person, old, new)
    except RequestError as exc:
        problem = exc.said_in(asked.words.code)
        return asked.page("people/account.html", "", status=exc.status, problem=problem)
    response = RedirectResponse("/", status_code=303)
    web_sessions.set_cookie(response, request, token)
    return response


def _page(
    asked: PageRequest,
    entered: PersonEntered,
    *,
    made: tuple[str, str] | None = None,
    status: int = 200,
) -> Response:
    accounts = asked.web.part(Accounts).listed()
    tree = places.as_of(asked.state, asked.now).tree
    names = places.unit_names(asked.state, {unit for one in accounts for unit in one.branches})
    is_used = asked.web.settings.oidc.is_used
    identities = asked.web.part(IdentityDesk).states() if is_used else None
    oneself = asked.person.user_name
    shown = view.view(
        asked.words, asked.now, accounts, tree, names, oneself, entered, made, identities
    )
    return asked.page("people/people.html", "people", status=status, view=shown)


def _account(asked: PageRequest, name: str) -> Account:
    found = [one for one in asked.web.part(Accounts).listed() if one.user_name == name]
    if not found:
        raise NotFound("người dùng", "person")
    return found[0]


def _branches(
    asked: PageRequest,
    one: Account,
    chosen: Sequence[str],
    problem: str = "",
    *,
    status: int = 200,
) -> Response:
    tree = places.as_of(asked.state, asked.now).tree
    names = places.unit_names(asked.state, chosen)
    shown = view.branches_view(asked.words, one, tree, chosen, names, problem)
    return asked.page("people/branches.html", "people", status=status, view=shown)


def _role(text: str) -> Role:
    try:
        return Role(text)
    except ValueError as exc:
        raise BadRequest(
            "invalid_request", "Chọn vai trò có trong danh sách.", "Choose a role of the list."
        ) from exc


def _not_the_same() -> BadRequest:
    return BadRequest(
        "passwords_differ",
        "Hai lần nhập mật khẩu mới không giống nhau.",
        "The new password was not typed the same twice.",
    )
