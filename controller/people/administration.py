"""What administrators do about accounts, written down: for pages and API alike."""

from collections.abc import Collection

from fastapi import Request

from controller.audit.noting import noted
from controller.audit.service import Action
from controller.errors import BadRequest
from controller.people.accounts import Accounts
from controller.roles import Role
from controller.web.deps import Web
from controller.web.signed_in import SignedIn

_ACTIONS = {
    "disable": Action.DISABLE_PERSON,
    "enable": Action.ENABLE_PERSON,
    "sign_out": Action.SIGN_OUT_EVERYWHERE,
    "role": Action.CHANGE_ROLE,
    "rename": Action.RENAME_PERSON,
    "branches": Action.CHANGE_BRANCHES,
}


def add(
    web: Web,
    request: Request,
    person: SignedIn,
    *,
    name: str,
    display_name: str,
    role: Role,
    password: str,
    branches: Collection[str] = (),
) -> None:
    """Add a person.

    Raises:
        BadRequest, NotFound, Conflict: see Accounts.
    """
    web.part(Accounts).add(name, display_name, role, password, branches)
    actor, detail = person.user_name, " ".join((role.value, *sorted(set(branches))))
    noted(web, request, Action.ADD_PERSON, actor=actor, subject=name, detail=detail)


def reset_password(web: Web, request: Request, person: SignedIn, name: str, password: str) -> None:
    """Give a person another password.

    Raises:
        BadRequest, NotFound: see Accounts.
    """
    web.part(Accounts).set_password(name, password)
    noted(web, request, Action.CHANGE_PASSWORD, actor=person.user_name, subject=name)


def change(
    web: Web,
    request: Request,
    person: SignedIn,
    name: str,
    action: str,
    role: Role | None = None,
    display_name: str | None = None,
    branches: Collection[str] | None = None,
) -> None:
    """Disable, enable or sign out a person, or change their role, branches or the name others see.

    Raises:
        BadRequest, NotFound, Conflict: see Accounts.
    """
    accounts = web.part(Accounts)
    match action:
        case "disable":
            accounts.disable(name)
        case "enable":
            accounts.enable(name)
        case "sign_out":
            accounts.sign_out_everywhere(name)
        case "role" if role is not None:
            accounts.set_role(name, role)
        case "rename" if display_name is not None:
            accounts.rename(name, display_name)
        case "branches" if branches is not None:
            accounts.set_branches(name, branches)
        case _:
            raise BadRequest(
                "invalid_request",
                "Không có việc này. Tải lại trang rồi thử lại.",
                "There is no such action.",
            )
    detail = role.value if role is not None and action == "role" else ""
    if action == "branches":
        detail = " ".join(sorted(set(branches or ())))
    actor = person.user_name
    noted(web, request, _ACTIONS[action], actor=actor, subject=name, detail=detail)
