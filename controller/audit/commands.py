"""The command that shows the audit log."""

from argparse import Namespace
from datetime import UTC, datetime

from controller.answer import CommandAnswer, said
from controller.audit.service import AuditLog
from controller.db.engine import open_engine
from controller.settings import ControllerSettings


def show(settings: ControllerSettings, arguments: Namespace) -> CommandAnswer:
    """Show the newest entries, the oldest of them first."""
    engine = open_engine(settings.state_database_url)
    log = AuditLog(engine, lambda: datetime.now(UTC))
    entries = list(reversed(log.newest(limit=max(1, arguments.last))))
    lines = [
        f"{one.happened_at.isoformat(timespec='seconds')}  {one.outcome:9} {one.action:18} "
        f"{one.actor or '-'}  {one.address or '-'}  {one.subject} {one.detail}".rstrip()
        for one in entries
    ]
    shown = [
        {
            "happened_at": one.happened_at.isoformat(),
            "actor": one.actor,
            "address": one.address,
            "action": one.action,
            "subject": one.subject,
            "outcome": one.outcome,
            "detail": one.detail,
        }
        for one in entries
    ]
    return CommandAnswer(
        "\n".join(lines) or said("Chưa ghi gì.", "Nothing has been written down yet."),
        {"entries": shown},
    )
