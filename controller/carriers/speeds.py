"""What the tests of a month say of the carrier's speeds, in words: apart from its outages."""

from controller.carriers.document import Sheet, SheetRow
from controller.carriers.line_contract import Terms
from controller.carriers.sheet import EvidenceSheet, SheetLine
from controller.web.i18n.language import N_, Language
from monitoring.judgement.slow_nights import NIGHTS, WayRate
from monitoring.judgement.tested_month import OWED_RATIO, TestedNight, TestedWay

SPEEDS = "speeds"
_COLUMNS = (
    N_("Point"), N_("Contract"), N_("Tests"), N_("Nights"), N_("Down, middle"), N_("Down, share"),
    N_("Up, middle"), N_("Up, share"), N_("Result"), N_("Best of each night, down / up, Mbit/s"),
)  # fmt: skip
_WIDTHS = (15, 14, 5, 5, 8, 7, 8, 7, 12, 38)


def sheet_of(words: Language, sheet: EvidenceSheet) -> Sheet:
    """Return the table of a month's tests, a row for each line that was tested."""
    return Sheet(
        SPEEDS,
        words.gettext("Speeds that were tested"),
        words.gettext("They are apart from the outages and change no availability."),
        tuple(words.gettext(one) for one in _COLUMNS),
        _WIDTHS,
        tuple(_row(words, one) for one in sheet.lines if one.tested.tests),
        words.gettext("No line was tested in this month."),
    )


def head(words: Language, sheet: EvidenceSheet) -> tuple[tuple[str, str], ...]:
    """Return how many lines are below the contracted speed; nothing where none was tested."""
    if not is_tested(sheet):
        return ()
    below = sum(one.tested.is_below is True for one in sheet.lines)
    return ((words.gettext("Lines below the contracted speed"), words.number(below)),)


def formula(words: Language, sheet: EvidenceSheet) -> tuple[str, ...]:
    """Return how a speed is judged; nothing where none was tested."""
    if not is_tested(sheet):
        return ()
    return (
        words.gettext(
            "Speed: of each night the best test of each way; of the nights the middle one "
            "(median); share = middle / contract. Below the contracted speed: under %(owed)s of "
            "it, from %(nights)s nights on. A test that says at least, and less than that, does "
            "not count. Tests are of TCP payload, 3 to 4 %% less than whole packets.",
            owed=words.percent(OWED_RATIO, digits=0),
            nights=words.number(NIGHTS),
        ),
    )


def is_tested(sheet: EvidenceSheet) -> bool:
    """Return whether any line was."""
    return any(one.tested.tests for one in sheet.lines)


def speed(words: Language, terms: Terms) -> str:
    """Return the speeds of a line, down and up."""
    if terms.down_bps == terms.up_bps:
        return words.rate(terms.down_bps)
    return f"{words.rate(terms.down_bps)} / {words.rate(terms.up_bps)}"


def _row(words: Language, line: SheetLine) -> SheetRow:
    terms, tested = line.contract.terms, line.tested
    return SheetRow(
        line.contract.contract_id,
        (
            line.point_name,
            f"{terms.number}, {speed(words, terms)}",
            words.number(tested.tests),
            words.number(max(tested.down.nights, tested.up.nights)),
            *_way(words, tested.down),
            *_way(words, tested.up),
            _result(words, tested.is_below),
            "; ".join(_night(words, one) for one in tested.nights),
        ),
        f"/carriers/contracts/{line.contract.contract_id}",
    )


def _way(words: Language, way: TestedWay) -> tuple[str, str]:
    return (words.rate(way.middle_bps), words.percent(way.ratio))


def _result(words: Language, is_below: bool | None) -> str:
    if is_below is None:
        return words.gettext("too few nights to say")
    return words.gettext("below the contracted speed") if is_below else words.gettext("kept")


def _night(words: Language, night: TestedNight) -> str:
    return f"{night.evening:%d/%m}: {_best(words, night.down)} / {_best(words, night.up)}"


def _best(words: Language, rate: WayRate | None) -> str:
    if rate is None:
        return "–"
    shown = words.number(rate.bps / 1e6, digits=1)
    return words.gettext("at least %(rate)s", rate=shown) if rate.is_at_least else shown
