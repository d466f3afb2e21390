"""What the inputs of the API have in common: strict about unknown fields and lengths."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from contracts.ids import ID_PATTERN

Id = Annotated[str, Field(pattern=ID_PATTERN, max_length=40)]


def _printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError("only printable characters")
    return text


Text = Annotated[str, AfterValidator(_printable)]
Name = Annotated[Text, Field(min_length=1, max_length=120)]


class Input(BaseModel):
    """Base of what a program sends."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)
