"""What a person may do at the centre."""

from enum import Enum


class Role(Enum):
    """What a person may do: each includes the ones before it."""

    VIEWER = "viewer"
    OFFICE = "office"
    ADMIN = "admin"
