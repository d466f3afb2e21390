"""The command that writes a month's evidence as files."""

from argparse import Namespace
from dataclasses import asdict
from datetime import UTC, datetime

from controller import rights
from controller.answer import CommandAnswer, said
from controller.audit.service import COMMAND_LINE, Action, AuditLog
from controller.carriers import contract_import, drawing, service
from controller.carriers.sheet import sheet_of
from controller.db.engine import open_engine, reading
from controller.health import report_spans
from controller.settings import ControllerSettings
from controller.web.i18n.catalogue import chosen
from runtime import atomic


def import_contracts(settings: ControllerSettings, arguments: Namespace) -> CommandAnswer:
    """Take over a file of contracts."""
    content = arguments.file.read_bytes()
    rights.become_owner(settings.data_dir)
    engine, now = open_engine(settings.state_database_url, durability="FULL"), datetime.now(UTC)
    done = contract_import.import_contracts(engine, content, actor=COMMAND_LINE, now=now)
    AuditLog(engine, lambda: now).note(
        Action.IMPORT_CONTRACTS,
        actor=COMMAND_LINE,
        subject=arguments.file.name,
        detail=f"+{done.contracts_added} hợp đồng (contracts)",
    )
    return CommandAnswer(
        said(
            f"Nhà mạng: thêm {done.carriers_added}. Hợp đồng: thêm {done.contracts_added}, "
            f"đổi {done.contracts_changed}, đã có {done.contracts_known}.",
            f"Carriers: {done.carriers_added} added. Contracts: {done.contracts_added} added, "
            f"{done.contracts_changed} changed, {done.contracts_known} known.",
        ),
        dict(asdict(done)),
    )


def evidence(settings: ControllerSettings, arguments: Namespace) -> CommandAnswer:
    """Write both files: of an edition as it was issued, or what is known now."""
    return written(settings, arguments, datetime.now(UTC))


def written(settings: ControllerSettings, arguments: Namespace, now: datetime) -> CommandAnswer:
    """Write both files as of a time."""
    state = open_engine(settings.state_database_url)
    series = open_engine(settings.series_database_url)
    with reading(state) as session, reading(series) as points:
        carrier = service.named(session, arguments.carrier)
        span = report_spans.chosen({"month": arguments.month}, now)
        name = service.stem(carrier, f"{span.first_day:%Y-%m}")
        if arguments.edition is None:
            sheet = sheet_of(session, points, carrier, span, now)
            drawing.refuse_nothing(sheet)
            made = drawing.draft(chosen(drawing.PAPER), sheet)
            files, name = drawing.files_of(made, made_at=sheet.until), f"{name}-nhap"
        else:
            month, edition = f"{span.first_day:%Y-%m}", arguments.edition
            files = drawing.Files(
                *(
                    service.issued_file(session, carrier.carrier_id, month, edition, is_pdf=is_pdf)
                    for is_pdf in (True, False)
                )
            )
            name = f"{name}-an-ban-{edition}"
    paths = []
    arguments.out.mkdir(parents=True, exist_ok=True)
    for kind, content in (("pdf", files.pdf), ("xlsx", files.xlsx)):
        path = arguments.out / f"{name}.{kind}"
        atomic.write_bytes(path, content, mode=0o644)
        paths.append(str(path))
    shown = ", ".join(paths)
    return CommandAnswer(said(f"Đã ghi: {shown}", f"Written: {shown}"), {"files": paths})
