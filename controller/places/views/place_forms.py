"""The forms that add a unit or a point: what was typed, what is wrong, ids from names."""

import re
import secrets
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace

from contracts import numbers
from contracts.errors import MalformedNumber
from contracts.uplink import LAST_MONTH_DAY, MAX_BUDGET_BYTES, MIN_BUDGET_BYTES
from controller import entered
from controller.entered import Label
from controller.errors import BadEntry
from controller.places import coordinates
from controller.places.owner import Owner
from controller.places.tables import Point
from controller.web.i18n.language import Language

MIN_RATE_MBPS, MAX_RATE_MBPS = 0.001, 100_000
MIN_YEAR, MAX_YEAR = 1990, 2100
_RATE = Label("Tốc độ hợp đồng (Mbit/s)", "The contract's rate in Mbit/s")
_BUDGET = Label("Dung lượng 4G mỗi tháng (GB)", "The data of a month in GB")
_GB = 10**9
_MAX_SLUG_CHARS = 32


@dataclass(frozen=True, slots=True)
class UnitEntered:
    """A new unit as typed."""

    name: str = ""
    parent_id: str = ""
    owner: str = Owner.PEOPLE_COMMITTEE.value
    problem: str = ""

    def with_problem(self, text: str) -> "UnitEntered":
        """Return the same with a sentence on what is wrong."""
        return replace(self, problem=text)


@dataclass(frozen=True, slots=True)
class PointEntered:
    """A new point as typed."""

    name: str = ""
    unit_id: str = ""
    contract_mbps: str = ""
    is_metered: bool = False
    budget_gb: str = ""
    month_day: str = ""
    purchase_year: str = ""
    latitude: str = ""
    longitude: str = ""
    problem: str = ""

    def with_problem(self, text: str) -> "PointEntered":
        """Return the same with a sentence on what is wrong."""
        return replace(self, problem=text)


def unit_entered(field: Callable[[str], str]) -> UnitEntered:
    """Return what was typed of a unit."""
    return UnitEntered(field("name").strip(), field("parent_id"), field("owner"))


def point_entered(field: Callable[[str], str]) -> PointEntered:
    """Return what was typed of a point."""
    return PointEntered(
        field("name").strip(),
        field("unit_id"),
        field("contract_mbps").strip(),
        field("is_metered") == "1",
        field("budget_gb").strip(),
        field("month_day").strip(),
        field("purchase_year").strip(),
        field("latitude").strip(),
        field("longitude").strip(),
    )


def unit_problem(form: UnitEntered, words: Language) -> str:
    """Return what is wrong with a unit beside its name; empty: nothing."""
    if form.owner not in {owner.value for owner in Owner}:
        return words.gettext("Choose whose the unit is.")
    return ""


def rate_bps(typed: str) -> int | None:
    """Return a rate typed in Mbit/s; None: it was left open.

    Raises:
        BadEntry: it is no rate, or could be two.
    """
    if not typed.strip():
        return None
    mbps = entered.decimal(_RATE, typed, least=MIN_RATE_MBPS, most=MAX_RATE_MBPS)
    return round(mbps * 1e6)


def budget_bytes(typed: str) -> int | None:
    """Return the data of a month typed in GB; None: it was left open.

    Raises:
        BadEntry: it is none, or could be two.
    """
    if not typed.strip():
        return None
    least, most = MIN_BUDGET_BYTES / _GB, MAX_BUDGET_BYTES / _GB
    return round(entered.decimal(_BUDGET, typed, least=least, most=most) * _GB)


def month_day(typed: str) -> int | None:
    """Return the day on which the carrier begins to count anew; None: it was left open.

    Raises:
        BadEntry: it is none, or one that not every month has.
    """
    if not typed.strip():
        return None
    try:
        return numbers.typed_whole(typed, least=1, most=LAST_MONTH_DAY)
    except MalformedNumber as exc:
        raise BadEntry(
            f"Ngày chốt: “{exc.text}” không phải là ngày từ 1 đến {LAST_MONTH_DAY}.",
            f"First day of the month: “{exc.text}” is no day from 1 to {LAST_MONTH_DAY}.",
        ) from exc


def year(typed: str) -> int | None:
    """Return the year in which a machine was bought; None: it was left open.

    Raises:
        BadEntry: it is none.
    """
    if not typed.strip():
        return None
    try:
        return numbers.typed_whole(typed, least=MIN_YEAR, most=MAX_YEAR)
    except MalformedNumber as exc:
        raise BadEntry(
            f"Năm mua máy: “{exc.text}” không phải là năm từ {MIN_YEAR} đến {MAX_YEAR}.",
            f"Purchase year: “{exc.text}” is not a year from {MIN_YEAR} to {MAX_YEAR}.",
        ) from exc


def unit_fields(form: UnitEntered) -> dict[str, object]:
    """Return a unit's columns."""
    return {
        "unit_id": new_id(form.name),
        "parent_id": form.parent_id or None,
        "name": form.name,
        "owner": form.owner,
    }


def point_fields(form: PointEntered) -> dict[str, object]:
    """Return a new point's columns; its number is the next one."""
    own = {"point_id": new_id(form.name), "owner": Owner.PEOPLE_COMMITTEE.value}
    return own | changed_fields(form)


def kept_of(point: Point) -> PointEntered:
    """Return a point as the form that changes it shows it."""
    return PointEntered(
        point.name,
        point.unit_id,
        _typed(point.contract_rate_bps, 10**6),
        point.is_metered,
        _typed(point.budget_bytes, _GB),
        str(point.month_day or ""),
        str(point.purchase_year or ""),
        _typed_degrees(point.latitude),
        _typed_degrees(point.longitude),
    )


def _typed_degrees(value: float | None) -> str:
    return "" if value is None else f"{value:.6f}".rstrip("0").rstrip(".").replace(".", ",")


def _typed(value: int | None, unit: int) -> str:
    shown = "" if value is None else f"{value / unit:.9f}".rstrip("0").rstrip(".")
    whole, _, rest = shown.partition(".")
    # Three digits after the comma could be thousands to whoever reads them back.
    rest = f"{rest}0" if len(rest) == len("000") else rest
    return f"{whole},{rest}" if rest else whole


def changed_fields(form: PointEntered) -> dict[str, object]:
    """Return the columns of a point that people change."""
    latitude, longitude = coordinates.typed(form.latitude, form.longitude)
    return {
        "unit_id": form.unit_id,
        "name": form.name,
        "is_metered": form.is_metered,
        "budget_bytes": budget_bytes(form.budget_gb),
        "month_day": month_day(form.month_day),
        "contract_rate_bps": rate_bps(form.contract_mbps),
        "purchase_year": year(form.purchase_year),
        "latitude": latitude,
        "longitude": longitude,
    }


def new_id(name: str) -> str:
    """Return an id that reads like the name and is not taken: na-hau-x7k2."""
    plain = unicodedata.normalize("NFD", name[:_MAX_SLUG_CHARS].casefold().replace("đ", "d"))
    letters = "".join(char for char in plain if char.isascii())
    slug = re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:_MAX_SLUG_CHARS].strip("-")
    tail = "".join(secrets.choice("23456789bcdfghjkmnpqrstvwxyz") for _ in range(4))
    return f"{slug}-{tail}" if slug else f"p-{tail}"
