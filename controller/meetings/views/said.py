"""What is said of a meeting in one line: when, who hosts it, its points, its papers."""

from collections.abc import Mapping

from controller.meetings.tables import Meeting
from controller.meetings.views import kinds
from controller.meetings.views.meetings import hours
from controller.web.i18n.language import Language


def line(words: Language, meeting: Meeting, names: Mapping[str, str], count: int, host: str) -> str:
    """Return it.

    Args:
        names: of points, the chair's among them.
        count: how many points are invited.
        host: the name of the unit that hosts it; empty: not known.
    """
    parts = [
        f"{words.day(meeting.begins_at)}, {hours(words, meeting.begins_at, meeting.ends_at)}",
        words.gettext("chair: %(chair)s", chair=names.get(meeting.chair_point_id, "")),
        words.ngettext("%(n)s point", "%(n)s points", count),
    ]
    if kind := kinds.said(words, meeting):
        parts.insert(0, kind)
    if meeting.document_number:
        parts.append(meeting.document_number)
    if host:
        parts.append(words.gettext("host: %(name)s", name=host))
    if meeting.chair_name:
        parts.append(words.gettext("chaired by %(name)s", name=meeting.chair_name))
    if meeting.secretary:
        parts.append(words.gettext("secretary: %(name)s", name=meeting.secretary))
    return " · ".join(parts)
