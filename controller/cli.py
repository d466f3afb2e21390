"""The centre's command line: what is typed, and how the answer is shown."""

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path

from controller import addressing, commands, relay_kit, relay_workers, rights
from controller.answer import CommandAnswer
from controller.audit import commands as audit
from controller.carriers import commands as carriers
from controller.carriers.contract_file import COLUMNS as CONTRACT_COLUMNS
from controller.enrolment import commands as enrolment
from controller.health import commands as health
from controller.people import commands as people
from controller.places import commands as places
from controller.roles import Role
from controller.settings import ControllerSettings
from controller.thresholds import commands as thresholds
from runtime import command_line, os_fault, service
from runtime.command_line import CommandParser, Commands, both
from runtime.errors import RuntimeFault
from runtime.examples import refuse_examples
from runtime.settings import load

DEFAULT_CONFIG = Path("/etc/diemcau/controller.toml")
DEFAULT_FOLDER = Path("/etc/diemcau")
EXIT_CODES = command_line.exit_codes(*command_line.USUAL)

FILE_FORM = both(
    "bảng lưu dạng CSV hoặc văn bản (UTF-8, UTF-16 hoặc windows-1258; dấu phẩy, chấm phẩy hoặc "
    "tab) với các cột what (unit hoặc point), unit_id, parent_id, point_id, number, name, kind, "
    "owner (people_committee, party hoặc council) và position (xếp trước thứ tự chữ cái), mỗi dòng "
    'chỉ điền những cột cần; hoặc JSON {"units": [...], "points": [...]} cùng tên. Nhận cả tệp '
    "hoặc không nhận gì",
    "a table saved as CSV or text (UTF-8, UTF-16 or windows-1258; comma, semicolon or tab) with "
    "the columns what (unit or point), unit_id, parent_id, point_id, number, name, kind, owner "
    "(people_committee, party or council) and position (before the alphabet), of which a row "
    'fills those it needs; or JSON {"units": [...], "points": [...]} with the same names. Taken '
    "over as a whole or not at all",
)

_POINT = both("mã điểm cầu", "the point's id")
_SHOWN_NAME = both("tên hiển thị", "the name others see")

Command = Callable[[ControllerSettings, argparse.Namespace], "CommandAnswer | int"]


# Run by root they stay root: they hand out rights, or open files that only root may.
_AS_ROOT = (
    addressing.set_address,
    commands.init,
    commands.backup_to,
    commands.restore_from,
    relay_workers.set_workers,
    relay_kit.write_kit,
    places.import_places,
    carriers.import_contracts,
)


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return its exit code."""
    parsed = _parser().parse_args(arguments)
    try:
        settings = load(ControllerSettings, parsed.config)
        if parsed.command is not addressing.set_address:
            refuse_examples(parsed.config)
        if parsed.command not in _AS_ROOT:
            rights.become_owner(settings.data_dir)
        answer = parsed.command(settings, parsed)
    except RuntimeFault as exc:
        code = service.explained(exc)
        return service.FAILED if code is None else code
    except OSError as exc:
        sys.stderr.write(f"{os_fault.sentences(exc)}\n")
        return service.FAILED
    if isinstance(answer, int):
        return answer
    print(json.dumps(answer.data, ensure_ascii=False) if parsed.json else answer.text)
    return service.OK


def _parser() -> CommandParser:
    parser = CommandParser(
        prog="diemcau-controller",
        description="Trung tâm: trang web, API, lịch và điều khiển cuộc họp, nhận báo cáo.\n"
        "The centre: pages, API, schedule and floor of meetings, intake of reports.",
        epilog=EXIT_CODES,
    )
    names = parser.add_subparsers(required=True, metavar="COMMAND")
    _add(
        names, "init", commands.init,
        "tạo thư mục dữ liệu: khóa, cơ sở dữ liệu, tệp của broker",
        "make the data folder: keys, databases, broker's files",
    )  # fmt: skip
    _add_address(names)
    _add_relays(names)
    for one in _PROCESSES:
        _add(names, *one)
    _add_user(names)
    code = _add(
        names, "enrol-code", enrolment.enrol_code,
        "tạo mã ghi danh cho một điểm cầu, dùng một lần",
        "make a code that enrols a point, once",
    )  # fmt: skip
    code.add_argument("point", help=_POINT)
    shown = _add(
        names, "audit", audit.show,
        "xem nhật ký: ai đã làm gì, từ đâu, kết quả thế nào",
        "show who did what, from where, and how it ended",
    )  # fmt: skip
    shown.add_argument(
        "--last", type=int, default=100, help=both("số mục (100)", "how many entries (100)")
    )
    _add_thresholds(names)
    _add_evidence(names)
    _add_imports(names)
    _add_export(names)
    _add_backups(names)
    return parser


def _add(names: Commands, name: str, command: Command, vi: str, en: str) -> CommandParser:
    parser = names.add_parser(
        name,
        help=both(vi, en),
        description="\n".join(f"{one[0].upper()}{one[1:]}." for one in (vi, en)),
    )
    parser.add_argument(
        "--config", type=Path, default=DEFAULT_CONFIG,
        help=both(f"tệp TOML (mặc định {DEFAULT_CONFIG})", f"TOML file (default {DEFAULT_CONFIG})"),
    )  # fmt: skip
    parser.add_argument(
        "--json", action="store_true",
        help=both("trả lời bằng một dòng JSON", "answer as one line of JSON"),
    )  # fmt: skip
    parser.set_defaults(command=command)
    return parser


def _group(names: Commands, name: str, vi: str, en: str) -> Commands:
    """Add a command that has commands of its own."""
    group = names.add_parser(name, help=both(vi, en))
    return group.add_subparsers(required=True, metavar="ACTION")


_PROCESSES: tuple[tuple[str, Command, str, str], ...] = (
    ("renew", commands.renew, "gia hạn chứng thư sắp hết hạn; chạy mỗi ngày một lần",
     "renew certificates that end soon; run once a day"),
    ("migrate", commands.migrate, "nâng hai cơ sở dữ liệu lên dạng mới nhất",
     "bring both databases to the newest form"),
    ("broker-config", commands.broker_config, "ghi mosquitto.conf và danh sách quyền của broker",
     "write mosquitto.conf and its access list"),
    ("web", commands.web, "chạy tiến trình trang web", "run the web process"),
    ("enrolment", commands.enrolment, "chạy tiến trình cấp chứng thư",
     "run the process that gives certificates"),
    ("ingest", commands.ingest, "chạy tiến trình nhận báo cáo",
     "run the process that takes in reports"),
    ("run", commands.run, "chạy ba tiến trình này; một tiến trình dừng thì dừng cả, với mã 1",
     "run these three; ends, with 1, when one does"),
)  # fmt: skip


_BRANCH = both("đơn vị phụ trách, lặp lại được", "a unit they are bounded to, repeatable")


def _add_user(names: Commands) -> None:
    actions = _group(names, "user", "người đăng nhập", "people who sign in")
    add = _add(actions, "add", people.user_add, "thêm một người", "add a person")
    add.add_argument("name", help=both("tên đăng nhập", "the name to sign in with"))
    add.add_argument(
        "--role", choices=[role.value for role in Role], default=Role.VIEWER.value,
        help=both("quyền (mặc định %(default)s)", "what they may do (default %(default)s)"),
    )  # fmt: skip
    add.add_argument("--display-name", default="", help=_SHOWN_NAME)
    add.add_argument("--branch", metavar="UNIT", action="append", default=[], help=_BRANCH)
    _add(
        actions, "list", people.user_list,
        "xem mọi người và ai đang đăng nhập", "show everybody, and who is signed in",
    )  # fmt: skip
    disable = _add(
        actions, "disable", people.user_disable,
        "không cho một người đăng nhập nữa; mọi phiên của người ấy kết thúc",
        "let a person sign in no more; all of theirs ends",
    )  # fmt: skip
    enable = _add(
        actions, "enable", people.user_enable,
        "cho một người đăng nhập lại", "let a person sign in again",
    )  # fmt: skip
    change = _add(
        actions, "change", people.user_change,
        "đổi quyền hoặc tên hiển thị của một người", "change a person's role or displayed name",
    )  # fmt: skip
    change.add_argument(
        "--role", choices=[role.value for role in Role], help=both("quyền mới", "the new role")
    )
    change.add_argument("--display-name", help=_SHOWN_NAME)
    bounds = change.add_mutually_exclusive_group()
    bounds.add_argument("--branch", metavar="UNIT", action="append", help=_BRANCH)
    whole = both("phụ trách toàn tỉnh", "to be bounded to no unit")
    bounds.add_argument("--whole-province", action="store_true", help=whole)
    password = _add(
        actions, "password", people.user_password,
        "đặt mật khẩu mới cho một người", "give a person a new password",
    )  # fmt: skip
    for command in (disable, enable, change, password):
        command.add_argument("name", help=both("tên đăng nhập", "the name they sign in with"))
    for command in (add, password):
        command.add_argument(
            "--password-stdin", action="store_true",
            help=both(
                "đọc mật khẩu từ đầu vào chuẩn; không có thì tự tạo và in ra",
                "read the password from standard input; else one is made up and shown",
            ),
        )  # fmt: skip


def _add_address(names: Commands) -> None:
    address = _add(
        names, "address", addressing.set_address,
        "khai tên và địa chỉ mà điểm cầu và trình duyệt dùng để tới trung tâm này",
        "say under which name and addresses points and browsers reach this centre",
    )  # fmt: skip
    address.add_argument(
        "addresses", metavar="NAME[,IP…]",
        help=both("tên đứng trước, nếu có", "the name first, if there is one"),
    )  # fmt: skip
    for name in ("relay", "reflector"):
        default = DEFAULT_FOLDER / f"{name}.toml"
        address.add_argument(
            f"--{name}-config", type=Path, default=default,
            help=both(
                f"tệp TOML của {name} trên máy này (mặc định {default})",
                f"TOML file of the {name} on this machine (default {default})",
            ),
        )  # fmt: skip


def _add_relays(names: Commands) -> None:
    workers = _add(
        names, "relay-workers", relay_workers.set_workers,
        "thêm các relay phụ cạnh relay thứ nhất và ghi tệp của chúng; sau đó chạy init",
        "list workers beside the first relay and write their files; then run init",
    )  # fmt: skip
    workers.add_argument(
        "count", type=int,
        help=both("số relay phụ cạnh relay thứ nhất", "how many beside the first relay"),
    )  # fmt: skip
    kit = _add(
        names, "relay-kit", relay_kit.write_kit,
        "ghi vào một tệp những gì relay đặt ở nơi khác cần",
        "write what a relay at a second site needs into one file",
    )  # fmt: skip
    kit.add_argument(
        "relay",
        help=both("mã relay, như trong controller.toml", "its id, as listed in controller.toml"),
    )
    kit.add_argument(
        "file", type=Path,
        help=both("tệp ghi ra, có khóa của relay", "the file to write; it holds the relay's key"),
    )  # fmt: skip
    revoke = _add(
        names, "relay-revoke", enrolment.revoke_relay,
        "thu hồi chứng thư của một relay: bị mất, bỏ không dùng, hoặc trước khi cấp chứng thư khác",
        "take a relay's certificate back: stolen, given up, or before it gets another",
    )  # fmt: skip
    revoke.add_argument("relay", help=both("mã relay", "its id"))
    default = DEFAULT_FOLDER / "relay.toml"
    for command in (workers, kit):
        command.add_argument(
            "--relay-config", type=Path, default=default,
            help=both(
                f"tệp TOML của relay trên máy này, dùng làm mẫu (mặc định {default})",
                f"TOML file of the relay on this machine, taken as the model (default {default})",
            ),
        )  # fmt: skip


def _add_thresholds(names: Commands) -> None:
    actions = _group(names, "thresholds", "ngưỡng cảnh báo", "thresholds")
    show = _add(
        actions, "show", thresholds.show,
        "xem ngưỡng đang dùng và các mẫu", "show the thresholds that hold, and the templates",
    )  # fmt: skip
    show.add_argument("--point", default="", help=_POINT)
    put = _add(
        actions, "set", thresholds.set_them,
        "đặt ngưỡng, dùng ngay không cần khởi động lại",
        "set thresholds; they hold within seconds",
    )  # fmt: skip
    units = thresholds.UNITS.replace("%", "%%")
    put.add_argument(
        "values", nargs="+", metavar="NAME=VALUE",
        help=both(
            "theo đơn vị như trên trang, để trống để bỏ",
            f"as typed in the page; empty takes it back: {units}",
        ),
    )  # fmt: skip
    put.add_argument("--template", default="", help=both("tên mẫu ngưỡng", "a template's name"))
    put.add_argument("--reason", required=True, help=both("lý do, để người sau biết", "why"))


def _add_evidence(names: Commands) -> None:
    evidence = _add(
        names, "evidence", carriers.evidence,
        "ghi bằng chứng một tháng của nhà mạng ra PDF và XLSX: theo hiện trạng, hoặc một ấn bản",
        "write what a carrier kept in a month as PDF and XLSX: what is known now, or an edition",
    )  # fmt: skip
    evidence.add_argument(
        "--carrier", required=True, help=both("tên hoặc mã nhà mạng", "its name or id")
    )
    evidence.add_argument(
        "--month", required=True, metavar="YYYY-MM",
        help=both("tháng đã bắt đầu", "a month that has begun"),
    )  # fmt: skip
    evidence.add_argument(
        "--out", type=Path, required=True,
        help=both(
            "thư mục mà người dùng của trung tâm ghi được",
            "a folder that the centre's user may write in",
        ),
    )  # fmt: skip
    evidence.add_argument(
        "--edition", type=int,
        help=both("ấn bản đã phát hành (mặc định: nháp)", "as it was issued (default: a draft)"),
    )  # fmt: skip
    actions = _group(
        names, "contract", "nhận hợp đồng đường truyền từ tệp",
        "take over contracts of lines from a file",
    )  # fmt: skip
    take = _add(
        actions, "import", carriers.import_contracts,
        "nhận hợp đồng từ tệp CSV, nhà mạng ghi bằng tên; nhận cả tệp hoặc không nhận gì",
        "take over a CSV of contracts, carriers by name; as a whole or not at all",
    )  # fmt: skip
    columns = ", ".join(CONTRACT_COLUMNS)
    take.add_argument("file", type=Path, help=both(f"các cột: {columns}", "the columns"))


def _add_imports(names: Commands) -> None:
    taken_over = ("nhận đơn vị và điểm cầu từ tệp", "take over units and points from a file")
    points = (f"thu hồi một điểm cầu; {taken_over[0]}", f"revoke a point; {taken_over[1]}")
    for name, told in (("unit", taken_over), ("point", points)):
        actions = _group(names, name, *told)
        if name == "point":
            revoke = _add(
                actions, "revoke", enrolment.revoke_point,
                "thu hồi chứng thư của một điểm cầu; máy của điểm ấy bị chặn ngay",
                "take a point's certificate back; its machine is shut out at once",
            )  # fmt: skip
            revoke.add_argument("point", help=_POINT)
        take = _add(
            actions, "import", places.import_places,
            "nhận đơn vị và điểm cầu từ tệp CSV hoặc JSON",
            "take over a CSV or JSON of units and points",
        )  # fmt: skip
        take.add_argument("file", type=Path, help=FILE_FORM)


def _add_export(names: Commands) -> None:
    take = _add(
        names, "export", health.export,
        "ghi số liệu đã đo ra thư mục, mỗi tháng mỗi bảng một tệp; chạy lại thì làm tiếp chỗ dở",
        "write what was measured into a folder, a file a month and table; goes on where it ended",
    )  # fmt: skip
    for name, dest, vi in (("--from", "first", "đầu"), ("--to", "last", "cuối")):
        take.add_argument(
            name, dest=dest, type=health.month, required=True,
            help=both(f"tháng {vi}, như 2026-11", f"the {dest} month: 2026-11"),
        )  # fmt: skip
    take.add_argument("--out", type=Path, required=True, help=both("thư mục", "the folder"))
    again = both("ghi lại cả tệp đã có", "write anew what is there")
    take.add_argument("--again", action="store_true", help=again)


def _add_backups(names: Commands) -> None:
    make = _add(
        names, "backup", commands.backup_to,
        "chép cơ sở dữ liệu và khóa vào một thư mục mới, trong lúc mọi thứ vẫn chạy; cơ sở dữ liệu "
        "trên PostgreSQL để cho pg_dump, có nói rõ",
        "copy databases and keys into a new folder, while everything runs; "
        "a database on PostgreSQL is left to pg_dump and said so",
    )  # fmt: skip
    make.add_argument(
        "folder", type=Path, help=both("thư mục chưa có", "a folder that is not there yet")
    )
    put = _add(
        names, "restore", commands.restore_from,
        "khôi phục từ bản sao lưu; dừng web, enrolment và ingest trước",
        "put a backup back; stop web, enrolment and ingest first",
    )  # fmt: skip
    put.add_argument(
        "folder", type=Path, help=both("bản do `backup` tạo ra", "what `backup` has made")
    )
    put.add_argument(
        "--replace", action="store_true",
        help=both("bỏ những gì đang có trong thư mục dữ liệu", "lose what is in the data folder"),
    )  # fmt: skip
