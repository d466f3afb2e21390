"""The command `diemcau-room`."""

import sys
from collections.abc import Sequence
from pathlib import Path

from agent.room.doctor import examine
from agent.room.gstreamer.secret import SecretUnusable, read_secret
from agent.room.gstreamer.stage_out import stage_session
from agent.room.hand_press import press
from agent.room.onvif import listing, search
from agent.room.onvif.messages import CameraAccount
from agent.room.page_wait import wait_for
from agent.room.settings import RoomSettings
from runtime import command_line, logging, service, settings
from runtime.command_line import CommandParser, both
from runtime.errors import RuntimeFault
from runtime.examples import refuse_examples
from runtime.os_fault import sentences

EXIT_CODES = command_line.exit_codes(
    command_line.DONE,
    (1, "thất bại, còn điều chưa ổn, hoặc không thấy camera nào",
     "failed, something is wrong, or no camera was found"),
    command_line.UNUSABLE,
)  # fmt: skip
NO_ADDRESS = both(
    "ghi địa chỉ các camera mà tài khoản này dùng cho",
    "name the addresses of the cameras that the account is for",
)


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
            _parser().error(NO_ADDRESS)
        return _cameras(parsed.wait, parsed.address, parsed.user, parsed.password_file)
    try:
        found = settings.load(RoomSettings, parsed.config)
        refuse_examples(parsed.config)
    except RuntimeFault as exc:
        return service.explained(exc) or service.FAILED
    if parsed.command == "doctor":
        return _doctor(found)
    if parsed.command == "stage-sdp":
        return _stage_sdp(found)
    if parsed.command == "hand":
        return _hand(found, is_up=parsed.wish == "up")
    logging.configure("diemcau-room", level=found.log.level, form=found.log.form)
    # Imported late: --help and a typo in a file need no codecs (70 MiB).
    from agent.room.service import run as serve

    return service.run(lambda: serve(found))


def _doctor(settings: RoomSettings) -> int:
    findings = examine(settings)
    for finding in findings:
        print(finding)
    return service.OK if all(one.is_well for one in findings) else service.FAILED


def _stage_sdp(settings: RoomSettings) -> int:
    if settings.stage_out.kind != "rtp":
        print(both('[stage_out] kind không phải "rtp"', '[stage_out] kind is not "rtp"'),
              file=sys.stderr)  # fmt: skip
        return service.FAILED
    sys.stdout.write(stage_session(settings.stage_out))
    return service.OK


def _hand(settings: RoomSettings, *, is_up: bool) -> int:
    refused = press(settings.kiosk.host, settings.kiosk.port, is_up=is_up)
    print(refused or both("đã gửi", "sent"), file=sys.stderr if refused else sys.stdout)
    return service.FAILED if refused else service.OK


def _cameras(wait_s: float, hosts: Sequence[str], user: str, password_file: Path | None) -> int:
    try:
        account = CameraAccount(user, read_secret(password_file)) if user else None
        cameras = [search.named(host) for host in hosts] or search.look(wait_s)
    except (SecretUnusable, OSError) as exc:
        print(sentences(exc) if isinstance(exc, OSError) else exc, file=sys.stderr)
        return service.FAILED
    for line in listing.lines(cameras, account):
        print(line, flush=True)
    return service.OK if cameras else service.FAILED


def _parser() -> CommandParser:
    parser = CommandParser(
        prog="diemcau-room",
        description="Màn hình, hình và tiếng của phòng: tự vào các cuộc họp của điểm cầu.\n"
        "The room's screen, picture and sound: joins the point's meetings by itself.",
        epilog=EXIT_CODES,
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND", dest="command")
    run_parser = commands.add_parser(
        "run",
        help=both("phục vụ phòng họp cho tới khi bị dừng", "serve the room until stopped"),
        description="Phục vụ trang của phòng ở http://localhost:8090/ và vào các cuộc họp trong "
        "lịch đã lưu.\nServes the room's page on http://localhost:8090/ and joins the meetings of "
        "the cached schedule.",
    )
    doctor = commands.add_parser(
        "doctor",
        help=both(
            "cho biết camera, micro và màn hình của máy này còn thiếu gì",
            "say what camera, microphone and screen still need on this machine",
        ),
    )
    hand = commands.add_parser(
        "hand",
        help=both(
            "xin phát biểu thay cho phòng, hoặc thôi xin: cho phòng không có trang",
            "ask for the floor for the room, or ask no more: for rooms without a page",
        ),
    )
    hand.add_argument(
        "wish",
        choices=("up", "down"),
        help=both("up: xin phát biểu; down: rút lại", "up: ask for the floor; down: take it back"),
    )
    sdp = commands.add_parser(
        "stage-sdp",
        help=both(
            "in tệp SDP cho bên nhận hình và tiếng của [stage_out]",
            "print the SDP file for whoever takes what [stage_out] sends",
        ),
    )
    for one in (run_parser, doctor, hand, sdp):
        one.add_config("room.toml")
    _cameras_parser(
        commands.add_parser(
            "cameras",
            help=both(
                "tìm camera ONVIF trong mạng LAN và hỏi địa chỉ luồng hình",
                "look for ONVIF cameras in the LAN, and ask for the addresses of their streams",
            ),
        )
    )
    wait_parser = commands.add_parser(
        "wait", help=both("chờ trang của phòng trả lời", "wait until the room's page answers")
    )
    wait_parser.add_argument(
        "url", metavar="URL",
        help=both("như http://localhost:8090", "such as http://localhost:8090"),
    )  # fmt: skip
    return parser


def _cameras_parser(parser: CommandParser) -> None:
    parser.add_argument(
        "address", nargs="*",
        help=both(
            "chỉ hỏi các địa chỉ này, không tìm thêm; bắt buộc khi có --user",
            "ask these and look for no others; with --user these alone",
        ),
    )  # fmt: skip
    parser.add_argument(
        "--user", default="", help=both("tài khoản để hỏi camera", "by whom cameras are asked")
    )
    parser.add_argument(
        "--password-file", type=Path, metavar="FILE",
        help=both(
            "tệp chỉ chứa mật khẩu, chỉ chủ tệp đọc được",
            "holds the password alone, readable by its owner only",
        ),
    )  # fmt: skip
    parser.add_argument(
        "--wait", type=float, default=4.0, metavar="S",
        help=both("chờ trả lời bao nhiêu giây (4)", "for answers (4)"),
    )  # fmt: skip
