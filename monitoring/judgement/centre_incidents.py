"""What is seriously wrong with the centre itself as incidents, in which no point takes part. Pure.

That broker or ingest are silent is told as the centre's blindness, where it is blind.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from monitoring.judgement.centre import CentreKey
from monitoring.judgement.coincidence import Reach
from monitoring.judgement.incidents import Change, Incident, Outlook, Turn

OWN = frozenset(key.value for key in CentreKey if key is not CentreKey.WELL)
MAKES_BLIND = frozenset((CentreKey.BROKER_SILENT.value, CentreKey.INGEST_SILENT.value))
TOLD_AFTER, CALM = timedelta(minutes=2), timedelta(minutes=10)


def judge_centre(
    before: Collection[Incident],
    wrong: Mapping[str, datetime],
    judged: Outlook,
    *,
    now: datetime,
    is_blind: bool,
) -> None:
    """Add to an outlook what became of the centre's own incidents, gathered and told.

    Args:
        wrong: since when each is wrong.
    """
    new = {key: at for key, at in wrong.items() if not (is_blind and key in MAKES_BLIND)}
    for key in new.keys() - {one.key for one in before}:
        judged.gathering.append(Incident(key, Reach.CENTRE, "", new[key], now, now))
    for one in before:
        if one.number is not None:
            judged.changes.extend(_told(one, now, is_on=one.key in wrong))
        elif one.key in new and now - one.opened_at >= TOLD_AFTER:
            judged.changes.append(Change(replace(one, told_reach=one.reach), Turn.TOLD))
        elif one.key in new:
            judged.gathering.append(one)


def _told(one: Incident, now: datetime, *, is_on: bool) -> Iterator[Change]:
    """Give what became of it; over after a calm, should it begin and end again and again."""
    is_calm = one.joined_at != one.opened_at
    if is_on and is_calm:
        yield Change(replace(one, joined_at=one.opened_at), Turn.LOOKED)
    elif not is_on and not is_calm:
        yield Change(replace(one, joined_at=now), Turn.LOOKED)
    elif not is_on and now - one.joined_at >= CALM:
        yield Change(one, Turn.RECOVERED)
