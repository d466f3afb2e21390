"""Whether something is still as somebody saw it who changes it: pure.

What is known of it is hashed, so that whoever changed it meanwhile, by a page, a program or a
series, need not know that somebody is looking.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime


def fingerprint(known: Mapping[str, object]) -> str:
    """Return the same for the same facts, and something else for others; 32 hex digits."""
    said = json.dumps(sorted(known.items()), default=_text, ensure_ascii=True)
    return hashlib.sha256(said.encode()).hexdigest()[:32]


def _text(value: object) -> str:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value)
