"""Every command says what it does in Vietnamese first, and in English beside it."""

import argparse
import re
import tomllib
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from runtime.command_line import CommandParser

ROOT = Path(__file__).parents[1]
SCRIPTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]
VIETNAMESE = re.compile("[À-ỹ]")
SAYS_BOTH = re.compile(r".+? / .+|[^\n]+\n[^\n]+", re.DOTALL)


def parser_of(script: str) -> CommandParser:
    """Return the parser that a command makes."""
    module = import_module(SCRIPTS[script].partition(":")[0])
    made = module._parser()
    assert isinstance(made, CommandParser)
    return made


def parsers(made: CommandParser) -> Iterator[CommandParser]:
    """Give a parser and all below it."""
    yield made
    for action in made._actions:
        if isinstance(action, argparse._SubParsersAction):
            for below in action.choices.values():
                yield from parsers(below)


def texts(made: CommandParser) -> Iterator[tuple[str, str]]:
    """Give what a parser says, and where; empty where it should say something."""
    for action in made._actions:
        if isinstance(action, argparse._SubParsersAction):
            shown = {one.dest: one.help or "" for one in action._choices_actions}
            yield from ((f"{made.prog} {name}", shown.get(name, "")) for name in action.choices)
        else:
            yield f"{made.prog} {action.dest}", action.help or ""
    for text in (made.description, made.epilog):
        if text:
            yield f"{made.prog}: {text[:20]}", text


@pytest.mark.parametrize("script", sorted(SCRIPTS))
def test_every_text_of_a_command_is_in_both_languages(script: str) -> None:
    said = [one for made in parsers(parser_of(script)) for one in texts(made)]
    assert len(said) >= 3
    wrong = {
        where: text
        for where, text in said
        if not SAYS_BOTH.fullmatch(text) or not VIETNAMESE.search(re.split(" / |\n", text)[0])
    }
    assert wrong == {}


@pytest.mark.parametrize("script", sorted(SCRIPTS))
def test_help_can_be_shown_of_each_and_says_how_it_ends(script: str) -> None:
    for made in parsers(parser_of(script)):
        shown = made.format_help()
        assert shown.startswith(f"cách dùng / usage: {made.prog}")
        assert shown.count("\nmã kết thúc / exit codes:\n  0  ") == 1
