"""Commands about enrolment."""

from argparse import Namespace
from datetime import UTC, datetime

from controller.answer import Answer
from controller.db.engine import open_engine
from controller.enrolment import pki
from controller.enrolment import service as enrolment
from controller.settings import ControllerSettings


def enrol_code(settings: ControllerSettings, arguments: Namespace) -> Answer:
    """Make an enrolment code."""
    made = enrolment.make_code(
        open_engine(settings.state_database_url, durability="FULL"),
        pki.load_authority(settings.pki_dir),
        arguments.point,
        valid_h=settings.enrolment.code_valid_h,
        actor="command line",
        now=datetime.now(UTC),
    )
    until = made.expires_at.isoformat(timespec="minutes")
    return Answer(
        f"{made.code}\nFor {arguments.point}, once, until {until}.",
        {
            "code": made.code,
            "point_id": arguments.point,
            "expires_at": made.expires_at.isoformat(),
        },
    )
