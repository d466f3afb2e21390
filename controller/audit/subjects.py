"""What an entry of the audit log is about: names and links in place of ids."""

from collections.abc import Mapping
from dataclasses import dataclass

from controller.audit.service import Action
from controller.meetings.floor_moves import FloorAction
from controller.roles import Role
from controller.web.i18n.language import N_, Language

_PLACES = frozenset(
    action.value for action in (Action.ENROL, Action.RENEW, Action.REVOKE, Action.MAKE_CODE)
) | {Action.ADD_POINT.value}
_MEETINGS = frozenset(
    action.value
    for action in (
        *(Action.SET_MEETING, Action.CHANGE_MEETING, Action.END_MEETING, Action.CANCEL_MEETING),
        *(Action.PUT_OUT, Action.LET_BACK, Action.MOVE_FLOOR),
    )
)
_DETAILS = {
    FloorAction.GRANT.value: N_("invited to speak"),
    FloorAction.WITHDRAW.value: N_("floor withdrawn"),
    FloorAction.WITHDRAW_ALL.value: N_("every floor withdrawn"),
    FloorAction.MODE.value: N_("mode changed"),
    FloorAction.MUTE.value: N_("microphone turned off"),
    FloorAction.MUTE_ALL.value: N_("all microphones turned off"),
    FloorAction.UNMUTE.value: N_("microphone turned on"),
    FloorAction.UNDO.value: N_("last move undone"),
    Role.VIEWER.value: N_("Viewer"),
    Role.OFFICE.value: N_("Office"),
    Role.ADMIN.value: N_("Administrator"),
}


@dataclass(frozen=True, slots=True)
class SubjectPart:
    """A name, and the page that is about it; `href` empty: there is none."""

    text: str
    href: str = ""


def parts(
    words: Language, action: str, subject: str, detail: str, point_names: Mapping[str, str]
) -> tuple[SubjectPart, ...]:
    """Return an entry's subject and detail for people; an id that nothing has is shown as it is."""
    ids = subject.split() if action in _MEETINGS else [subject]
    found = [_part(action, index, one, point_names) for index, one in enumerate(ids) if one]
    if detail:
        found.append(SubjectPart(words.gettext(_DETAILS[detail]) if detail in _DETAILS else detail))
    return tuple(found)


def _part(action: str, index: int, one: str, point_names: Mapping[str, str]) -> SubjectPart:
    if action in _MEETINGS and index == 0:
        return SubjectPart(one, f"/meetings/{one}")
    if action in _PLACES | _MEETINGS and one in point_names:
        return SubjectPart(point_names[one], f"/points/{one}")
    return SubjectPart(one)
