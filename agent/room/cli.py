"""The command `diemcau-room`."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from agent.room.doctor import examine
from agent.room.gstreamer.secret import SecretUnusable, read_secret
from agent.room.onvif import listing, search
from agent.room.onvif.messages import CameraAccount
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
    if parsed.command == "cameras":
        if parsed.user and not parsed.address:
            _parser().error("name the addresses of the cameras that the account is for")
        return _cameras(parsed.wait, parsed.address, parsed.user, parsed.password_file)
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


def _cameras(wait_s: float, hosts: Sequence[str], user: str, password_file: Path | None) -> int:
    try:
        account = CameraAccount(user, read_secret(password_file)) if user else None
        cameras = [search.named(host) for host in hosts] or search.look(wait_s)
    except (SecretUnusable, OSError) as exc:
        print(exc, file=sys.stderr)
        return service.FAILED
    for line in listing.lines(cameras, account):
        print(line, flush=True)
    return service.OK if cameras else service.FAILED


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
    _cameras_parser(
        commands.add_parser(
            "cameras",
            help=(
                "look for ONVIF cameras in the LAN, and ask them for the addresses of their streams"
            ),
            description="Exit codes: 0 some were found, 1 none, or the file is not to be used.",
        )
    )
    wait_parser = commands.add_parser("wait", help="wait until the room's page answers")
    wait_parser.add_argument("url", metavar="URL", help="such as http://localhost:8090")
    return parser


def _cameras_parser(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "address", nargs="*", help="ask these and look for no others; with --user these alone"
    )
    parser.add_argument("--user", default="", help="by whom cameras are asked")
    parser.add_argument(
        "--password-file",
        type=Path,
        metavar="FILE",
        help="holds the password alone, readable by its owner only",
    )
    parser.add_argument("--wait", type=float, default=4.0, metavar="S", help="for answers (4)")
