"""What a command of the command line says."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CommandAnswer:
    """What a command says: to a person, and to a program."""

    text: str
    data: dict[str, object]
