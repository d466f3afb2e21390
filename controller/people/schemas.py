"""What the API takes and gives of signing in."""

from typing import Annotated

from pydantic import BaseModel, Field, SecretStr

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
