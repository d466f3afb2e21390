"""Whose contacts they are: those of a point, or of a unit."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ContactPlace:
    """A point or a unit, by its id."""

    is_point: bool
    place_id: str

    @property
    def address(self) -> str:
        """The page of its contacts."""
        kind = "points" if self.is_point else "units"
        return f"/contacts/{kind}/{self.place_id}"
