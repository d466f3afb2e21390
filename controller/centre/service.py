"""What others ask of the centre's own state: incidents, retention."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from controller.centre import centre_rows, wording
from controller.centre.tables import CentreThing
from controller.web.i18n.language import Language
from monitoring.judgement.centre import CentreKey, CentrePart, CentreStanding, CentreVerdict
from monitoring.judgement.centre_incidents import OWN

forget = centre_rows.forget
NO_VALUES = "{}"


@dataclass(frozen=True, slots=True)
class CentreAdvice:
    """What is wrong with the centre, and what to do."""

    what: str
    remedy: str


def ailing(session: Session) -> dict[str, datetime]:
    """Return what is seriously wrong with the centre, and since when."""
    found: dict[str, datetime] = {}
    for row in _serious(session):
        found[row.key] = min(row.since, found.get(row.key, row.since))
    return found


def evidence(session: Session, key: str) -> str:
    """Return the values of what is wrong, as JSON, with which thing it is."""
    rows = sorted((one for one in _serious(session) if one.key == key), key=lambda one: one.since)
    return centre_rows.with_thing(rows[0]) if rows else NO_VALUES


def advice(words: Language, now: datetime, key: str, kept: str) -> CentreAdvice | None:
    """Return what was wrong and what to do; None: it is none of the centre's own."""
    if key not in OWN:
        return None
    arguments = centre_rows.arguments_of(kept)
    part, about = str(arguments.pop("part", "")), str(arguments.pop("about", ""))
    thing = CentrePart(part) if part in set(CentrePart) else None
    verdict = CentreVerdict(
        thing or CentrePart.MACHINE, about, CentreStanding.SERIOUS, CentreKey(key), arguments
    )
    said = wording.said(words, verdict, now)
    what = f"{wording.name(words, thing, about)}: {said}" if thing else said
    return CentreAdvice(what, wording.remedy(words, verdict))


def _serious(session: Session) -> list[CentreThing]:
    things = centre_rows.things(session)
    return [one for one in things if one.standing == CentreStanding.SERIOUS and one.key in OWN]
