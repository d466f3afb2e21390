"""What is said of the rooms that are chosen for a meeting: whose yes they need, where they are."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from contracts.ids import PointId
from controller.meetings.views.approvals import rooms_named
from controller.places.owner import OWNER_NAMES, Owner
from controller.web.i18n.language import Language


@dataclass(frozen=True, slots=True)
class YesNeeded:
    """An owner whose yes is needed; `who`: the people who agree for it; `nobody`: there is none."""

    key: str
    owner: str
    rooms: str
    who: str
    nobody: bool


@dataclass(frozen=True, slots=True)
class RoomsNote:
    """What stands beside the points.

    `offered_at`: for which instant points are offered; `missing`: chosen ones that are not there
    then; `other_day`: that others are offered than there are at the hour that is entered now;
    `notes`: of single points, said once they are chosen.
    """

    offered_at: str
    needed: tuple[YesNeeded, ...] = ()
    missing: str = ""
    other_day: str = ""
    notes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RoomsChosen:
    """What is known of what is chosen; `asked`: whose yes is needed for which rooms."""

    asked: Mapping[PointId, Owner]
    chosen: Collection[str]
    names: Mapping[str, str]
    approvers: Mapping[Owner, Sequence[str]]


def needed(words: Language, facts: RoomsChosen) -> tuple[YesNeeded, ...]:
    """Return the owners whose yes is needed for chosen rooms."""
    found = []
    for owner in Owner:
        rooms = [one for one, of in facts.asked.items() if of is owner and one in facts.chosen]
        if rooms:
            who = facts.approvers.get(owner, ())
            found.append(
                YesNeeded(
                    key=owner.value,
                    owner=words.gettext(OWNER_NAMES[owner]),
                    rooms=rooms_named(words, [facts.names.get(one, one) for one in rooms]),
                    who=words.gettext("Who agrees: %(names)s", names=", ".join(who)) if who else "",
                    nobody=not who,
                )
            )
    return tuple(found)


def notes(words: Language, asked: Mapping[PointId, Owner]) -> dict[str, str]:
    """Return what is said beside a room once it is chosen."""
    said = {
        owner: words.gettext("needs the yes of: %(owner)s", owner=words.gettext(OWNER_NAMES[owner]))
        for owner in set(asked.values())
    }
    return {str(one): said[owner] for one, owner in asked.items()}


def missing(words: Language, names: Sequence[str]) -> str:
    """Return that chosen points are not there at the hour."""
    return (
        words.gettext("Not there at that hour, so not invited: %(names)s", names=", ".join(names))
        if names
        else ""
    )


def other_day(words: Language, at: datetime) -> str:
    """Return that the points offered are not those of the hour that is entered."""
    return words.gettext("On %(day)s there are other points than these.", day=words.day(at))
