"""The sheet of evidence in words: its figures, its formula, every outage with its proof."""

from collections.abc import Iterable
from datetime import UTC, datetime

from contracts.local_days import ZONE
from controller.carriers import speeds
from controller.carriers.document import Document, Lasted, Sheet, SheetRow
from controller.carriers.facts import fingerprint
from controller.carriers.sheet import EvidenceSheet, SheetLine
from controller.health import line_history
from controller.health.line_history import Cause
from controller.web.i18n.language import N_, Language
from monitoring.judgement.carrier_evidence import CaseParts, Parts, Whose
from monitoring.judgement.maintenance import Maintenance

LINES = "lines"
_DIGITS = 3
# A fixed day far off: every time of an outage is then told with its date, whenever it is drawn.
_ANOTHER_DAY = datetime(1990, 1, 1, tzinfo=UTC)
_OF_LINE = (
    N_("Point"), N_("Contract"), N_("Agreed"), N_("Up"), N_("Down, told"), N_("Down, not told"),
    N_("Planned"), N_("Not the carrier's"), N_("Unsettled"), N_("Unknown"), N_("Promised"),
    N_("Kept"), N_("Result"),
)  # fmt: skip
_LINE_WIDTHS = (17, 11, 8, 8, 8, 8, 8, 8, 8, 8, 7, 8, 8)
_OF_CARRIER = (
    N_("Point"), N_("Began"), N_("Noticed"), N_("Carrier told"), N_("Restored"), N_("Counts"),
    N_("Before it was told"), N_("Repair took"), N_("Promised"), N_("Result"), N_("Proof"),
)  # fmt: skip
_CARRIER_WIDTHS = (14, 9, 9, 9, 9, 8, 8, 8, 7, 8, 26)
_OF_OTHER = (
    N_("Point"), N_("Began"), N_("Noticed"), N_("Restored"), N_("Lasted"), N_("Reason"),
    N_("Proof"),
)  # fmt: skip
_OTHER_WIDTHS = (16, 10, 10, 10, 9, 18, 40)


def document(words: Language, sheet: EvidenceSheet, edition: str) -> Document:
    """Return a sheet as it is read; the same whenever it is drawn of the same."""
    return Document(
        title=words.gettext(
            "Evidence for %(carrier)s, %(month)s", carrier=sheet.carrier.name, month=_month(sheet)
        ),
        edition=edition,
        head=_head(words, sheet),
        formula=(*_formula(words, sheet.whole), *speeds.formula(words, sheet)),
        sheets=(
            Sheet(
                LINES,
                words.gettext("Lines"),
                "",
                _named(words, _OF_LINE),
                _LINE_WIDTHS,
                tuple(_line(words, one) for one in sheet.lines),
                words.gettext("No contract of this carrier holds in this month."),
            ),
            Sheet(
                Whose.CARRIER.value,
                words.gettext("Outages of the carrier's lines"),
                words.gettext("They count since the carrier was told until it had restored."),
                _named(words, _OF_CARRIER),
                _CARRIER_WIDTHS,
                tuple(_theirs(words, sheet, *one) for one in _of(sheet, Whose.CARRIER)),
                words.gettext("There was none in this month."),
            ),
            *(_others(words, sheet, one) for one in _OTHERS),
            speeds.sheet_of(words, sheet),
        ),
        facts=fingerprint(sheet),
    )


_OTHERS = (
    (
        Whose.UNSETTLED,
        N_("Outages that are not settled"),
        N_("Their cause is not certain: they count neither for nor against the carrier."),
    ),
    (
        Whose.PLANNED,
        N_("Planned work"),
        N_("Declared maintenance; outages that began in it. Its time does not count."),
    ),
    (
        Whose.OTHER,
        N_("Outages that were not the carrier's"),
        N_("Power, the network in the room, the machine, the centre. Their time does not count."),
    ),
)


def _others(words: Language, sheet: EvidenceSheet, kind: tuple[Whose, str, str]) -> Sheet:
    whose, title, note = kind
    rows = tuple(_not_theirs(words, sheet, *one) for one in _of(sheet, whose))
    declared = _declared(words, sheet) if whose is Whose.PLANNED else ()
    return Sheet(
        whose.value,
        words.gettext(title),
        words.gettext(note),
        _named(words, _OF_OTHER),
        _OTHER_WIDTHS,
        (*declared, *rows),
        words.gettext("There was none in this month."),
    )


def _declared(words: Language, sheet: EvidenceSheet) -> tuple[SheetRow, ...]:
    """Return declared maintenance, one row for all the lines that it covers."""
    found: dict[str, tuple[Maintenance, list[str]]] = {}
    for line in sheet.lines:
        for one in line.declared:
            found.setdefault(one.maintenance_id, (one, []))[1].append(line.point_name)
    return tuple(
        SheetRow(
            key,
            (
                names[0]
                if len(names) == 1
                else words.ngettext(
                    "%(n)s of the carrier's lines", "%(n)s of the carrier's lines", len(names)
                ),
                at(one.period.begins_at),
                "–",
                at(one.period.ends_at),
                Lasted.of(one.period.length),
                one.reason,
                words.gettext(
                    "Declared by %(who)s at %(at)s.",
                    who=sheet.called(one.made_by),
                    at=at(one.made_at),
                ),
            ),
            f"/maintenance/{key}",
        )
        for key, (one, names) in sorted(
            found.items(), key=lambda item: (item[1][0].period.begins_at, item[0])
        )
    )


def _of(sheet: EvidenceSheet, whose: Whose) -> Iterable[tuple[SheetLine, CaseParts]]:
    return (one for one in sheet.outages if one[1].case.whose is whose)


def _named(words: Language, names: Iterable[str]) -> tuple[str, ...]:
    return tuple(words.gettext(one) for one in names)


def _month(sheet: EvidenceSheet) -> str:
    return f"{sheet.span.first_day:%m/%Y}"


def _head(words: Language, sheet: EvidenceSheet) -> tuple[tuple[str, str], ...]:
    whole, theirs = sheet.whole, list(_of(sheet, Whose.CARRIER))
    begins, ends = sheet.span.first_day, sheet.span.last_day
    times = words.gettext("%(first)s–%(last)s, Vietnam's time", first=f"{begins:%d/%m/%Y}",
                          last=f"{ends:%d/%m/%Y}")  # fmt: skip
    if not sheet.is_over:
        until = f"{sheet.until.astimezone(ZONE):%d/%m/%Y %H:%M}"
        times = words.gettext("%(times)s; counted until %(until)s", times=times, until=until)
    late = sum(one.is_repair_kept is False for _, one in theirs)
    untold = sum(one.case.told_at is None for _, one in theirs)
    below = sum(one.found.is_availability_kept is False for one in sheet.lines)
    return (
        (words.gettext("Carrier"), sheet.carrier.name),
        (words.gettext("Month"), times),
        (words.gettext("Lines"), words.number(len(sheet.lines))),
        (words.gettext("Outages of the carrier"), words.number(len(theirs))),
        (words.gettext("of them it was not told of"), words.number(untold)),
        (words.gettext("of them mended too late"), words.number(late)),
        (words.gettext("Lines below what was promised"), words.number(below)),
        (words.gettext("Availability by the carrier's clock"), _ratio(words, whole.ratio)),
        (words.gettext("Availability by the points' clock"), _ratio(words, whole.seen_ratio)),
        (
            words.gettext("the same, were all that is unsettled the carrier's"),
            _ratio(words, whole.least_ratio),
        ),
        *speeds.head(words, sheet),
    )


def _formula(words: Language, whole: Parts) -> tuple[str, ...]:
    spans = {
        name: str(Lasted.of(getattr(whole, name)))
        for name in ("agreed", "up", "down", "untold", "planned", "other", "unsettled", "unknown")
    }
    return (
        words.gettext(
            "Agreed time = up + down told + down not told + planned + not the carrier's + "
            "unsettled + unknown: %(agreed)s = %(up)s + %(down)s + %(untold)s + %(planned)s + "
            "%(other)s + %(unsettled)s + %(unknown)s (hours:minutes:seconds, all lines).",
            **spans,
        ),
        words.gettext(
            "Availability by the carrier's clock = 1 – down told / (up + down told + down not "
            "told) = 1 – %(down)s / %(counted)s = %(ratio)s.",
            down=spans["down"],
            counted=str(Lasted.of(whole.counted)),
            ratio=_ratio(words, whole.ratio),
        ),
        words.gettext(
            "Down told: since the carrier was told until it had restored, or the point was heard "
            "again. Down not told: since the point's last report until the carrier was told."
        ),
        words.gettext(
            "Repair time = since the carrier was told until it had restored, without declared "
            "maintenance. An outage that reaches into another month counts there with its part."
        ),
        words.gettext(
            "Unknown: the centre was not listening, or the point was shut out. Only outages whose "
            "cause is certain, or that people have settled, count against the carrier."
        ),
    )


def _line(words: Language, line: SheetLine) -> SheetRow:
    terms, parts = line.contract.terms, line.found.parts
    spans = (parts.agreed, parts.up, parts.down, parts.untold, parts.planned, parts.other,
             parts.unsettled, parts.unknown)  # fmt: skip
    return SheetRow(
        line.contract.contract_id,
        (
            line.point_name,
            f"{terms.number}, {speeds.speed(words, terms)}",
            *(Lasted.of(one) for one in spans),
            _ratio(words, terms.availability_ratio),
            _ratio(words, parts.ratio),
            _result(words, line.found.is_availability_kept),
        ),
        f"/carriers/contracts/{line.contract.contract_id}",
    )


def _theirs(words: Language, sheet: EvidenceSheet, line: SheetLine, one: CaseParts) -> SheetRow:
    case, promised = one.case, line.contract.terms.promise.repair
    return SheetRow(
        case_key(line, one),
        (
            line.point_name,
            at(case.outage.began_at),
            at(case.noticed_at),
            at(case.told_at) or words.gettext("not told"),
            at(case.restored_at) or words.gettext("still open"),
            Lasted.of(one.parts.down),
            Lasted.of(one.parts.untold),
            "–" if one.repair is None else Lasted.of(one.repair),
            "–" if promised is None else Lasted.of(promised),
            _result(words, one.is_repair_kept),
            _proof(words, sheet, line, one),
        ),
        _href(line, one),
    )


def _not_theirs(words: Language, sheet: EvidenceSheet, line: SheetLine, one: CaseParts) -> SheetRow:
    case = one.case
    parts = one.parts
    lasted = parts.planned + parts.other + parts.unsettled
    return SheetRow(
        case_key(line, one),
        (
            line.point_name,
            at(case.outage.began_at),
            at(case.noticed_at),
            at(case.outage.ended_at) or words.gettext("still open"),
            Lasted.of(lasted),
            _reason(words, line, one),
            _proof(words, sheet, line, one),
        ),
        _href(line, one),
    )


def _cause(words: Language, line: SheetLine, one: CaseParts) -> Cause | None:
    said = line.said.get(one.case.outage.began_at)
    return line_history.cause_of(words, _ANOTHER_DAY, said) if said else None


def _reason(words: Language, line: SheetLine, one: CaseParts) -> str:
    word, cause = one.case.word, _cause(words, line, one)
    if word is not None and word.settled is not None:
        return word.reason
    return cause.what if cause else words.gettext("Cause not known yet")


def _proof(words: Language, sheet: EvidenceSheet, line: SheetLine, one: CaseParts) -> str:
    """Return what was seen: cause and certainty, the point's own record, neighbours, notes."""
    cause, case = _cause(words, line, one), one.case
    said = line.said.get(case.outage.began_at)
    parts = [words.gettext("Last report %(at)s", at=at(case.outage.began_at))]
    if cause:
        parts += [cause.what, cause.evidence]
    if said and said.verdict.is_recorded:
        parts.append(
            words.gettext("by the point's own record since %(at)s", at=at(said.verdict.began_at))
            if said.verdict.began_at
            else words.gettext("by the point's own record")
        )
    elif said:
        parts.append(words.gettext("the point's own record has not come"))
    if one.neighbours:
        parts.append(
            words.ngettext(
                "%(n)s more line of the carrier went at the same time",
                "%(n)s more lines of the carrier went at the same time",
                one.neighbours,
            )
        )
    word = case.word
    if word is not None:
        if word.ticket:
            parts.append(words.gettext("ticket %(ticket)s", ticket=word.ticket))
        if word.reason:
            parts.append(
                words.gettext(
                    "%(who)s noted: %(reason)s", who=sheet.called(word.by), reason=word.reason
                )
            )
    return "; ".join(part for part in parts if part) + "."


def _result(words: Language, is_kept: bool | None) -> str:
    if is_kept is None:
        return "–"
    return words.gettext("kept") if is_kept else words.gettext("not kept")


def _ratio(words: Language, ratio: float | None) -> str:
    return words.percent(ratio, digits=_DIGITS)


def at(instant: datetime | None) -> str:
    """Return a time with its day, to the second; empty: there is none."""
    return f"{instant.astimezone(ZONE):%d/%m/%Y %H:%M:%S}" if instant else ""


def case_key(line: SheetLine, one: CaseParts) -> str:
    """Return how the row of an outage is named in every edition."""
    return f"{line.contract.contract_id} {outage_key(one.case.outage.began_at)}"


def outage_key(began_at: datetime) -> str:
    """Return how an address names an outage of a point."""
    return f"{began_at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _href(line: SheetLine, one: CaseParts) -> str:
    began = outage_key(one.case.outage.began_at)
    return f"/carriers/contracts/{line.contract.contract_id}/outages/{began}"


def facts(
    words: Language, sheet: EvidenceSheet, line: SheetLine, one: CaseParts
) -> tuple[tuple[str, str], ...]:
    """Return what is known of one outage, for the form of what was spoken of it."""
    terms, case = line.contract.terms, one.case
    cause = _cause(words, line, one)
    ended = at(case.outage.ended_at) or words.gettext("still open")
    found = (
        (words.gettext("Contract"), terms.number),
        (words.gettext("Where outages are told"), sheet.carrier.phone),
        (words.gettext("Last report"), at(case.outage.began_at)),
        (words.gettext("Noticed"), at(case.noticed_at)),
        (words.gettext("Ended"), ended),
        (words.gettext("As it was judged"), cause.what if cause else ""),
        (words.gettext("Proof"), _proof(words, sheet, line, one)),
    )
    return tuple((name, value) for name, value in found if value)
