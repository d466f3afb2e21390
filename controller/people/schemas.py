"""What the API takes and gives of signing in."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field, SecretStr

from controller.people.accounts import MAX_BRANCHES
from controller.people.people_queries import Account
from controller.roles import Role
from controller.web.schemas import Id, Input, Text


class SignInIn(Input):
    """Name and password."""

    user_name: Annotated[Text, Field(min_length=1, max_length=60)]
    password: Annotated[SecretStr, Field(max_length=1000)]


class PersonOut(BaseModel):
    """Who is signed in."""

    user_name: str
    display_name: str
    role: Role
    branches: list[str]
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
    branches: list[Id] = Field(default=[], max_length=MAX_BRANCHES)
    password: Annotated[SecretStr, Field(max_length=1000)]


class AccountChange(Input):
    """What is done about an account; `role`, `display_name`, `branches`: with their action alone.

    `branches`: the units that the person is bounded to, with all below them; none: to nothing.
    """

    action: Literal["disable", "enable", "sign_out", "role", "rename", "branches"]
    role: Role | None = None
    display_name: Annotated[Text, Field(max_length=120)] | None = None
    branches: Annotated[list[Id], Field(max_length=MAX_BRANCHES)] | None = None


class AccountOut(BaseModel):
    """A person as administrators see them."""

    user_name: str
    display_name: str
    role: Role
    branches: list[str]
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
            branches=list(one.branches),
            is_disabled=one.disabled_at is not None,
            sessions=one.sessions,
            last_seen_at=one.last_seen_at,
        )
