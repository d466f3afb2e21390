"""Health reports for tests, said in one breath."""

from typing import Any

from contracts.reports import FlatHealthBody, HealthBody


def health_body(**flat: Any) -> HealthBody:
    """Return a body with every section, given the fields of all of them."""
    return FlatHealthBody(**flat).in_sections()
