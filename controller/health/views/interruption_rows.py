"""What interrupted a point, as a table: since when, what, why, how long."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from controller.health import states
from controller.health.interruptions import Interruption, Kind
from controller.health.states import PointState
from controller.health.views import outage_causes
from controller.health.views.outage_causes import OutageTold
from controller.web.elements import Badge
from controller.web.i18n.language import Language

MOST_ROWS = 200
_NONE = timedelta()
_STATES = {
    Kind.DOWN: PointState.DOWN,
    Kind.DEGRADED: PointState.DEGRADED,
    Kind.UNKNOWN: PointState.UNKNOWN,
    Kind.SHUT_OUT: PointState.UNKNOWN,
    Kind.MAINTENANCE: PointState.EXCLUDED,
}


@dataclass(frozen=True, slots=True)
class OutageRow:
    """One interruption, or a time the centre does not know about."""

    key: str
    badge: Badge
    began: str
    lasted: str
    ended: str
    told: OutageTold


def rows(words: Language, now: datetime, found: Sequence[Interruption]) -> tuple[OutageRow, ...]:
    """Return the rows of a table, the newest first."""
    return tuple(
        OutageRow(
            key=f"{one.kind.value}{one.began_at:%Y%m%d%H%M%S%f}",
            badge=states.of_point(_STATES[one.kind], words),
            began=words.moment(one.began_at, now),
            lasted=_lasted(words, one, now),
            ended=words.moment(one.ended_at, now) if one.ended_at else words.gettext("still open"),
            told=_told(words, now, one),
        )
        for one in found[:MOST_ROWS]
    )


def _told(words: Language, now: datetime, one: Interruption) -> OutageTold:
    match one.kind:
        case Kind.DOWN:
            return outage_causes.told(words, now, one.said)
        case Kind.UNKNOWN:
            return OutageTold(
                what=words.gettext("The centre was not listening"),
                whose=words.gettext("the province"),
            )
        case Kind.SHUT_OUT:
            return OutageTold(what=words.gettext("Shut out: its certificate was revoked"))
        case Kind.MAINTENANCE if one.maintenance is not None:
            by = words.gettext("declared by %(who)s", who=one.maintenance.made_by)
            return OutageTold(what=one.maintenance.reason, evidence=by)
    return OutageTold()


def _lasted(words: Language, one: Interruption, now: datetime) -> str:
    parts = [words.duration(one.length(now))]
    if one.unknown:
        unknown = words.duration(one.unknown)
        parts.append(words.gettext("unknown %(unknown)s of it", unknown=unknown))
    if one.excluded:
        excluded = words.duration(one.excluded)
        parts.append(words.gettext("excluded %(excluded)s of it", excluded=excluded))
    return ", ".join(parts)


def summary(words: Language, found: Sequence[Interruption], down: timedelta, now: datetime) -> str:
    """Return how often and how long a point was down; maintenance does not count."""
    counted = sum(one.kind is Kind.DOWN and one.length(now) > one.excluded for one in found)
    if not counted:
        return ""
    return words.ngettext(
        "%(n)s time down · %(span)s",
        "%(n)s times down · %(span)s",
        counted,
        span=words.duration(down),
    )
