"""Settings of files that meetings show at all points; controller/settings.py has the whole file."""

from typing import Annotated

from msgspec import Meta

from runtime.settings import Settings


class MeetingFileSettings(Settings, frozen=True):
    """How much the database keeps of the files of all meetings, in MiB."""

    total_mib: Annotated[int, Meta(ge=100, le=1_000_000)] = 5_000

    @property
    def total_bytes(self) -> int:
        """Return the same in bytes."""
        return self.total_mib * 2**20
