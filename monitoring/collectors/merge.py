"""Parts of a health report, each filled by one collector, to one."""

from collections.abc import Iterable
from typing import Any

import msgspec

from contracts.reports import HealthBody

_EMPTY = HealthBody()


def merged(parts: Iterable[HealthBody]) -> HealthBody:
    """Return one body with what each part says; no two parts fill the same field or figure."""
    filled: dict[str, Any] = {}
    figures: dict[str, float] = {}
    for part in parts:
        figures |= part.figures
        for field in HealthBody.__struct_fields__:
            value = getattr(part, field)
            if value != getattr(_EMPTY, field):
                filled[field] = value
    return msgspec.structs.replace(_EMPTY, **{**filled, "figures": figures})
