"""States as a person sees them: shape, word and colour together, never colour alone."""

from enum import Enum

from contracts.reports import DeviceState
from controller.web.elements import Badge
from controller.web.i18n.language import N_, Language


class PointState(Enum):
    """How a point is, worst first."""

    DOWN = "down"
    DEGRADED = "degraded"
    UNKNOWN = "unknown"
    NOT_ENROLLED = "not_enrolled"
    EXCLUDED = "excluded"
    UP = "up"


_SHAPES = {
    PointState.UP: ("up", N_("Up")),
    PointState.DEGRADED: ("degraded", N_("Degraded")),
    PointState.DOWN: ("down", N_("Down")),
    PointState.UNKNOWN: ("unknown", N_("Unknown")),
    PointState.EXCLUDED: ("excluded", N_("Maintenance, excluded")),
    PointState.NOT_ENROLLED: ("unknown", N_("Not enrolled yet")),
}


def of_point(state: PointState, words: Language) -> Badge:
    """Return a point's badge."""
    shape, word = _SHAPES[state]
    return Badge(shape, f"state-{shape}", words.gettext(word))


def worth_a_look(words: Language) -> Badge:
    """Return the badge of a point that is up and has something minor."""
    return Badge("at-risk", "state-at-risk", words.gettext("Up, worth a look"))


def rank(state: PointState) -> int:
    """Return the order in which points need a person: 0 first."""
    return list(PointState).index(state)


def of_device(words: Language, state: DeviceState) -> str:
    """Return how a room's camera or microphone is, by name where it has one."""
    said = {
        "closed": words.gettext("closed"),
        "open": words.gettext("open"),
        "missing": words.gettext("not plugged in"),
        "busy": words.gettext("used by another program"),
        "refused": words.gettext("not allowed by the browser's policy"),
        "failed": words.gettext("does not open"),
        "unreachable": words.gettext("cannot be reached in the network"),
        "wrong_password": words.gettext("does not take the user name or password"),
    }[state.state]
    return f"{said}: {state.name}" if state.name else said
