"""Commands about what was measured."""

from argparse import ArgumentTypeError, Namespace
from datetime import UTC, date, datetime

from controller.answer import CommandAnswer
from controller.db.engine import open_engine
from controller.errors import BadRequest
from controller.health import series_export
from controller.settings import ControllerSettings


def month(typed: str) -> date:
    """Return the first day of a month, as the command line has it.

    Raises:
        ArgumentTypeError: it is none.
    """
    try:
        found = datetime.strptime(typed, "%Y-%m").replace(tzinfo=UTC).date()
    except ValueError as exc:
        raise ArgumentTypeError(f"{typed!r} is no month: write it like 2026-11") from exc
    if not 2000 <= found.year <= 2100:
        raise ArgumentTypeError(f"{typed!r}: the year has to be from 2000 to 2100")
    return found


def export(settings: ControllerSettings, arguments: Namespace) -> CommandAnswer:
    """Write months of what was measured into a folder.

    Raises:
        BadRequest: the first month is after the last.
    """
    if arguments.first > arguments.last:
        raise BadRequest(
            "months",
            "Tháng đầu phải trước tháng cuối.",
            "--from has to be before --to, or the same.",
        )
    engine = open_engine(settings.series_database_url)
    try:
        done = series_export.export(
            engine,
            arguments.out,
            first=arguments.first,
            last=arguments.last,
            now=datetime.now(UTC),
            is_again=arguments.again,
        )
    finally:
        engine.dispose()
    said = [f"{arguments.out}: {len(done.written)} files written, {done.rows} rows."]
    if done.kept:
        said.append(f"{len(done.kept)} were there already (--again writes them anew).")
    if done.not_over:
        said.append(f"Not over yet, so left out: {', '.join(done.not_over)}.")
    fields: dict[str, object] = {
        "folder": str(arguments.out),
        "written": done.written,
        "kept": done.kept,
        "not_over": done.not_over,
        "rows": done.rows,
    }
    return CommandAnswer(" ".join(said), fields)
