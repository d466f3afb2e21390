"""Command lines that speak Vietnamese first and English beside it: help, and what is wrong.

One mechanism for every process: `both` makes a text of two languages, `CommandParser` is argparse
with its own words in both, and with a next step after each error.
"""

import argparse
import io
import re
import sys
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any, NoReturn, TypeAlias, cast

DONE = (0, "xong, hoặc dừng theo yêu cầu", "done, or ended as asked")
FAILED = (1, "thất bại; lý do ở câu báo trên stderr", "failed; the sentence on stderr says why")
UNUSABLE = (
    2, "dòng lệnh hoặc tệp cấu hình không dùng được",
    "the command line or the configuration cannot be used",
)  # fmt: skip
NOT_ENROLLED = (3, "máy này chưa ghi danh", "this machine is not enrolled")
USUAL = (DONE, FAILED, UNUSABLE)

_USAGE, _ARGUMENTS, _OPTIONS = "cách dùng / usage: ", "đối số / arguments", "tùy chọn / options"
# What argparse says of a command line, in English; and the same in Vietnamese.
_WRONG = (
    (r"the following arguments are required: (.+)", "thiếu {}"),
    (r"unrecognized arguments: (.+)", "không có đối số hay tùy chọn {}"),
    (r"one of the arguments (.+) is required", "phải có một trong: {}"),
    (
        r"argument (.+?): invalid choice: (.+) \(choose from (.+)\)",
        "{}: không có {}, chọn trong {}",
    ),
    (r"argument (.+?): expected (?:one|at least one|\d+) arguments?", "{}: thiếu giá trị"),
    (r"argument (.+?): not allowed with argument (.+)", "không dùng {} cùng với {}"),
    (r"argument (.+?): invalid \S+ value: (.+)", "{}: không dùng được giá trị {}"),
    (r"argument (.+?): ignored explicit argument (.+)", "{}: không nhận giá trị, bỏ {}"),
    (r"ambiguous option: (.+) could match (.+)", "{} có thể là: {}; viết đủ"),
)
_BOTH = " / "


def both(vi: str, en: str) -> str:
    """Return a text in both languages."""
    return f"{vi}{_BOTH}{en}"


def exit_codes(*codes: tuple[int, str, str]) -> str:
    """Return what a command ends with, for the end of its help."""
    lines = (f"  {code}  {both(vi, en)}" for code, vi, en in codes)
    return "\n".join([f"{both('mã kết thúc', 'exit codes')}:", *lines])


class CommandParser(argparse.ArgumentParser):
    """A parser whose own words are in both languages. Its subparsers are of its kind."""

    def __init__(
        self, *, prog: str | None = None, description: str | None = None, epilog: str | None = None
    ) -> None:
        if isinstance(sys.stdout, io.TextIOWrapper) and sys.stdout.errors == "strict":
            # A terminal without UTF-8, or a pipe to one: signs are lost, and never the answer.
            sys.stdout.reconfigure(errors="replace")
        super().__init__(
            prog=prog, description=description, epilog=epilog, formatter_class=_Formatter,
            add_help=False,
        )  # fmt: skip
        self._positionals.title, self._optionals.title = _ARGUMENTS, _OPTIONS
        self.add_argument(
            "-h", "--help", action="help", help=both("xem hướng dẫn này", "show this help")
        )

    def add_subparsers(  # type: ignore[override]
        self, *, dest: str = argparse.SUPPRESS, required: bool = False, metavar: str | None = None
    ) -> "Commands":
        """Have commands below it; the help of each ends as its own, unless it has another end."""
        made = cast(type[CommandParser], partial(type(self), epilog=self.epilog))
        return super().add_subparsers(
            parser_class=made, dest=dest, required=required, metavar=metavar
        )

    def add_config(self, name: str) -> None:
        """Have it ask for the settings; `name`: what the file is called."""
        self.add_argument(
            "--config", type=Path, required=True, metavar="FILE",
            help=both(f"tệp cấu hình {name}", name),
        )  # fmt: skip

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and what to look at; exit."""
        self.print_usage(sys.stderr)
        said = said_of(message)
        self.exit(2, f"{self.prog}: {said}\n{both('Xem', 'See')}: {self.prog} --help\n")


def said_of(message: str) -> str:
    """Return in both languages what argparse says in English, or one of us has said in both."""
    for pattern, vi in _WRONG:
        if found := re.fullmatch(pattern, message, re.DOTALL):
            return both(vi.format(*found.groups()), message)
    if _BOTH in message:
        return re.sub(r"^argument (.+?): ", r"\1: ", message)
    return both("dòng lệnh không dùng được", message)


Commands: TypeAlias = "argparse._SubParsersAction[CommandParser]"


def one_that_runs(
    prog: str, *, does: str, run: str, config: str, epilog: str | None = None
) -> CommandParser:
    """Return the parser of a process that has `run` alone.

    Args:
        does: what the process is for; `run`: what becomes of it then.
        config: what its file of settings is called.
    """
    parser = CommandParser(prog=prog, description=does, epilog=epilog or exit_codes(*USUAL))
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("run", help=run).add_config(config)
    return parser


class _Formatter(argparse.RawDescriptionHelpFormatter):
    """Wraps paragraphs, and leaves as they are those that are laid out with indents."""

    def add_usage(
        self, usage: str | None, actions: Iterable[argparse.Action], groups: Iterable[Any],
        prefix: str | None = None,
    ) -> None:  # fmt: skip
        super().add_usage(usage, actions, groups, _USAGE if prefix is None else prefix)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        import textwrap

        lines = (
            [line] if line.startswith(" ") or len(line) <= width else textwrap.wrap(line, width)
            for line in text.splitlines()
        )
        return "\n".join(f"{indent}{one}" for found in lines for one in found or [""])
