"""What the API takes and gives of signing in."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field, SecretStr

from controller.people.people_queries import Account
from controller.roles import Role
from controller.web.schemas import Input, Text


class SignInIn(Input):
    """Name and password."""

    user_name: Annotated[Text, Field(min_length=1, max_length=60)]
    password: Annotated[SecretStr, Field(max_length=1000)]


class PersonOut(BaseModel):
    """Who is signed in."""

    user_name: str
    display_name: str
    role: Role
    csrf_token: str


class PasswordIn(Input):
    """One's present password and the new one."""

    old_password: Annotated[SecretStr, Field(max_length=1000)]
    new_password: Annotated[SecretStr, Field(max_length=1000)]


class AccountIn(Input):
    """A person to be added."""

    user_name: Annotated[Text, Field(min_length=1, max_length=60)]
    display_name: Annotated[Text, Field(max_length=120)] = ""
    role: Role = Role.VIEWER
    password: Annotated[SecretStr, Field(max_length=1000)]


class AccountChange(Input):
    """What is done about an account; `role` with `role`, `display_name` with `rename` alone."""

    action: Literal["disable", "enable", "sign_out", "role", "rename"]
    role: Role | None = None
    display_name: Annotated[Text, Field(max_length=120)] | None = None


class AccountOut(BaseModel):
    """A person as administrators see them."""

    user_name: str
    display_name: str
    role: Role
    is_disabled: bool
    sessions: int
    last_seen_at: datetime | None

    @classmethod
    def of(cls, one: Account) -> "AccountOut":
        """Return an account as it is shown."""
        return cls(
            user_name=one.user_name,
            display_name=one.display_name,
            role=one.role,
            is_disabled=one.disabled_at is not None,
            sessions=one.sessions,
            last_seen_at=one.last_seen_at,
        )
