"""What is said of the battery of a power supply, and the form by which it is said."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from contracts.devices import SeenDevice
from contracts.local_days import day_of, midnight
from controller.devices import batteries
from controller.devices.batteries import (
    YEAR_DAYS,
    BatteriesKnown,
    BatteryChange,
    BatteryEntered,
    is_asking,
)
from controller.places.service import Point
from controller.web.elements import Crumb
from controller.web.i18n.language import Language

_MONTH_DAYS = YEAR_DAYS / 12


@dataclass(frozen=True, slots=True)
class BatteryPart:
    """Of one supply; `change_id` None: there is nothing to take back."""

    text: str
    change_id: int | None = None


@dataclass(frozen=True, slots=True)
class SaidRow:
    """What was said once."""

    change_id: int
    text: str
    said: str


@dataclass(frozen=True, slots=True)
class BatteryFormView:
    """The page with the form. `today`: no later day may be chosen."""

    title: str
    crumbs: tuple[Crumb, ...]
    point_id: str
    action: str
    form: BatteryEntered
    today: str
    rows: tuple[SaidRow, ...]


def part(words: Language, now: datetime, seen: SeenDevice, known: BatteriesKnown) -> BatteryPart:
    """Return what is known of a supply's battery."""
    own = known.of(seen.device_id)
    if not own:
        return BatteryPart(words.gettext("Nobody has said yet when its battery was replaced."))
    text = replaced(words, now, own[0])
    if is_asking(seen) and not known.is_worn(seen, now):
        still = words.gettext(
            "It still asks for another one, as supplies do until they have tested the new one."
        )
        back = words.gettext("Taken back, this note settles nothing, and it is a problem again.")
        text = f"{text} {still} {back}"
    return BatteryPart(text, own[0].change_id)


def replaced(words: Language, now: datetime, one: BatteryChange) -> str:
    """Return when a battery was replaced, by whom, and how old it is."""
    told = {"date": date_of(words, one), "age": age(words, batteries.age_of(one, now))}
    if not one.replaced_by:
        return words.gettext("Its battery was replaced on %(date)s and is %(age)s old.", **told)
    return words.gettext(
        "Its battery was replaced on %(date)s by %(who)s and is %(age)s old.",
        who=one.replaced_by,
        **told,
    )


def date_of(words: Language, one: BatteryChange) -> str:
    """Return the day on which a battery was replaced."""
    return words.date(midnight(date.fromisoformat(one.replaced_on)))


def age(words: Language, span: timedelta) -> str:
    """Return an age in days, from two months on in months, from two years on in years."""
    days = span.days
    if days < 2 * _MONTH_DAYS:
        return words.ngettext("%(n)s day", "%(n)s days", days)
    if days < 2 * YEAR_DAYS:
        return words.ngettext("%(n)s month", "%(n)s months", int(days / _MONTH_DAYS))
    return words.gettext("%(n)s years", n=words.number(days / YEAR_DAYS, 1))


def form_view(
    words: Language,
    now: datetime,
    point: Point,
    device_id: str,
    name: str,
    said: Sequence[BatteryChange],
    typed: BatteryEntered,
) -> BatteryFormView:
    """Return the page on which somebody says that a battery was replaced."""
    base = f"/points/{point.point_id}"
    title = words.gettext("Battery of %(name)s", name=name)
    return BatteryFormView(
        title=title,
        crumbs=(Crumb(words.gettext("Points"), "/points"), Crumb(point.name, base), Crumb(title)),
        point_id=point.point_id,
        action=f"{base}/devices/{device_id}/battery",
        form=typed,
        today=day_of(now).isoformat(),
        rows=tuple(
            SaidRow(
                one.change_id or 0,
                replaced(words, now, one),
                words.gettext(
                    "noted by %(who)s, %(time)s",
                    who=one.said_by,
                    time=words.moment(one.said_at, now),
                ),
            )
            for one in said
        ),
    )
