"""Whatever is written down has words on the page."""

from controller.audit.pages import ACTION_NAMES
from controller.audit.service import Action


def test_every_action_has_a_name() -> None:
    assert set(Action) - set(ACTION_NAMES) == set()
