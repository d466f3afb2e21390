"""diemcau-agent: enrol this machine, run its health agent, show how it is doing, ask devices."""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from agent.errors import (
    EXIT_FAILED,
    EXIT_NOT_ENROLLED,
    EXIT_USAGE,
    AgentError,
    AlreadyEnrolled,
    EnrolmentError,
    IdentityUnreadable,
    NotEnrolled,
    ProbeFailed,
)
from agent.health import probe_arguments
from agent.point.identity import PointFolder
from runtime import command_line, lean
from runtime.command_line import CommandParser, Commands, both
from runtime.errors import SettingsError
from runtime.os_fault import sentences

MAX_CODE_CHARS = 200
DEFAULT_DATA_DIR = Path("/var/lib/diemcau-point")

EXIT_CODES = command_line.exit_codes(
    *command_line.USUAL,
    command_line.NOT_ENROLLED,
    (4, "trung tâm từ chối: mã sai, đã dùng hoặc hết hạn",
     "the controller refused: wrong, used or expired code"),
    (5, "bên trả lời không phải hệ thống đã cấp mã",
     "whoever answers is not the installation the code is from"),
)  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code."""
    parsed = _parser().parse_args(arguments)
    try:
        match parsed.command:
            case "enrol":
                return _enrol(parsed)
            case "status":
                return _status(parsed)
            case "probe":
                return _probe(parsed)
            case _:
                return _run(parsed)
    except (NotEnrolled, IdentityUnreadable) as exc:
        return _failed(exc, EXIT_NOT_ENROLLED)
    except SettingsError as exc:
        return _failed(exc, EXIT_USAGE, "cấu hình / configuration: ")
    except AgentError as exc:
        return _failed(exc, EXIT_FAILED)


def _run(parsed: argparse.Namespace) -> int:
    lean.leave_out_optional()
    lean.tune_allocator()
    # Only now: what these import depends on what was left out.
    from agent.health import run_state
    from agent.health.service import AgentService
    from agent.health.settings import AgentSettings
    from monitoring.collectors.registry import known_sections
    from runtime import logging, service, settings
    from runtime.examples import refuse_examples

    loaded = settings.load(AgentSettings, parsed.config)
    refuse_examples(parsed.config)
    for name in loaded.section_interval_s.keys() - known_sections():
        known = ", ".join(sorted(known_sections()))
        raise SettingsError(
            parsed.config, f"section_interval_s.{name}", f"expected one of {known}",
            vietnamese="không có mục đo này",
        )  # fmt: skip
    folder = PointFolder(loaded.data_dir)
    identity = folder.identity()
    logging.configure("diemcau-agent", level=loaded.log.level, form=loaded.log.form)
    claimed = run_state.claim(folder.root)
    try:
        return service.run(lambda: AgentService(loaded, identity, folder).run())
    finally:
        os.close(claimed)


def _enrol(parsed: argparse.Namespace) -> int:
    from agent.enrolment.enrol import enrol

    folder = PointFolder(_data_dir(parsed))
    try:
        code = _code(parsed)
        identity = enrol(parsed.controller, code, folder, is_replacing=parsed.replace)
    except EnrolmentError as exc:
        return _refused(exc, is_json=parsed.json)
    except AlreadyEnrolled as exc:
        return _failed(exc, EXIT_USAGE)
    except OSError as exc:
        return _failed(sentences(exc), EXIT_FAILED)
    if parsed.json:
        print(json.dumps({"point_id": identity.point_id, "name": identity.name}))
    else:
        print(f"Đã ghi danh: {identity.name} ({identity.point_id}).")
        print(f"Enrolled as {identity.name} ({identity.point_id}) in {folder.root}.")
    return 0


def _code(parsed: argparse.Namespace) -> str:
    """Return the code: from a file, from standard input, or asked for where a person sits."""
    if parsed.code_file is not None:
        return str(parsed.code_file.read_text("utf-8-sig", "replace")[:MAX_CODE_CHARS]).strip()
    if parsed.code not in (None, "-"):
        return str(parsed.code)
    if sys.stdin.isatty():
        sys.stderr.write("Mã ghi danh / enrolment code: ")
        sys.stderr.flush()
    return sys.stdin.readline(MAX_CODE_CHARS).strip()


def _status(parsed: argparse.Namespace) -> int:
    from agent.health.status import as_json, read_status
    from agent.health.status_words import as_text

    status = read_status(PointFolder(_data_dir(parsed)))
    print(as_json(status) if parsed.json else as_text(status))
    return 0


def _probe(parsed: argparse.Namespace) -> int:
    try:
        print(_probed(parsed))
    except ProbeFailed as exc:
        return _refused(exc, is_json=parsed.json)
    return 0


def _probed(parsed: argparse.Namespace) -> str:
    if parsed.kind == "trace":
        from agent.health.probe_trace import probe_trace

        return probe_trace(parsed)
    from agent.health.probe import probe_snmp

    return probe_snmp(parsed)


def _data_dir(parsed: argparse.Namespace) -> Path:
    if parsed.config is None:
        return Path(parsed.data_dir)
    from agent.health.settings import AgentSettings
    from runtime import settings

    return settings.load(AgentSettings, parsed.config).data_dir


def _refused(exc: EnrolmentError | ProbeFailed, *, is_json: bool) -> int:
    if is_json:
        error = {"code": exc.code, "message_vi": exc.message_vi, "message_en": exc.message_en}
        print(json.dumps({"error": error}, ensure_ascii=False))
    else:
        sys.stderr.write(f"{exc}\n")
    return exc.exit_code


def _failed(exc: Exception | str, code: int, prefix: str = "") -> int:
    sys.stderr.write(f"{prefix}{exc}\n")
    return code


def _parser() -> CommandParser:
    parser = CommandParser(
        prog="diemcau-agent",
        description="Ghi danh máy này, chạy trình theo dõi, xem tình trạng, hỏi thiết bị.\n"
        "Enrol this machine, run its health agent, show how it is doing, ask devices.",
        epilog=EXIT_CODES,
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    enrol = _add_enrol(commands)
    run = commands.add_parser("run", help=both("chạy trình theo dõi", "run the health agent"))
    run.add_config("agent.toml")
    status = commands.add_parser(
        "status",
        help=both(
            "xem điểm cầu này ra sao, dù trình theo dõi đang chạy hay không",
            "show how this point is doing, whether or not the agent runs",
        ),
    )
    probe_arguments.add_to(commands, EXIT_CODES)
    for command in (enrol, status):
        where = command.add_mutually_exclusive_group()
        where.add_argument(
            "--data-dir", type=Path, default=DEFAULT_DATA_DIR, metavar="FOLDER",
            help=both("thư mục của điểm cầu (%(default)s)", "the point's folder (%(default)s)"),
        )  # fmt: skip
        where.add_argument(
            "--config", type=Path, metavar="FILE",
            help=both("lấy data_dir từ tệp này", "take data_dir from it"),
        )  # fmt: skip
        command.add_argument("--json", action="store_true", help=probe_arguments.FOR_PROGRAMS)
    return parser


def _add_enrol(commands: Commands) -> CommandParser:
    enrol = commands.add_parser(
        "enrol",
        help=both("biến máy này thành điểm cầu", "make this machine a point"),
        description="Biến máy này thành điểm cầu của một hệ thống. Khóa được tạo tại đây.\n"
        "Make this machine a point of an installation. The key is made here.",
    )
    enrol.add_argument(
        "--controller", required=True, metavar="URL",
        help=both("địa chỉ trung tâm, https://tên[:cổng]", "the centre, https://host[:port]"),
    )  # fmt: skip
    code = enrol.add_mutually_exclusive_group()
    code.add_argument(
        "--code",
        help=both(
            "XXXX-XXXX-XXXX-XXXX-XXXX-XXXX-XXXX; - để đọc từ đầu vào chuẩn. Không có thì được hỏi, "
            "và mã không hiện trong danh sách tiến trình",
            "- reads it from standard input. Without it the code is asked for, and stands in no "
            "list of processes",
        ),
    )
    code.add_argument(
        "--code-file", type=Path, metavar="FILE",
        help=both("đọc mã từ tệp", "read the code from a file"),
    )  # fmt: skip
    enrol.add_argument(
        "--replace", action="store_true",
        help=both("kể cả khi máy đã là điểm cầu", "even if it already is one"),
    )  # fmt: skip
    return enrol
