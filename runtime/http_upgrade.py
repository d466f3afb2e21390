"""A connection that stops being HTTP (RFC 9110, section 7.8), for whoever takes it over."""

import asyncio
from typing import Protocol


class Upgrade(Protocol):
    """Takes connections over that ask for `token`."""

    @property
    def token(self) -> bytes:
        """What is asked for, in small letters."""

    def accept(self, path: str) -> asyncio.Protocol | None:
        """Return what goes on with the connection; None: nothing does under this path."""
