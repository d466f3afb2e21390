"""What the inputs of the API have in common: strict about unknown fields and lengths."""

from typing import Annotated, Self

from fastapi import Path
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from contracts.errors import MalformedText
from contracts.ids import ID_PATTERN
from contracts.text import line

Id = Annotated[str, Field(pattern=ID_PATTERN, max_length=40)]


MOST_ROW_NUMBER = 2**31 - 1
RowNumber = Annotated[int, Path(ge=0, le=MOST_ROW_NUMBER)]
"""A row's number in an address; what no row can have is refused."""
MAX_TEXT_CHARS = 1000


def _kept(text: str) -> str:
    try:
        return line(text, most=MAX_TEXT_CHARS, least=0)
    except MalformedText as exc:
        raise ValueError(exc.reason) from exc


# In the form in which it is kept. Texts that are refused with a sentence of their own are
# judged by their subject's service, for pages and programs alike.
Text = Annotated[str, AfterValidator(_kept)]


class Input(BaseModel):
    """Base of what a program sends."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Output(BaseModel):
    """Base of what a program is shown of a row or value of the same fields."""

    model_config = ConfigDict(from_attributes=True)

    @classmethod
    def of(cls, source: object) -> Self:
        """Return it as the API shows it."""
        return cls.model_validate(source)
