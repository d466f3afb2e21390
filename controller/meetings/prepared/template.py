"""A template of meetings (mẫu cuộc họp) as a value, and the points it brings."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass

from contracts.floor import FloorMode
from contracts.ids import PointId
from controller.meetings.agenda import AgendaItem
from controller.meetings.kinds import HeldAs, MeetingKind
from controller.meetings.prepared.points import ReadyPoints, SavedGroup, ready
from controller.places.owner import Owner

USUAL_MIN = 90


@dataclass(frozen=True, slots=True)
class SavedTemplate:
    """What meetings of one sort have in common; empty texts say nothing of a meeting.

    `point_ids` are its own, before those of `group_ids`; `minutes` is the length. `host_unit_id`
    empty: the unit of the chair's point.
    """

    template_id: str
    name: str
    title: str = ""
    kind: MeetingKind = MeetingKind.OTHER
    level: int | None = None
    minutes: int = USUAL_MIN
    chair_point_id: str = ""
    secretary: str = ""
    document_number: str = ""
    owner: Owner = Owner.PEOPLE_COMMITTEE
    mode: FloorMode = FloorMode.ONE_MIC
    held_as: HeldAs = HeldAs.ONLINE
    host_unit_id: str = ""
    chair_name: str = ""
    agenda: tuple[AgendaItem, ...] = ()
    point_ids: tuple[PointId, ...] = ()
    group_ids: tuple[str, ...] = ()
    revision: int = 1


def points_of(
    template: SavedTemplate, groups: Mapping[str, SavedGroup], valid: Container[str]
) -> ReadyPoints:
    """Return the points that a template brings: its own, then those of its groups as they are now.

    Args:
        groups: all that there are, by their ids.
        valid: the points that may be invited now.
    """
    own = SavedGroup("", template.name, template.point_ids, template.chair_point_id)
    return ready([own, *(groups[one] for one in template.group_ids if one in groups)], valid)


def of_kind_first(
    templates: Iterable[SavedTemplate], kind: MeetingKind | None
) -> list[SavedTemplate]:
    """Return templates as they stand, those of a type before the others."""
    return sorted(templates, key=lambda one: one.kind is not kind)
