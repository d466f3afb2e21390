"""What is looked for in the audit log: whose entries, of which kind, of which day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from contracts import text
from contracts.local_days import midnight
from controller.audit.audit_queries import EntryFilter
from controller.audit.service import Action
from controller.audit.subjects import MEETINGS

# Each is compared with every entry of a meeting; more names than these are no answer.
MAX_POINTS = 40
MAX_WHO_CHARS = 120
_YEARS = range(2000, 2101)


@dataclass(frozen=True, slots=True)
class Search:
    """What was typed and chosen, in the form in which it is used; empty: everything."""

    who: str = ""
    kind: str = ""
    day: str = ""

    def address(self, before: int | None = None) -> str:
        """Return the page of what is found, from the newest or from one entry back."""
        asked = {"who": self.who, "kind": self.kind, "day": self.day, "before": before or ""}
        query = urlencode({name: value for name, value in asked.items() if value})
        return f"/audit?{query}" if query else "/audit"

    @property
    def is_empty(self) -> bool:
        """Whether everything is looked for."""
        return self == Search()


def typed(who: str, kind: str, day: str) -> Search:
    """Return what a form or an address asks for; what cannot be used is left out."""
    shown = "".join(char for char in who[: 2 * MAX_WHO_CHARS] if char.isprintable())
    is_known = kind in {action.value for action in Action}
    chosen = _day(day)
    return Search(
        text.plain(shown)[:MAX_WHO_CHARS],
        kind if is_known else "",
        chosen.isoformat() if chosen is not None else "",
    )


def named(who: str, called: Mapping[str, str]) -> tuple[str, ...]:
    """Return the points or people whose name is this, or else has this in it, by their ids."""
    sought = who.casefold()
    if not sought:
        return ()
    names = {point_id: text.plain(name).casefold() for point_id, name in called.items()}
    exact = tuple(point_id for point_id, name in names.items() if name == sought)
    return exact or tuple(point_id for point_id, name in names.items() if sought in name)


def wanted(found: Search, points: tuple[str, ...], people: tuple[str, ...] = ()) -> EntryFilter:
    """Return the rows that are asked for; days are Vietnam's."""
    day = _day(found.day)
    begins_at = midnight(day) if day is not None else None
    return EntryFilter(
        who=found.who,
        point_ids=points[:MAX_POINTS],
        accounts=people[:MAX_POINTS],
        action=found.kind,
        begins_at=begins_at,
        ends_at=begins_at + timedelta(days=1) if begins_at is not None else None,
        of_meetings=tuple(sorted(MEETINGS)),
    )


def _day(shown: str) -> date | None:
    try:
        found = date.fromisoformat(shown)
    except ValueError:
        return None
    return found if found.year in _YEARS else None
