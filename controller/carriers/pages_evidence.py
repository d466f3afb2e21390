"""The evidence of a month for people: looked at, taken as files, issued; outages noted."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from contracts.local_days import day_of
from controller import spreadsheet
from controller.audit.noting import noted
from controller.audit.service import Action
from controller.carriers import drawing, entered, service, settling, view, wording
from controller.carriers.document import Document, opened
from controller.carriers.entered import WordEntered
from controller.carriers.line_contract import LineContract
from controller.carriers.service import CarrierDesk, IssuedSheet
from controller.carriers.settling import SettledEntered
from controller.carriers.sheet import EvidenceSheet, sheet_of
from controller.carriers.tables import Carrier
from controller.carriers.view import MonthChoice, OutageView
from controller.errors import BadEntry, BadRequest, NotFound
from controller.health import report_spans
from controller.health.report_spans import ReportSpan
from controller.web.download import download
from controller.web.elements import Crumb
from controller.web.i18n.catalogue import chosen
from controller.web.page_request import Asked, AskedByOffice, PageRequest, Sent, text_of

router = APIRouter(include_in_schema=False)
PDF = "application/pdf"


@dataclass(frozen=True, slots=True)
class EditionLine:
    """One edition that was issued, with its files."""

    number: int
    said: str
    pdf: str
    xlsx: str
    changes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EvidenceView:
    """The page of one month."""

    crumbs: tuple[Crumb, ...]
    address: str
    month: str
    months: tuple[MonthChoice, ...]
    document: Document
    editions: tuple[EditionLine, ...]
    is_over: bool
    problem: str
    strays: tuple[str, ...]
    nothing: str
    settle: SettledEntered
    unsettled: tuple[str, ...]


@router.get("/carriers/{carrier_id}/evidence")
def shown(asked: Asked) -> Response:
    """Show the evidence of a month as it is known now."""
    return _page(asked)


@router.get("/carriers/{carrier_id}/evidence.{kind}")
def draft(asked: Asked, kind: str) -> Response:
    """Return the evidence as it is known now as a file."""
    one, span = _carrier(asked), _span(asked)
    _kind(kind)
    words = chosen(drawing.PAPER)
    sheet = sheet_of(asked.state, asked.series, one, span, asked.now)
    drawing.refuse_nothing(sheet)
    files = drawing.files_of(drawing.draft(words, sheet), made_at=sheet.until)
    content = files.pdf if kind == "pdf" else files.xlsx
    return _file(content, f"{_stem(one, span)}-nhap", kind)


@router.get("/carriers/{carrier_id}/evidence/{month}/{edition}.{kind}")
def issued(asked: Asked, month: str, edition: int, kind: str) -> Response:
    """Return a file as it was issued."""
    one = _carrier(asked)
    content = service.issued_file(
        asked.state, one.carrier_id, month, edition, is_pdf=_kind(kind) == "pdf"
    )
    span = report_spans.chosen({"month": month}, asked.now)
    return _file(content, f"{_stem(one, span)}-an-ban-{edition}", kind)


@router.post("/carriers/{carrier_id}/evidence")
def issue(asked: AskedByOffice, form: Sent) -> Response:
    """Issue what is known now as the next edition of the month."""
    one, month = _carrier(asked), text_of(form, "month")
    span = report_spans.chosen({"month": month}, asked.now)
    sheet = sheet_of(asked.state, asked.series, one, span, asked.now)
    try:
        desk = asked.web.part(CarrierDesk)
        edition = desk.issue(
            sheet, actor=asked.person.user_name, called=asked.person.display_name, now=asked.now
        )
    except BadRequest as exc:
        problem = exc.said_in(asked.words.code)
        return _page(asked, span=span, problem=problem, status=exc.status)
    _note(asked, Action.ISSUE_EVIDENCE, one.carrier_id, f"{one.name}, {month}, {edition}")
    return RedirectResponse(f"/carriers/{one.carrier_id}/evidence?month={month}", status_code=303)


@router.post("/carriers/{carrier_id}/evidence/settle")
def settle(asked: AskedByOffice, form: Sent) -> Response:
    """Settle several outages of a month at once; what is wrong is said in their form."""
    one, month = _carrier(asked), text_of(form, "month")
    span = report_spans.chosen({"month": month}, asked.now)
    sheet = sheet_of(asked.state, asked.series, one, span, asked.now)
    typed = SettledEntered(
        frozenset(key for key in form.getlist("outage") if isinstance(key, str)),
        text_of(form, "all") == "yes",
        text_of(form, "settled"),
        text_of(form, "reason"),
    )
    shown, who = text_of(form, "shown").split(","), asked.person.user_name
    try:
        found = settling.words_of(sheet, typed, shown, by=who, now=asked.now)
        settling.note_all(asked.web.state, found, now=asked.now)
    except BadEntry as exc:
        again = replace(typed, problem=exc.said_in(asked.words.code))
        return _page(asked, span=span, settle=again, status=exc.status)
    for settled in found:
        began_at = settled.word.outage_began_at
        _note(asked, Action.NOTE_OUTAGE, settled.contract_id, f"{began_at:%Y-%m-%dT%H:%M:%SZ}")
    return RedirectResponse(f"/carriers/{one.carrier_id}/evidence?month={month}", status_code=303)


@router.get("/carriers/contracts/{contract_id}/outages/{began}")
def outage(asked: Asked) -> Response:
    """Show one outage of a line, and to the office the form of what was spoken of it."""
    return _outage(asked)


@router.post("/carriers/contracts/{contract_id}/outages/{began}")
def note(asked: AskedByOffice, form: Sent) -> Response:
    """Note what was spoken with the carrier; what is wrong is said in its form."""
    names = ("told", "ticket", "restored", "settled", "reason")
    typed = WordEntered(**{name: text_of(form, name) for name in names})
    known, began_at = service.changeable(asked.state, asked.named("contract_id")), _began(asked)
    sheet, who = _sheet(asked, known, began_at), asked.person.user_name
    service.outage_of(sheet, known.contract_id, began_at)  # of no other anything is written down
    try:
        word = entered.word(typed, began_at, by=who, now=asked.now)
        asked.web.part(CarrierDesk).note(known.terms.point_id, word, now=asked.now)
    except BadEntry as exc:
        return _outage(asked, replace(typed, problem=exc.said_in(asked.words.code)), status=422)
    _note(asked, Action.NOTE_OUTAGE, known.contract_id, f"{began_at:%Y-%m-%dT%H:%M:%SZ}")
    month = f"{sheet.span.first_day:%Y-%m}"
    back = f"/carriers/{known.terms.carrier_id}/evidence?month={month}"
    return RedirectResponse(back, status_code=303)


def _page(
    asked: PageRequest,
    *,
    span: ReportSpan | None = None,
    problem: str = "",
    settle: SettledEntered | None = None,
    status: int = 200,
) -> Response:
    one, span = _carrier(asked), span or _span(asked)
    sheet = sheet_of(asked.state, asked.series, one, span, asked.now)
    made = drawing.draft(asked.words, sheet)
    month = f"{span.first_day:%Y-%m}"
    address = f"/carriers/{one.carrier_id}/evidence"
    issued = reversed(service.issued(asked.state, one.carrier_id, month))
    editions = tuple(_edition(address, of, opened(of.document)) for of in issued)
    title = asked.words.gettext("Evidence %(month)s", month=f"{span.first_day:%m/%Y}")
    shown_view = EvidenceView(
        crumbs=view.evidence_crumbs(asked.words, one, title),
        address=address,
        month=month,
        months=tuple(
            MonthChoice(f"{day:%Y-%m}", f"{day:%m/%Y}") for day in report_spans.months(asked.now)
        ),
        document=made,
        editions=editions,
        is_over=sheet.is_over,
        problem=problem,
        strays=_strays(sheet),
        nothing=_nothing(asked, sheet),
        settle=settle or SettledEntered(),
        unsettled=tuple(settling.unsettled(sheet)),
    )
    return asked.page("carriers/evidence.html", "points", status=status, view=shown_view)


def _edition(address: str, of: IssuedSheet, said: Document) -> EditionLine:
    files = f"{address}/{of.month}/{of.edition}"
    return EditionLine(of.edition, said.edition, f"{files}.pdf", f"{files}.xlsx", said.changes)


def _nothing(asked: PageRequest, sheet: EvidenceSheet) -> str:
    """Return why there is nothing to draw; empty: there is something."""
    if sheet.is_known:
        return ""
    if sheet.lines:
        return asked.words.gettext(
            "Nothing is known of this month: the points with a contract were not heard in it."
        )
    none = asked.words.gettext("No contract of this carrier holds in this month.")
    if sheet.first_day is None:
        return none
    first = asked.words.gettext(
        "The first one begins on %(day)s.", day=f"{sheet.first_day:%d/%m/%Y}"
    )
    return f"{none} {first}"


def _strays(sheet: EvidenceSheet) -> tuple[str, ...]:
    found = [(line.point_name, word) for line in sheet.lines for word in line.strays]
    return tuple(
        f"{name}, {wording.at(word.outage_began_at)} ({word.ticket or sheet.called(word.by)})"
        for name, word in found
    )


def _outage(asked: PageRequest, typed: WordEntered | None = None, *, status: int = 200) -> Response:
    contract, began_at = service.changeable(asked.state, asked.named("contract_id")), _began(asked)
    sheet = _sheet(asked, contract, began_at)
    one, span = sheet.carrier, sheet.span
    line, found = service.outage_of(sheet, contract.contract_id, began_at)
    title = asked.words.gettext("Outage: %(point)s", point=line.point_name)
    back = f"/carriers/{one.carrier_id}/evidence?month={span.first_day:%Y-%m}"
    shown_view = OutageView(
        crumbs=(*view.evidence_crumbs(asked.words, one, title)[:-1],
                Crumb(f"{span.first_day:%m/%Y}", back), Crumb(title)),
        title=title,
        address=str(asked.request.url.path),
        facts=wording.facts(asked.words, sheet, line, found),
        form=typed or entered.word_typed(found.case.word),
        back=back,
    )  # fmt: skip
    return asked.page("carriers/outage.html", "points", status=status, view=shown_view)


def _carrier(asked: PageRequest) -> Carrier:
    return service.carrier_of(asked.state, asked.named("carrier_id"))


def _span(asked: PageRequest) -> ReportSpan:
    month = asked.request.query_params.get("month", "")
    first = report_spans.months(asked.now)[0]
    return report_spans.chosen({"month": month or f"{first:%Y-%m}"}, asked.now)


def _began(asked: PageRequest) -> datetime:
    try:
        return datetime.strptime(asked.named("began"), "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError as exc:
        raise NotFound("lần mất kết nối", "outage") from exc


def _sheet(asked: PageRequest, one: LineContract, began_at: datetime) -> EvidenceSheet:
    """Return the evidence of the first month in which an outage counts for a contract."""
    first = max(began_at, one.terms.period.begins_at)
    if first > asked.now:
        raise NotFound("lần mất kết nối", "outage")
    span = report_spans.chosen({"month": f"{day_of(first):%Y-%m}"}, asked.now)
    carrier = service.carrier_of(asked.state, one.terms.carrier_id)
    return sheet_of(asked.state, asked.series, carrier, span, asked.now)


def _kind(kind: str) -> str:
    if kind not in ("pdf", "xlsx"):
        raise NotFound("tệp", "file")
    return kind


def _file(content: bytes, name: str, kind: str) -> Response:
    return download(content, f"{name}.{kind}", PDF if kind == "pdf" else spreadsheet.XLSX)


def _stem(one: Carrier, span: ReportSpan) -> str:
    return service.stem(one, f"{span.first_day:%Y-%m}")


def _note(asked: PageRequest, action: Action, subject: str, detail: str) -> None:
    noted(asked.web, asked.request, action, actor=asked.person.user_name, subject=subject,
          detail=detail)  # fmt: skip
