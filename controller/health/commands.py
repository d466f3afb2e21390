"""Commands about what was measured."""

from argparse import ArgumentTypeError, Namespace
from datetime import UTC, date, datetime

from controller.answer import CommandAnswer, said
from controller.db.engine import open_engine
from controller.errors import BadRequest
from controller.health import series_export
from controller.settings import ControllerSettings
from runtime.command_line import both


def month(typed: str) -> date:
    """Return the first day of a month, as the command line has it.

    Raises:
        ArgumentTypeError: it is none.
    """
    try:
        found = datetime.strptime(typed, "%Y-%m").replace(tzinfo=UTC).date()
    except ValueError as exc:
        raise ArgumentTypeError(
            both(
                f"“{typed}” không phải là tháng, viết như 2026-11",
                f"“{typed}” is no month: write it like 2026-11",
            )
        ) from exc
    if not 2000 <= found.year <= 2100:
        raise ArgumentTypeError(
            both(
                f"“{typed}”: năm phải từ 2000 đến 2100",
                f"“{typed}”: the year has to be from 2000 to 2100",
            )
        )
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
    count, kept, left = len(done.written), len(done.kept), ", ".join(done.not_over)
    vi = [f"{arguments.out}: đã ghi {count} tệp, {done.rows} dòng."]
    en = [f"{arguments.out}: {count} files written, {done.rows} rows."]
    if kept:
        vi.append(f"{kept} tệp đã có từ trước (--again để ghi lại).")
        en.append(f"{kept} were there already (--again writes them anew).")
    if left:
        vi.append(f"Chưa hết tháng nên để lại: {left}.")
        en.append(f"Not over yet, so left out: {left}.")
    fields: dict[str, object] = {
        "folder": str(arguments.out),
        "written": done.written,
        "kept": done.kept,
        "not_over": done.not_over,
        "rows": done.rows,
    }
    return CommandAnswer(said(" ".join(vi), " ".join(en)), fields)
