"""What a command of the command line says."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CommandAnswer:
    """What a command says: to a person, and to a program."""

    text: str
    data: dict[str, object]


def said(vi: str, en: str) -> str:
    """Return a sentence for people in both languages, a line each."""
    return f"{vi}\n{en}"
