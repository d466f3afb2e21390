"""diemcau-recorder: the command line."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from media.errors import BrokenRecording
from media.recorder import conversion, folders, service
from media.recorder.settings import RecorderSettings
from runtime import command_line, logging, settings
from runtime.command_line import CommandParser, both
from runtime.errors import RuntimeFault
from runtime.examples import refuse_examples
from runtime.os_fault import sentences
from runtime.service import FAILED, OK, explained
from runtime.service import run as run_until_signalled

# The pages' process reads what is written here, by its group; nobody else does.
UMASK = 0o027


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code (0 ended, 1 failed, 2 bad configuration)."""
    given = _parser().parse_args(arguments)
    try:
        loaded = settings.load(RecorderSettings, given.config)
        refuse_examples(given.config)
    except RuntimeFault as exc:
        return explained(exc) or 2
    os.umask(UMASK)
    if given.command == "list":
        return _list(loaded)
    if given.command == "convert":
        return _convert(given.folder, loaded)
    logging.configure("recorder", level=loaded.log.level, form=loaded.log.form)
    return run_until_signalled(lambda: service.run(loaded, given.config))


def _parser() -> CommandParser:
    parser = CommandParser(
        prog="diemcau-recorder",
        description="Ghi các cuộc họp được đặt ghi, và tạo tệp để giao.\n"
        "Records meetings that are set to be recorded, and makes files to hand out.",
        epilog=command_line.exit_codes(*command_line.USUAL),
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    run = commands.add_parser(
        "run", help=both("chạy máy ghi cho tới khi bị dừng", "run the recorder until it is stopped")
    )
    listing = commands.add_parser(
        "list",
        help=both(
            "xem các bản ghi và việc xử lý chúng", "list the recordings and what becomes of them"
        ),
    )
    convert = commands.add_parser(
        "convert",
        help=both(
            "làm xong một bản ghi và tạo lại MP4", "complete one recording and make its MP4 anew"
        ),
    )
    for command in (run, listing, convert):
        command.add_config("recorder.toml")
    convert.add_argument(
        "folder", type=Path,
        help=both("thư mục của bản ghi, DATA_DIR/MEETING/RUN", "the recording's folder"),
    )  # fmt: skip
    return parser


def _list(loaded: RecorderSettings) -> int:
    for facts in folders.every(loaded.data_dir):
        share = f"{facts.progress_ratio:4.0%}"
        print(facts.meeting_id, facts.run, facts.phase.value, share, facts.title, sep="\t")
    return OK


def _convert(folder: Path, loaded: RecorderSettings) -> int:
    try:
        conversion.run_here(folder, loaded.handout)
    except (BrokenRecording, OSError) as exc:
        sys.stderr.write(f"{sentences(exc) if isinstance(exc, OSError) else exc}\n")
        return FAILED
    return OK
