"""Who leads a meeting: the chair by the invitation, or a deputy in the chair's place."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from controller.meetings.tables import Meeting
from controller.meetings.views.seats import MeetingRoster
from controller.web.elements import Choice
from controller.web.i18n.language import Language


@dataclass(frozen=True, slots=True)
class DeputyView:
    """What the console says and offers. `gone`: that the point of who leads is not in."""

    said: str
    gone: str
    is_handed_over: bool
    may_act: bool
    points: tuple[Choice, ...]


def view(
    words: Language,
    meeting: Meeting,
    roster: MeetingRoster,
    names: Mapping[str, str],
    shut_out: Collection[str] = (),
) -> DeputyView:
    """Return it; points that are in come first in the list, since only these are seen at once.

    Args:
        shut_out: points that cannot be in the meeting; they are not offered.
    """
    may_act = roster.can_act and roster.is_live
    return DeputyView(
        said=leads(words, meeting, names, meeting.deputy_since),
        gone=_gone(words, meeting, roster, names) if may_act else "",
        is_handed_over=meeting.deputy_since is not None,
        may_act=may_act,
        points=_points(words, meeting, roster, shut_out) if may_act else (),
    )


def leads(words: Language, meeting: Meeting, names: Mapping[str, str], at: datetime | None) -> str:
    """Return that a deputy leads, who and since when; empty: the chair does."""
    if at is None or meeting.deputy_since is None:
        return ""
    point = meeting.deputy_point_id or ""
    where = names.get(point, point)
    who = f"{meeting.deputy_name}, {where}" if meeting.deputy_name else where
    return words.gettext("Led by %(who)s since %(time)s", who=who, time=words.time(at))


def _gone(
    words: Language, meeting: Meeting, roster: MeetingRoster, names: Mapping[str, str]
) -> str:
    point = meeting.chairing_point_id
    if roster.attendance is None or point in roster.arrivals():
        return ""
    return words.gettext(
        "%(name)s, from where the meeting is led, is not in. It goes on; hand it over if need be.",
        name=names.get(point, point),
    )


def _points(
    words: Language, meeting: Meeting, roster: MeetingRoster, shut_out: Collection[str]
) -> tuple[Choice, ...]:
    present, chair = roster.arrivals(), meeting.chair_point_id
    # The chair's own point last: who leads there has to be named.
    ordered = sorted(
        (one for one in roster.points if one.point_id not in shut_out),
        key=lambda one: (one.point_id == chair, one.point_id not in present),
    )
    return tuple(
        Choice(
            one.point_id,
            one.name
            if one.point_id in present
            else words.gettext("%(name)s (not in)", name=one.name),
            is_chosen=False,
        )
        for one in ordered
    )
