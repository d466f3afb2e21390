"""Who was told that a point is not ready, in a few words for its row."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from controller.incidents.missed_told import HowTold, MissTold, ToldWhom
from controller.web.elements import Badge
from controller.web.i18n.language import Language

NAMES_SHOWN = 2


@dataclass(frozen=True, slots=True)
class ToldCell:
    """What stands in the column: a badge, to whom and when; `href`: the incident with its story."""

    badge: Badge | None = None
    said: str = ""
    href: str = ""


def of_one(
    words: Language, now: datetime, told: MissTold | None, point_id: str, *, is_ready: bool
) -> ToldCell:
    """Return what was told of a point. `is_ready`: nobody has to be."""
    if told is None or told.is_over or point_id not in told.since:
        return ToldCell() if is_ready else _nobody(words)
    return _cell(words, now, told, told.of_point(point_id))


def of_several(
    words: Language, now: datetime, told: MissTold | None, point_ids: Sequence[str]
) -> ToldCell:
    """Return what was told of points that miss it together; of some, of how many."""
    known = [one for one in point_ids if told and not told.is_over and told.of_point(one)]
    if told is None or not known:
        return of_one(words, now, told, point_ids[0], is_ready=False)
    cell = _cell(words, now, told, told.of_point(known[0]))
    if len(known) == len(point_ids):
        return cell
    some = words.gettext(
        "of %(n)s of %(total)s points",
        n=words.number(len(known)),
        total=words.number(len(point_ids)),
    )
    return ToldCell(cell.badge, f"{cell.said} · {some}", cell.href)


def _nobody(words: Language) -> ToldCell:
    return ToldCell(Badge("", "muted", words.gettext("Nobody yet")))


def _cell(words: Language, now: datetime, told: MissTold, whom: Sequence[ToldWhom]) -> ToldCell:
    href = f"/incidents/{told.number}"
    if not whom:
        return ToldCell(Badge("", "muted", words.gettext("Nobody yet")), "", href)
    reached = [one for one in whom if one.how is HowTold.TOLD]
    said = _names(words, now, reached or whom)
    if told.taken_at is not None:
        badge = Badge("up", "state-up", words.gettext("Taken care of"))
        who = words.gettext(
            "%(who)s takes care of it, %(time)s",
            who=told.taken_by,
            time=words.moment(told.taken_at, now),
        )
        return ToldCell(badge, f"{who} · {said}", href)
    if reached:
        badge = Badge("degraded", "state-degraded", words.gettext("Told, not taken yet"))
    elif any(one.how is HowTold.ON_ITS_WAY for one in whom):
        badge = Badge("unknown", "state-unknown", words.gettext("Message on its way"))
    else:
        badge = Badge("down", "state-down", words.gettext("No message arrived"))
    return ToldCell(badge, said, href)


def _names(words: Language, now: datetime, whom: Sequence[ToldWhom]) -> str:
    """Return whom and when: each once, by the last that was said."""
    last = {one.name: one for one in whom}
    said = [f"{name} {words.moment(one.at, now)}" for name, one in last.items()]
    more = len(said) - NAMES_SHOWN
    shown = ", ".join(said[:NAMES_SHOWN])
    return f"{shown} +{more}" if more > 0 else shown
