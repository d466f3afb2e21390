"""The command `diemcau-room`."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from agent.room.doctor import examine
from agent.room.page_wait import wait_for
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
    if parsed.command == "wait":
        wait_for(parsed.url)
        return service.OK
    try:
        found = settings.load(RoomSettings, parsed.config)
        refuse_examples(parsed.config)
    except RuntimeFault as exc:
        return service.explained(exc) or service.FAILED
    if parsed.command == "doctor":
        return _doctor(found)
    logging.configure("diemcau-room", level=found.log.level, form=found.log.form)
    # Imported late: --help and a typo in a file need no codecs (70 MiB).
    from agent.room.service import run as serve

    return service.run(lambda: serve(found))


def _doctor(settings: RoomSettings) -> int:
    findings = examine(settings)
    for finding in findings:
        print(finding)
    return service.OK if all(one.is_well for one in findings) else service.FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="diemcau-room",
        description="The room's screen, picture and sound: joins the point's meetings by itself.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND", dest="command")
    run_parser = commands.add_parser(
        "run",
        help="serve the room until stopped",
        description=(
            "Serves the room's page on http://localhost:8090/ and joins the meetings of the "
            "cached schedule. Exit codes: 0 stopped as asked, 1 failed, 2 configuration."
        ),
    )
    doctor = commands.add_parser(
        "doctor",
        help="say what camera, microphone and screen still need on this machine",
        description="Exit codes: 0 all is well, 1 something is wrong, 2 configuration.",
    )
    for one in (run_parser, doctor):
        one.add_argument(
            "--config",
            type=Path,
            required=True,
            metavar="FILE",
            help="settings, see configs/room.toml",
        )
    wait_parser = commands.add_parser("wait", help="wait until the room's page answers")
    wait_parser.add_argument("url", metavar="URL", help="such as http://localhost:8090")
    return parser
