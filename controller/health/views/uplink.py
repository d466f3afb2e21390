"""The card of a way out that is charged by volume: what it used, when it is used up, its signal."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from contracts.reports import HealthBody
from contracts.uplink import ModemSection, UplinkSection
from controller.health.views import figures
from controller.health.views.device import OF_UPLINK, Fact
from controller.web.i18n.language import Language
from monitoring.figures import measured
from monitoring.judgement.problem import Problem, ProblemKey
from monitoring.judgement.uplink import used_up_at

_TECHNOLOGIES = {"lte": "4G (LTE)", "5gnr": "5G", "umts": "3G", "hspa": "3G (HSPA)", "gsm": "2G"}


@dataclass(frozen=True, slots=True)
class UplinkPanel:
    """`share_percent`: of the budget; None: there is none, or it is not counted yet."""

    facts: tuple[Fact, ...]
    share_percent: int | None
    is_much: bool


def panel(
    words: Language, health: HealthBody | None, now: datetime, problems: Iterable[Problem] = ()
) -> UplinkPanel | None:
    """Return what is known of the charged way out; None: the point has none.

    Args:
        problems: what was judged to be wrong with the point.
    """
    uplink = health.uplink if health else None
    modem = health.modem if health else None
    if modem is not None and not modem.interface:
        modem = None
    if health is None or (uplink is None and modem is None):
        return None
    used = _used(words, uplink, now) if uplink else []
    signal = _signal(words, modem, health) if modem else []
    budget = uplink.budget_bytes if uplink else None
    ratio = uplink.interface_bytes / budget if uplink and budget else None
    return UplinkPanel(
        facts=(*used, *signal),
        share_percent=None if ratio is None else min(100, int(100 * ratio)),
        is_much=any(one.key is ProblemKey.DATA_USED_UP for one in problems),
    )


def _used(words: Language, uplink: UplinkSection, now: datetime) -> list[Fact]:
    used = words.data(uplink.interface_bytes)
    budget = uplink.budget_bytes
    if budget:
        used = words.gettext(
            "%(used)s of %(budget)s (%(percent)s)",
            used=used,
            budget=words.data(budget),
            percent=words.percent(uplink.interface_bytes / budget, 0),
        )
    found = [
        Fact(words.gettext("Leads out now"), _way(words, uplink), "way"),
        Fact(words.gettext("Used this month"), used, "used"),
        Fact(words.gettext("Of that by monitoring"), words.data(uplink.own_bytes), "own"),
    ]
    if budget:
        found.append(Fact(words.gettext("Budget"), _lasts(words, uplink, now), "lasts"))
    if uplink.month_ends_at is not None:
        ends = words.date(uplink.month_ends_at)
        found.append(Fact(words.gettext("Counted anew on"), ends, "ends"))
    if uplink.counted_from is not None:
        since = words.moment(uplink.counted_from, now)
        found.append(Fact(words.gettext("Counted since"), since, "since"))
    return found


def _way(words: Language, uplink: UplinkSection) -> str:
    charged = words.gettext("charged") if uplink.is_metered else words.gettext("not charged")
    return f"{uplink.interface or '–'}, {charged}"


def _lasts(words: Language, uplink: UplinkSection, now: datetime) -> str:
    if uplink.budget_bytes and uplink.interface_bytes >= uplink.budget_bytes:
        return words.gettext("used up")
    began_at = uplink.counted_from or uplink.month_began_at
    at = used_up_at(uplink, now)
    if at is not None:
        return words.gettext("used up on %(date)s at this pace", date=words.date(at))
    if began_at is None or (now - began_at).days < 1:
        return words.gettext("said after a day of counting")
    return words.gettext("lasts until the month ends")


def _signal(words: Language, modem: ModemSection, health: HealthBody) -> list[Fact]:
    unknown = words.gettext("not known")
    technology = _TECHNOLOGIES.get(modem.technology, modem.technology)
    found = [
        Fact(words.gettext("Operator"), modem.operator or unknown, "operator"),
        Fact(words.gettext("Technology"), technology or unknown, "technology"),
    ]
    said = [one for one in measured(health) if one.figure.section in OF_UPLINK]
    found += [
        Fact(
            figures.label(words, one.figure),
            figures.shown(words, one.figure.unit, one.value),
            one.figure.name,
        )
        for one in said
    ]
    if not said:
        found.append(Fact(words.gettext("Mobile signal"), unknown, "signal"))
    return found
