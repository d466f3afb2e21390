"""Commands about people who sign in."""

import sys
from argparse import Namespace
from datetime import UTC, datetime

from controller.answer import CommandAnswer, said
from controller.audit.service import COMMAND_LINE, Action, AuditLog
from controller.db.engine import open_engine
from controller.people.accounts import Accounts, made_up_password
from controller.roles import Role
from controller.settings import ControllerSettings


def user_add(settings: ControllerSettings, arguments: Namespace) -> CommandAnswer:
    """Add a person."""
    accounts, audit = _desk(settings)
    password, shown = _password(arguments)
    role = Role(arguments.role)
    branches = sorted(set(arguments.branch))
    accounts.add(arguments.name, arguments.display_name, role, password, branches)
    detail = " ".join((role.value, *branches))
    audit.note(Action.ADD_PERSON, actor=COMMAND_LINE, subject=arguments.name, detail=detail)
    data: dict[str, object] = {
        "user_name": arguments.name,
        "role": role.value,
        "branches": branches,
    }
    who = f"{arguments.name} ({detail})"
    text = said(f"Đã thêm {who}.", f"{who} added.")
    return CommandAnswer(f"{text}{shown}", data | _told(shown, password))


def user_list(settings: ControllerSettings, _: Namespace) -> CommandAnswer:
    """Show everybody."""
    found = _desk(settings)[0].listed()
    lines = [
        f"{one.user_name:24} {one.role.value:8} {'disabled' if one.disabled_at else 'active':9} "
        f"{one.sessions} session{' ' if one.sessions == 1 else 's'}  "
        f"{','.join(one.branches) or '-':12} {one.display_name}"
        for one in found
    ]
    people = [
        {
            "user_name": one.user_name,
            "display_name": one.display_name,
            "role": one.role.value,
            "branches": list(one.branches),
            "is_disabled": one.disabled_at is not None,
            "sessions": one.sessions,
        }
        for one in found
    ]
    return CommandAnswer("\n".join(lines) or said("Chưa có ai.", "Nobody yet."), {"people": people})


def user_disable(settings: ControllerSettings, arguments: Namespace) -> CommandAnswer:
    """Let a person sign in no more."""
    accounts, audit = _desk(settings)
    accounts.disable(arguments.name)
    audit.note(Action.DISABLE_PERSON, actor=COMMAND_LINE, subject=arguments.name)
    return CommandAnswer(
        said(
            f"{arguments.name} không đăng nhập được nữa; mọi phiên và hình tiếng kết thúc.",
            f"{arguments.name} is disabled; sessions, event streams and media end.",
        ),
        {"user_name": arguments.name, "is_disabled": True},
    )


def user_enable(settings: ControllerSettings, arguments: Namespace) -> CommandAnswer:
    """Let a person sign in again."""
    accounts, audit = _desk(settings)
    accounts.enable(arguments.name)
    audit.note(Action.ENABLE_PERSON, actor=COMMAND_LINE, subject=arguments.name)
    return CommandAnswer(
        said(f"{arguments.name} lại đăng nhập được.", f"{arguments.name} may sign in again."),
        {"user_name": arguments.name, "is_disabled": False},
    )


def user_change(settings: ControllerSettings, arguments: Namespace) -> CommandAnswer:
    """Change a person's role, the branches they are bounded to, or the name that others see."""
    accounts, audit = _desk(settings)
    name, role, shown = arguments.name, arguments.role, arguments.display_name
    if shown is not None:
        accounts.rename(name, shown)
        audit.note(Action.RENAME_PERSON, actor=COMMAND_LINE, subject=name)
    if role is not None:
        accounts.set_role(name, Role(role))
        audit.note(Action.CHANGE_ROLE, actor=COMMAND_LINE, subject=name, detail=role)
    branches = [] if arguments.whole_province else arguments.branch
    if branches is not None:
        accounts.set_branches(name, branches)
        detail = " ".join(sorted(set(branches)))
        audit.note(Action.CHANGE_BRANCHES, actor=COMMAND_LINE, subject=name, detail=detail)
    has_ended = role is not None or branches is not None
    vi, en = ("; các phiên đang mở đã kết thúc", "; open sessions ended") if has_ended else ("", "")
    data: dict[str, object] = {
        "user_name": name,
        "role": role,
        "branches": branches,
        "display_name": shown,
    }
    return CommandAnswer(said(f"Đã đổi {name}{vi}.", f"{name} changed{en}."), data)


def user_password(settings: ControllerSettings, arguments: Namespace) -> CommandAnswer:
    """Give a person another password."""
    accounts, audit = _desk(settings)
    password, shown = _password(arguments)
    accounts.set_password(arguments.name, password)
    audit.note(Action.CHANGE_PASSWORD, actor=COMMAND_LINE, subject=arguments.name)
    data: dict[str, object] = {"user_name": arguments.name}
    text = said(
        f"{arguments.name} có mật khẩu mới; các phiên đang mở đã kết thúc.",
        f"{arguments.name} has a new password; open sessions ended.",
    )
    return CommandAnswer(f"{text}{shown}", data | _told(shown, password))


def _desk(settings: ControllerSettings) -> tuple[Accounts, AuditLog]:
    engine = open_engine(settings.state_database_url, durability="FULL")
    return Accounts(engine, settings.state_dir, _now), AuditLog(engine, _now)


def _now() -> datetime:
    return datetime.now(UTC)


def _password(arguments: Namespace) -> tuple[str, str]:
    """Return the password, and what is to be said of one that was made up."""
    if arguments.password_stdin:
        return sys.stdin.readline().rstrip("\n"), ""
    password = made_up_password()
    return password, f"\nMật khẩu / Password: {password}"


def _told(shown: str, password: str) -> dict[str, object]:
    return {"password": password} if shown else {}
