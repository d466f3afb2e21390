"""A command line is wrong in two languages, whatever is wrong with it."""

import io
from argparse import ArgumentTypeError

import pytest

from runtime import command_line
from runtime.command_line import CommandParser, both


def month(typed: str) -> str:
    raise ArgumentTypeError(both(f"“{typed}” không phải là tháng", f"“{typed}” is no month"))


def parser() -> CommandParser:
    """Return one with all that can be wrong."""
    made = CommandParser(prog="thu")
    made.add_argument("count", type=int)
    made.add_argument("--config", required=True)
    made.add_argument("--role", choices=["viewer", "office"])
    made.add_argument("--month", type=month)
    made.add_argument("--month-of-all")
    made.add_argument("--values", nargs="+")
    made.add_argument("--pair", nargs=2)
    made.add_argument("--again", action="store_true")
    one = made.add_mutually_exclusive_group(required=True)
    one.add_argument("--code")
    one.add_argument("--file")
    return made


WELL = ["7", "--config", "a", "--code", "b"]


@pytest.mark.parametrize(
    ("arguments", "vi", "en"),
    [
        (["--code", "b"], "thiếu count, --config", "the following arguments are required"),
        ([*WELL, "--x"], "không có đối số hay tùy chọn --x", "unrecognized arguments: --x"),
        (WELL[:3], "phải có một trong: --code --file", "one of the arguments"),
        ([*WELL, "--role", "vua"], "--role: không có 'vua', chọn trong", "invalid choice: 'vua'"),
        ([*WELL, "--role"], "--role: thiếu giá trị", "expected one argument"),
        ([*WELL, "--values"], "--values: thiếu giá trị", "expected at least one argument"),
        ([*WELL, "--pair", "1"], "--pair: thiếu giá trị", "expected 2 arguments"),
        ([*WELL, "--file", "c"], "không dùng --file cùng với --code", "not allowed with"),
        (["bảy", *WELL[1:]], "count: không dùng được giá trị 'bảy'", "invalid int value: 'bảy'"),
        ([*WELL, "--again=1"], "--again: không nhận giá trị, bỏ '1'", "ignored explicit argument"),
        ([*WELL, "--mon", "1"], "--mon có thể là: --month, --month-of-all", "ambiguous option"),
        ([*WELL, "--month", "1 / 2"], "--month: “1 / 2” không phải là tháng", "is no month"),
        ([*WELL, "a / b"], "không có đối số hay tùy chọn a / b", "unrecognized arguments"),
    ],
)
def test_what_is_wrong_is_said_first_in_vietnamese_with_what_to_look_at(
    arguments: list[str], vi: str, en: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        parser().parse_args(arguments)
    said = capsys.readouterr()
    assert (ended.value.code, said.out) == (2, "")
    usage, _, told = said.err.partition("\nthu: ")
    assert usage.startswith("cách dùng / usage: thu")
    assert told.startswith(vi), told
    assert " / " in told and en in told.split(" / ", 1)[1]
    assert told.endswith("\nXem / See: thu --help\n")


def test_what_nobody_has_foreseen_is_said_all_the_same() -> None:
    assert command_line.said_of("boom") == "dòng lệnh không dùng được / boom"


def test_where_vietnamese_cannot_be_shown_the_rest_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a command has done what it was asked, ends with a traceback, and its answer is lost."""
    shown = io.BytesIO()
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(shown, encoding="latin-1"))
    with pytest.raises(SystemExit) as ended:
        parser().parse_args(["--help"])
    print("Đã cấp mã / issued: 1234", flush=True)  # noqa: T201 - as commands do
    assert ended.value.code == 0
    said = shown.getvalue().decode("latin-1")
    assert "show this help" in said and said.endswith("?ã c?p mã / issued: 1234\n")


def test_help_is_wrapped_and_its_lists_are_as_they_were_written(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    made = CommandParser(
        prog="thu",
        description=f"{'Trung tâm ' * 20}.\n{'The centre ' * 20}.",
        epilog=command_line.exit_codes(command_line.DONE, command_line.NOT_ENROLLED),
    )
    with pytest.raises(SystemExit):
        made.parse_args(["--help"])
    lines = capsys.readouterr().out.splitlines()
    assert max(len(line) for line in lines if not line.startswith("  ")) <= 60
    assert "  3  máy này chưa ghi danh / this machine is not enrolled" in lines
    assert any("xem hướng dẫn này / show this help" in line for line in lines)
