"""Carriers, contracts and outages as pages show them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from controller.carriers import speeds
from controller.carriers.entered import CarrierEntered, TermsEntered, WordEntered
from controller.carriers.line_contract import LineContract, Terms
from controller.carriers.tables import Carrier
from controller.web.elements import Crumb
from controller.web.i18n.language import Language

LISTED = "/carriers"


@dataclass(frozen=True, slots=True)
class CarrierLine:
    """One carrier in the list."""

    href: str
    name: str
    phone: str
    lines: str


@dataclass(frozen=True, slots=True)
class CarriersView:
    """The list, and the form that adds one. `without`: points that have no contract now."""

    crumbs: tuple[Crumb, ...]
    lines: tuple[CarrierLine, ...]
    removed: tuple[tuple[str, str], ...]
    form: CarrierEntered
    without: tuple[tuple[str, str], ...]
    summary: str


@dataclass(frozen=True, slots=True)
class ContractLine:
    """One contract in a line."""

    href: str
    point: str
    point_href: str
    number: str
    speed: str
    promised: str
    repair: str
    when: str
    is_over: bool = False


@dataclass(frozen=True, slots=True)
class MonthChoice:
    """One month of the list."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class CarrierView:
    """One carrier: its lines, the months of evidence, the form that changes it.

    `refused`: why it was not removed, or not had back.
    """

    crumbs: tuple[Crumb, ...]
    address: str
    name: str
    phone: str
    lines: tuple[ContractLine, ...]
    months: tuple[MonthChoice, ...]
    new: str
    form: CarrierEntered
    is_removed: bool
    refused: str


@dataclass(frozen=True, slots=True)
class ContractOption:
    """One choice of a list."""

    id: str
    name: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class ContractView:
    """The form of a contract, and of one that is there its history."""

    crumbs: tuple[Crumb, ...]
    title: str
    address: str
    points: tuple[ContractOption, ...]
    point_name: str
    carriers: tuple[ContractOption, ...]
    form: TermsEntered
    history: tuple[tuple[str, str], ...]
    is_withdrawn: bool
    back: str

    @property
    def withdraw(self) -> str:
        """Where it is withdrawn; empty: it is not there yet, or no more."""
        return f"{self.address}/withdraw" if self.history and not self.is_withdrawn else ""


@dataclass(frozen=True, slots=True)
class OutageView:
    """The form of what was spoken with the carrier about one outage."""

    crumbs: tuple[Crumb, ...]
    title: str
    address: str
    facts: tuple[tuple[str, str], ...]
    form: WordEntered
    back: str


def carriers_view(
    words: Language,
    found: Sequence[Carrier],
    removed: Sequence[Carrier],
    contracts: Sequence[LineContract],
    without: Iterable[tuple[str, str]],
    form: CarrierEntered,
    now: datetime,
) -> CarriersView:
    """Return the page of all carriers."""
    held = [one for one in contracts if one.holds_at(now)]
    counts = {
        one.carrier_id: sum(of.terms.carrier_id == one.carrier_id for of in held) for one in found
    }
    missing = tuple(without)
    return CarriersView(
        (Crumb(words.gettext("Points"), "/points"), Crumb(words.gettext("Carriers"))),
        tuple(
            CarrierLine(
                f"{LISTED}/{one.carrier_id}",
                one.name,
                one.phone,
                words.ngettext(
                    "%(n)s of the carrier's lines",
                    "%(n)s of the carrier's lines",
                    counts[one.carrier_id],
                ),
            )
            for one in found
        ),
        tuple((f"{LISTED}/{one.carrier_id}", one.name) for one in removed),
        form,
        missing,
        words.ngettext(
            "%(n)s point has no contract now.", "%(n)s points have no contract now.", len(missing)
        )
        if missing
        else "",
    )


def carrier_view(
    words: Language,
    one: Carrier,
    contracts: Iterable[LineContract],
    names: Mapping[str, str],
    months: Iterable[date],
    form: CarrierEntered,
    now: datetime,
    refused: str = "",
) -> CarrierView:
    """Return the page of one carrier."""
    address = f"{LISTED}/{one.carrier_id}"
    own = [of for of in contracts if of.terms.carrier_id == one.carrier_id]
    own.sort(key=lambda of: (not of.holds_at(now), names.get(of.terms.point_id, "")))
    return CarrierView(
        crumbs=(*_crumbs(words), Crumb(one.name)),
        address=address,
        name=one.name,
        phone=one.phone,
        lines=tuple(_contract(words, of, names, now) for of in own),
        months=tuple(MonthChoice(f"{day:%Y-%m}", f"{day:%m/%Y}") for day in months),
        new=f"{LISTED}/contracts/new?carrier={one.carrier_id}",
        form=form,
        is_removed=one.removed_at is not None,
        refused=refused,
    )


def contract_view(
    words: Language,
    found: Sequence[Carrier],
    points: Iterable[tuple[str, str]],
    form: TermsEntered,
    history: Sequence[LineContract] = (),
    point_name: str = "",
    people: Mapping[str, str] | None = None,
) -> ContractView:
    """Return the form of a contract."""
    last = history[-1] if history else None
    chosen = next((one for one in found if one.carrier_id == form.carrier), None)
    way = (Crumb(chosen.name, f"{LISTED}/{chosen.carrier_id}"),) if chosen else ()
    title = words.gettext("Contract %(number)s", number=last.terms.number) if last else ""
    return ContractView(
        crumbs=(*_crumbs(words), *way, Crumb(title or words.gettext("New contract"))),
        title=title or words.gettext("New contract"),
        address=f"{LISTED}/contracts/{last.contract_id}" if last else f"{LISTED}/contracts",
        points=tuple(ContractOption(key, name, key == form.point) for key, name in points),
        point_name=point_name,
        carriers=tuple(
            ContractOption(one.carrier_id, one.name, one.carrier_id == form.carrier)
            for one in found
        ),
        form=form,
        history=tuple(
            _revision(words, one, place, people or {}) for place, one in enumerate(history)
        ),
        is_withdrawn=last is not None and last.is_withdrawn,
        back=way[0].href if way else LISTED,
    )


def _crumbs(words: Language) -> tuple[Crumb, ...]:
    return Crumb(words.gettext("Points"), "/points"), Crumb(words.gettext("Carriers"), LISTED)


def evidence_crumbs(words: Language, one: Carrier, last: str) -> tuple[Crumb, ...]:
    """Return the way to a page below a carrier's."""
    return (*_crumbs(words), Crumb(one.name, f"{LISTED}/{one.carrier_id}"), Crumb(last))


def _contract(
    words: Language, one: LineContract, names: Mapping[str, str], now: datetime
) -> ContractLine:
    terms = one.terms
    return ContractLine(
        href=f"{LISTED}/contracts/{one.contract_id}",
        point=names.get(terms.point_id, terms.point_id),
        point_href=f"/points/{terms.point_id}",
        number=terms.number,
        speed=speeds.speed(words, terms),
        promised=words.percent(terms.availability_ratio, digits=3),
        repair=_repair(words, terms),
        when=_days(words, one),
        is_over=not one.holds_at(now),
    )


def _repair(words: Language, terms: Terms) -> str:
    repair = terms.promise.repair
    return "–" if repair is None else words.duration(repair)


def _days(words: Language, one: LineContract) -> str:
    first, last = one.terms.begins_on, one.terms.ends_on
    if last is None:
        return words.gettext("since %(day)s", day=f"{first:%d/%m/%Y}")
    return f"{first:%d/%m/%Y} – {last:%d/%m/%Y}"


def _revision(
    words: Language, one: LineContract, place: int, people: Mapping[str, str]
) -> tuple[str, str]:
    who = people.get(one.made_by) or one.made_by
    at = f"{words.date(one.made_at)} {words.time(one.made_at)}"
    if one.is_withdrawn:
        return at, words.gettext("%(who)s withdrew it.", who=who)
    terms = one.terms
    what = ", ".join(
        (
            terms.number,
            speeds.speed(words, terms),
            words.percent(terms.availability_ratio, digits=3),
            _repair(words, terms),
            _days(words, one),
        )
    )
    if place:
        return at, words.gettext("%(who)s changed it to %(what)s", who=who, what=what)
    return at, words.gettext("%(who)s noted %(what)s", who=who, what=what)
