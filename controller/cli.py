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
from runtime import service
from runtime.errors import RuntimeFault
from runtime.examples import refuse_examples
from runtime.settings import load

DEFAULT_CONFIG = Path("/etc/diemcau/controller.toml")
DEFAULT_FOLDER = Path("/etc/diemcau")
EXIT_CODES = """\
exit codes:
  0  done, or ended as asked
  1  failed; the sentence is on stderr
  2  the configuration file or the command line cannot be used
"""

FILE_FORM = """\
a table saved as CSV or text (UTF-8, UTF-16 or windows-1258; comma, semicolon or tab) with the
columns what (unit or point), unit_id, parent_id, point_id, number, name, kind, owner
(people_committee, party or council) and position (before the alphabet), of which a row fills
those it needs; or JSON {"units": [...], "points": [...]} with the same names. Taken over as a
whole or not at all."""

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
        named = f"{exc.filename}: {exc.strerror}" if exc.filename else str(exc)
        sys.stderr.write(f"{named}\n")
        return service.FAILED
    if isinstance(answer, int):
        return answer
    print(json.dumps(answer.data, ensure_ascii=False) if parsed.json else answer.text)
    return service.OK


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="diemcau-controller",
        description="The centre: pages, API, schedule and floor of meetings, intake of reports.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    names = parser.add_subparsers(required=True, metavar="COMMAND")
    _add(names, "init", commands.init, "make the data folder: keys, databases, broker's files")
    _add_address(names)
    _add_relays(names)
    _add(names, "renew", commands.renew, "renew certificates that end soon; run once a day")
    _add(names, "migrate", commands.migrate, "bring both databases to the newest form")
    _add(names, "broker-config", commands.broker_config, "write mosquitto.conf and its access list")
    _add(names, "web", commands.web, "run the web process")
    _add(names, "enrolment", commands.enrolment, "run the process that gives certificates")
    _add(names, "ingest", commands.ingest, "run the process that takes in reports")
    _add(names, "run", commands.run, "run these three; ends, with 1, when one does")
    _add_user(names)
    code = _add(names, "enrol-code", enrolment.enrol_code, "make a code that enrols a point, once")
    code.add_argument("point", help="the point's id")
    shown = _add(names, "audit", audit.show, "show who did what, from where, and how it ended")
    shown.add_argument("--last", type=int, default=100, help="how many entries (default 100)")
    _add_thresholds(names)
    _add_evidence(names)
    _add_imports(names)
    _add_export(names)
    _add_backups(names)
    return parser


def _add(
    names: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    command: Command,
    description: str,
) -> argparse.ArgumentParser:
    parser = names.add_parser(
        name,
        help=description,
        description=description[0].upper() + description[1:] + ".",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--config", type=Path, default=DEFAULT_CONFIG, help=f"TOML file (default {DEFAULT_CONFIG})"
    )
    parser.add_argument("--json", action="store_true", help="answer as one line of JSON")
    parser.set_defaults(command=command)
    return parser


def _add_user(names: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    group = names.add_parser("user", help="people who sign in")
    actions = group.add_subparsers(required=True, metavar="ACTION")
    add = _add(actions, "add", people.user_add, "add a person")
    add.add_argument("name", help="the name to sign in with")
    add.add_argument("--role", choices=[role.value for role in Role], default=Role.VIEWER.value)
    add.add_argument("--display-name", default="", help="the name others see")
    _add(actions, "list", people.user_list, "show everybody, and who is signed in")
    disable = _add(
        actions, "disable", people.user_disable, "let a person sign in no more; all of theirs ends"
    )
    enable = _add(actions, "enable", people.user_enable, "let a person sign in again")
    change = _add(actions, "change", people.user_change, "change a person's role or displayed name")
    change.add_argument("--role", choices=[role.value for role in Role])
    change.add_argument("--display-name", help="the name others see")
    password = _add(actions, "password", people.user_password, "give a person a new password")
    for command in (disable, enable, change, password):
        command.add_argument("name", help="the name they sign in with")
    for command in (add, password):
        command.add_argument(
            "--password-stdin",
            action="store_true",
            help="read the password from standard input; else one is made up and shown",
        )


def _add_address(names: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    address = _add(
        names,
        "address",
        addressing.set_address,
        "say under which name and addresses points and browsers reach this centre",
    )
    address.add_argument("addresses", metavar="NAME[,IP…]", help="the name first, if there is one")
    for name in ("relay", "reflector"):
        default = DEFAULT_FOLDER / f"{name}.toml"
        address.add_argument(
            f"--{name}-config",
            type=Path,
            default=default,
            help=f"TOML file of the {name} on this machine (default {default})",
        )


def _add_relays(names: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    workers = _add(
        names,
        "relay-workers",
        relay_workers.set_workers,
        "list workers beside the first relay and write their files; then run init",
    )
    workers.add_argument("count", type=int, help="how many beside the first relay")
    kit = _add(
        names,
        "relay-kit",
        relay_kit.write_kit,
        "write what a relay at a second site needs into one file",
    )
    kit.add_argument("relay", help="its id, as listed in controller.toml")
    kit.add_argument("file", type=Path, help="the file to write; it holds the relay's key")
    revoke = _add(
        names,
        "relay-revoke",
        enrolment.revoke_relay,
        "take a relay's certificate back: stolen, given up, or before it gets another",
    )
    revoke.add_argument("relay", help="its id")
    default = DEFAULT_FOLDER / "relay.toml"
    for command in (workers, kit):
        command.add_argument(
            "--relay-config",
            type=Path,
            default=default,
            help=f"TOML file of the relay on this machine, taken as the model (default {default})",
        )


def _add_thresholds(names: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    group = names.add_parser("thresholds", help="ngưỡng cảnh báo (thresholds)")
    actions = group.add_subparsers(required=True, metavar="ACTION")
    show = _add(
        actions,
        "show",
        thresholds.show,
        "xem ngưỡng đang dùng và các mẫu (show the thresholds that hold, and the templates)",
    )
    show.add_argument("--point", default="", help="mã một điểm cầu (one point's id)")
    put = _add(
        actions,
        "set",
        thresholds.set_them,
        "đặt ngưỡng, dùng ngay không cần khởi động lại (set thresholds; they hold within seconds)",
    )
    put.add_argument(
        "values",
        nargs="+",
        metavar="NAME=VALUE",
        help="theo đơn vị như trên trang, để trống để bỏ (as typed in the page; empty takes it "
        f"back): {thresholds.UNITS}".replace("%", "%%"),
    )
    put.add_argument("--template", default="", help="tên mẫu ngưỡng (a template's name)")
    put.add_argument("--reason", required=True, help="lý do, để người sau biết (why)")


def _add_evidence(names: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    evidence = _add(
        names,
        "evidence",
        carriers.evidence,
        "write what a carrier kept in a month as PDF and XLSX: what is known now, or an edition",
    )
    evidence.add_argument("--carrier", required=True, help="its name or id")
    evidence.add_argument(
        "--month", required=True, metavar="YYYY-MM", help="a month that has begun"
    )
    evidence.add_argument(
        "--out", type=Path, required=True, help="a folder that the centre's user may write in"
    )
    evidence.add_argument("--edition", type=int, help="as it was issued (default: a draft)")
    group = names.add_parser("contract", help="take over contracts of lines from a file")
    actions = group.add_subparsers(required=True, metavar="ACTION")
    described = "take over a CSV of contracts, carriers by name; as a whole or not at all"
    take = _add(actions, "import", carriers.import_contracts, described)
    take.add_argument("file", type=Path, help=f"columns: {', '.join(CONTRACT_COLUMNS)}")


def _add_imports(names: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    taken_over = "take over units and points from a file"
    for name, told in (("unit", taken_over), ("point", f"revoke a point; {taken_over}")):
        group = names.add_parser(name, help=told)
        actions = group.add_subparsers(required=True, metavar="ACTION")
        if name == "point":
            revoke = _add(
                actions,
                "revoke",
                enrolment.revoke_point,
                "take a point's certificate back; its machine is shut out at once",
            )
            revoke.add_argument("point", help="the point's id")
        take = _add(
            actions, "import", places.import_places, "take over a CSV or JSON of units and points"
        )
        take.add_argument("file", type=Path, help=FILE_FORM)


def _add_export(names: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    take = _add(
        names,
        "export",
        health.export,
        "write what was measured into a folder, a file a month and table; goes on where it ended",
    )
    for name, dest, told in (("--from", "first", "first"), ("--to", "last", "last")):
        take.add_argument(
            name, dest=dest, type=health.month, required=True, help=f"the {told} month: 2026-11"
        )
    take.add_argument("--out", type=Path, required=True, help="the folder")
    take.add_argument("--again", action="store_true", help="write anew what is there")


def _add_backups(names: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    make = _add(
        names,
        "backup",
        commands.backup_to,
        "copy databases and keys into a new folder, while everything runs; "
        "a database on PostgreSQL is left to pg_dump and said so",
    )
    make.add_argument("folder", type=Path, help="a folder that is not there yet")
    put = _add(
        names,
        "restore",
        commands.restore_from,
        "put a backup back; stop web, enrolment and ingest first",
    )
    put.add_argument("folder", type=Path, help="what `backup` has made")
    put.add_argument("--replace", action="store_true", help="lose what is in the data folder")
