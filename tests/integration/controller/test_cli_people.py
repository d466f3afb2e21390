"""The commands about people and what is written down of them, as the command line runs them."""

import json

from tests.integration.controller.centre import Installation
from tests.integration.controller.test_cli import command


async def test_people_are_listed_disabled_enabled_and_given_passwords(
    installation: Installation,
) -> None:
    config = installation.write_config()
    for arguments in (
        ("user", "disable", "viewer"),
        ("user", "password", "office"),
    ):
        done = await command(*arguments, "--config", config)
        assert done.code == 0, done.err
    listed = await command("user", "list", "--json", "--config", config)
    people = {one["user_name"]: one for one in json.loads(listed.out)["people"]}
    assert people["viewer"]["is_disabled"] is True
    assert (await command("user", "enable", "viewer", "--config", config)).code == 0
    last = await command("user", "disable", "admin", "--config", config)
    assert (last.code, "last administrator" in last.err) == (1, True)
    nobody = await command("user", "disable", "nobody", "--config", config)
    assert (nobody.code, "Traceback" in nobody.err) == (1, False)
    told = await command("audit", "--json", "--config", config)
    entries = [(one["action"], one["subject"]) for one in json.loads(told.out)["entries"]]
    assert entries == [
        ("disable_person", "viewer"),
        ("change_password", "office"),
        ("enable_person", "viewer"),
    ]


async def test_the_daily_command_does_nothing_twice(installation: Installation) -> None:
    config = installation.write_config()
    done = await command("renew", "--json", "--config", config)
    assert done.code == 0, done.err
    assert json.loads(done.out) == {"certificates": [], "doubt": None}


async def test_nobody_is_changed_by_being_added_again(installation: Installation) -> None:
    config = installation.write_config()
    again = await command("user", "add", "admin", "--role", "viewer", "--config", config)
    assert (again.code, "somebody's already, and nothing was changed" in again.err) == (1, True)
    for arguments in (("--display-name", "Chị Lan"), ("--role", "office")):
        done = await command("user", "change", "viewer", *arguments, "--config", config)
        assert done.code == 0, done.err
    listed = await command("user", "list", "--json", "--config", config)
    people = {one["user_name"]: one for one in json.loads(listed.out)["people"]}
    assert people["admin"]["role"] == "admin"
    assert (people["viewer"]["role"], people["viewer"]["display_name"]) == ("office", "Chị Lan")
    told = await command("audit", "--json", "--config", config)
    entries = [(one["action"], one["subject"]) for one in json.loads(told.out)["entries"]]
    assert entries == [("rename_person", "viewer"), ("change_role", "viewer")]
