"""Whose pages may use the relay: the configured ones, and all names under which the centre,
by the documents of its meetings, shows its pages."""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import overload

import msgspec

from media.relay.meetings import MeetingRegistry


class PageOrigins(Sequence[str]):
    """Origins as they stand now; what is asked of it is whether one is among them."""

    def __init__(self, configured: Sequence[str], registry: MeetingRegistry) -> None:
        self._configured = configured
        self._registry = registry

    def __iter__(self) -> Iterator[str]:
        """Yield every origin, some more than once."""
        said = (meeting.document.page_origins for meeting in self._registry.meetings)
        return chain(self._configured, *(one for one in said if one is not msgspec.UNSET))

    def __contains__(self, origin: object) -> bool:
        """Whether pages of an origin may use the relay."""
        return any(origin == one for one in self)

    def __len__(self) -> int:
        """Return how many there are, counted as they are yielded."""
        return sum(1 for _ in self)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[str]: ...
    def __getitem__(self, index: int | slice) -> str | Sequence[str]:
        """Return one or some of them."""
        return tuple(self)[index]
