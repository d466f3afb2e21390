"""Commands about units and points."""

from argparse import Namespace
from dataclasses import asdict
from datetime import UTC, datetime

from controller import rights
from controller.answer import CommandAnswer, said
from controller.audit.service import COMMAND_LINE, Action, AuditLog
from controller.db.engine import open_engine
from controller.places import service as places
from controller.settings import ControllerSettings


def import_places(settings: ControllerSettings, arguments: Namespace) -> CommandAnswer:
    """Take over a file of units and points."""
    content = arguments.file.read_bytes()
    rights.become_owner(settings.data_dir)
    engine = open_engine(settings.state_database_url, durability="FULL")
    done = places.import_file(engine, content, now=datetime.now(UTC), actor=COMMAND_LINE)
    AuditLog(engine, lambda: datetime.now(UTC)).note(
        Action.IMPORT_PLACES,
        actor=COMMAND_LINE,
        subject=arguments.file.name,
        detail=f"+{done.units_added} đơn vị (units), +{done.points_added} điểm cầu (points)",
    )
    return CommandAnswer(
        said(
            f"Đơn vị: thêm {done.units_added}, đã có {done.units_changed}. "
            f"Điểm cầu: thêm {done.points_added}, đã có {done.points_changed}. "
            f"Đọc theo {done.read_as}.",
            f"Units: {done.units_added} added, {done.units_changed} known. "
            f"Points: {done.points_added} added, {done.points_changed} known. "
            f"Read as {done.read_as}.",
        ),
        dict(asdict(done)),
    )
