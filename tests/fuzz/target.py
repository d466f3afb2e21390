"""A decoder that is fuzzed."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Target:
    """A decoder with a payload it reads, and the only errors it may raise."""

    name: str
    payload: bytes
    decode: Callable[[bytes], object]
    errors: type[Exception] | tuple[type[Exception], ...]


def escaped(target: Target, data: bytes) -> Exception | None:
    """Return what came out of the decoder that never may; None: a value or its own error."""
    try:
        target.decode(data)
    except target.errors:
        return None
    except Exception as exc:  # noqa: BLE001 - what escapes is what is looked for
        return exc
    return None
