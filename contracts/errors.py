"""Errors of the language the parts speak.

ContractError
├── MalformedPayload        bytes that are no message of the expected type
│   └── UnknownSchemaVersion
├── MalformedTopic          a topic that is none of ours
├── MalformedHost           text that no host name or address can be
├── MalformedText           a line typed by a person that cannot be kept
├── MalformedNumber         text that is no number, or could be two
├── TokenError              a media token that does not prove what it should
│   └── TokenExpired
└── FloorError              a move of the floor that the rules do not allow
"""


class ContractError(Exception):
    """Base of every error raised in contracts."""


class MalformedPayload(ContractError):
    """Bytes that do not decode to the expected message."""

    def __init__(self, message_type: str, reason: str) -> None:
        self.message_type = message_type
        self.reason = reason
        super().__init__(f"not a valid {message_type}: {reason}")


class UnknownSchemaVersion(MalformedPayload):
    """A message of a version this program does not know."""

    def __init__(self, message_type: str, version: object) -> None:
        self.version = version
        super().__init__(message_type, f"schema_version {version!r} is not known here")


class MalformedTopic(ContractError):
    """A topic that none of the builders in topics.py makes."""

    def __init__(self, topic: str) -> None:
        self.topic = topic
        super().__init__(f"not a topic of ours: {topic[:120]!r}")


class MalformedHost(ContractError):
    """Text that cannot be a host's name or address."""

    def __init__(self, text: str, reason: str) -> None:
        self.text = text
        self.reason = reason
        super().__init__(f"{text[:80]!r} {reason}")


class MalformedText(ContractError):
    """A line that cannot be kept: it is empty, too long, or holds a character that is none.

    Attributes:
        found, most: its length and the longest allowed, where that is what is wrong.
        char, place: the character and its place counted from 1, where that is what is wrong.
    """

    def __init__(
        self, reason: str, *, found: int = 0, most: int = 0, char: str = "", place: int = 0
    ) -> None:
        self.reason = reason
        self.found, self.most = found, most
        self.char, self.place = char, place
        super().__init__(reason)


class MalformedNumber(ContractError):
    """Text that is no number in its range, or that could mean either of `readings`."""

    def __init__(self, text: str, reason: str, readings: tuple[str, ...] = ()) -> None:
        self.text = text[:20]
        self.reason = reason
        self.readings = readings
        super().__init__(f"{self.text!r} {reason}")


class TokenError(ContractError):
    """A media token that is malformed, forged or meant for something else."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"media token refused: {reason}")


class TokenExpired(TokenError):
    """A media token whose time for joining has passed."""

    def __init__(self) -> None:
        super().__init__("it has expired; ask the controller for a new one")


class TokenForAnother(TokenError):
    """A good media token that is meant for another meeting or direction."""


class FloorError(ContractError):
    """A move of the floor that the meeting's rules do not allow."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)
