"""The command `diemcau-room`."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from agent.room.settings import RoomSettings
from runtime import logging, service, settings
from runtime.errors import RuntimeFault
from runtime.examples import refuse_examples


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command; exits with its code."""
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code: 0 ended as asked, 1 failed, 2 configuration."""
    parsed = _parser().parse_args(arguments)
    try:
        found = settings.load(RoomSettings, parsed.config)
        refuse_examples(parsed.config)
    except RuntimeFault as exc:
        return service.explained(exc) or service.FAILED
    logging.configure("diemcau-room", level=found.log.level, form=found.log.form)
    # Imported late: --help and a typo in a file need no codecs (70 MiB).
    from agent.room.service import run as serve

    return service.run(lambda: serve(found))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="diemcau-room",
        description="The room's screen, picture and sound: joins the point's meetings by itself.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    run_parser = commands.add_parser(
        "run",
        help="serve the room until stopped",
        description=(
            "Serves the room's page on http://localhost:8090/ and joins the meetings of the "
            "cached schedule. Exit codes: 0 stopped as asked, 1 failed, 2 configuration."
        ),
    )
    run_parser.add_argument(
        "--config",
        type=Path,
        required=True,
        metavar="FILE",
        help="settings, see configs/room.toml",
    )
    return parser
