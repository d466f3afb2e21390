"""Accounts of people, for administrators' programs."""

from fastapi import APIRouter, Request

from controller.people import administration
from controller.people.accounts import Accounts
from controller.people.schemas import AccountChange, AccountIn, AccountOut
from controller.web.deps import Admin, WebParts

router = APIRouter(prefix="/api/v1/people", tags=["people"])


@router.get("")
def show(web: WebParts, _: Admin) -> list[AccountOut]:
    """Return everybody, and how many sessions each has open."""
    return [AccountOut.of(one) for one in web.part(Accounts).listed()]


@router.post("", status_code=204)
def add(web: WebParts, person: Admin, request: Request, form: AccountIn) -> None:
    """Add a person; 409 where the name is somebody's."""
    administration.add(
        web,
        request,
        person,
        name=form.user_name,
        display_name=form.display_name,
        role=form.role,
        branches=form.branches,
        password=form.password.get_secret_value(),
    )


@router.post("/{user_name}", status_code=204)
def change(
    web: WebParts, person: Admin, request: Request, user_name: str, form: AccountChange
) -> None:
    """Disable, enable or sign out a person, or change their role, branches or displayed name."""
    administration.change(
        web,
        request,
        person,
        user_name,
        form.action,
        form.role,
        form.display_name,
        form.branches,
    )
