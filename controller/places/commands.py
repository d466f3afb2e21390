"""Commands about units and points."""

from argparse import Namespace
from dataclasses import asdict
from datetime import UTC, datetime

from controller.answer import Answer
from controller.db.engine import open_engine
from controller.errors import InstallationError
from controller.places import service as places
from controller.settings import ControllerSettings


def import_places(settings: ControllerSettings, arguments: Namespace) -> Answer:
    """Take over a file of units and points."""
    try:
        text = arguments.file.read_text(encoding="utf-8")
    except UnicodeDecodeError as exc:
        raise InstallationError(f"{arguments.file} is not UTF-8", "save it as UTF-8") from exc
    engine = open_engine(settings.state_database_url, durability="FULL")
    done = places.import_file(engine, text, now=datetime.now(UTC))
    return Answer(
        f"Units: {done.units_added} added, {done.units_changed} known. "
        f"Points: {done.points_added} added, {done.points_changed} known.",
        dict(asdict(done)),
    )
