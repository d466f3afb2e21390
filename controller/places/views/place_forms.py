"""The forms that add a unit or a point: what was typed, what is wrong, ids from names."""

import re
import secrets
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from controller.places.owner import Owner
from controller.web.i18n.language import N_, Language

MAX_NAME_CHARS = 120
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
    )


def unit_problem(form: UnitEntered, words: Language) -> str:
    """Return what is wrong with a unit; empty: nothing."""
    if not _is_name(form.name):
        return words.gettext("Enter a name of 1 to 120 characters.")
    if form.owner not in {owner.value for owner in Owner}:
        return words.gettext("Choose whose the unit is.")
    return ""


def point_problem(form: PointEntered, words: Language) -> str:
    """Return what is wrong with a point; empty: nothing."""
    if not _is_name(form.name):
        return words.gettext("Enter a name of 1 to 120 characters.")
    if form.contract_mbps and rate_bps(form.contract_mbps) is None:
        return words.gettext("Enter the rate as a number of Mbit/s, for example 50, or leave it.")
    return ""


def _is_name(text: str) -> bool:
    return 1 <= len(text) <= MAX_NAME_CHARS and text.isprintable()


def rate_bps(text: str) -> int | None:
    """Return a rate typed in Mbit/s; None: it is none."""
    try:
        mbps = float(text.replace(",", "."))
    except ValueError:
        return None
    return round(mbps * 1e6) if 0.001 <= mbps <= 100_000 else None


def unit_fields(form: UnitEntered) -> dict[str, object]:
    """Return a unit's columns."""
    return {
        "unit_id": new_id(form.name),
        "parent_id": form.parent_id or None,
        "name": form.name,
        "owner": form.owner,
    }


def point_fields(form: PointEntered) -> dict[str, object]:
    """Return a point's columns; its number is the next one."""
    return {
        "point_id": new_id(form.name),
        "unit_id": form.unit_id,
        "name": form.name,
        "owner": Owner.PEOPLE_COMMITTEE.value,
        "is_metered": form.is_metered,
        "contract_rate_bps": rate_bps(form.contract_mbps) if form.contract_mbps else None,
    }


def new_id(name: str) -> str:
    """Return an id that reads like the name and is not taken: na-hau-x7k2."""
    plain = unicodedata.normalize("NFD", name.casefold().replace("đ", "d"))
    letters = "".join(char for char in plain if char.isascii())
    slug = re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:_MAX_SLUG_CHARS].strip("-")
    tail = "".join(secrets.choice("23456789bcdfghjkmnpqrstvwxyz") for _ in range(4))
    return f"{slug}-{tail}" if slug else f"p-{tail}"


OWNER_NAMES: Mapping[Owner, str] = {
    Owner.PEOPLE_COMMITTEE: N_("People's Committee"),
    Owner.PARTY: N_("Party committee"),
    Owner.COUNCIL: N_("People's Council"),
}
