"""Who acts for which owner, as administrators set it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from controller.meetings.holds.tables import OwnerRole
from controller.places.owner import OWNER_NAMES, Owner
from controller.web.elements import Choice, Crumb
from controller.web.i18n.language import Language


@dataclass(frozen=True, slots=True)
class ApproverRow:
    """One person who acts for an owner."""

    user_name: str
    name: str
    may: str
    email: str


@dataclass(frozen=True, slots=True)
class OwnerPanel:
    """An owner, who acts for it, and what it means that nobody agrees; empty: somebody does.

    `is_stuck`: that nobody agrees is in somebody's way.
    """

    owner: str
    name: str
    rows: tuple[ApproverRow, ...]
    nobody: str
    is_stuck: bool


@dataclass(frozen=True, slots=True)
class ApproversView:
    """The page."""

    crumbs: tuple[Crumb, ...]
    owners: tuple[OwnerPanel, ...]
    people: tuple[Choice, ...]
    asks: str
    problem: str = ""


def view(
    words: Language,
    roles: Sequence[OwnerRole],
    people: Mapping[str, str],
    asks: str,
    problem: str,
) -> ApproversView:
    """Return the page; `people`: what everybody is called, by the name they sign in with."""
    said = {
        "appointed": words.gettext(
            "Rooms of an owner need its yes once somebody agrees for it here."
        ),
        "others": words.gettext("All rooms of others need their owner's yes."),
        "all": words.gettext("All rooms need their owner's yes, one's own too."),
        "none": words.gettext("No room needs anybody's yes: the settings say so."),
    }
    crumbs = Crumb(words.gettext("People"), "/people"), Crumb(words.gettext("Who agrees to rooms"))
    return ApproversView(
        crumbs=crumbs,
        owners=tuple(_panel(words, one, roles, people, asks) for one in Owner),
        people=tuple(Choice(name, shown) for name, shown in people.items()),
        asks=said[asks],
        problem=problem,
    )


def _panel(
    words: Language,
    owner: Owner,
    roles: Sequence[OwnerRole],
    people: Mapping[str, str],
    asks: str,
) -> OwnerPanel:
    own = [one for one in roles if one.owner == owner.value]
    nobody, is_asked = "", asks not in ("appointed", "none")
    if not any(one.approves for one in own):
        nobody = (
            words.gettext("Nobody agrees: meetings that need its rooms cannot invite.")
            if is_asked
            else words.gettext("Nobody agrees: its rooms are booked without asking.")
        )
    return OwnerPanel(
        owner=owner.value,
        name=words.gettext(OWNER_NAMES[owner]),
        rows=tuple(
            ApproverRow(
                one.user_name,
                people.get(one.user_name, one.user_name),
                words.gettext("Books and agrees") if one.approves else words.gettext("Books"),
                one.email,
            )
            for one in own
        ),
        nobody=nobody,
        is_stuck=is_asked and bool(nobody),
    )
