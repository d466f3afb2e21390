"""Commands about people who sign in."""

import secrets
import sys
from argparse import Namespace
from datetime import UTC, datetime

from controller import entered
from controller.answer import Answer
from controller.db.engine import open_engine, writing
from controller.entered import Label
from controller.people import people_queries
from controller.people.passwords import hash_password
from controller.roles import Role
from controller.settings import ControllerSettings


def user_add(settings: ControllerSettings, arguments: Namespace) -> Answer:
    """Add a person."""
    if arguments.password_stdin:
        password, shown = sys.stdin.readline().rstrip("\n"), ""
    else:
        password = secrets.token_urlsafe(12)
        shown = f" Password: {password}"
    name = entered.line(Label("Tên đăng nhập", "The name"), arguments.name, most=60)
    display_name = entered.line(
        Label("Tên hiển thị", "The displayed name"), arguments.display_name, most=120, least=0
    )
    engine = open_engine(settings.state_database_url, durability="FULL")
    password_hash = hash_password(password)
    with writing(engine) as session:
        is_new = people_queries.save_user(
            session,
            name,
            display_name=display_name,
            password_hash=password_hash,
            role=Role(arguments.role),
            now=datetime.now(UTC),
        )
    done = "added" if is_new else "changed; open sessions ended"
    data: dict[str, object] = {"user_name": name, "role": arguments.role}
    if shown:
        data["password"] = password
    return Answer(f"{name} ({arguments.role}) {done}.{shown}", data)
