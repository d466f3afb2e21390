"""Interfaces and ports over time: what stands for them, what counters say, what is drawn."""

from datetime import UTC, datetime

import msgspec
import pytest

from contracts import codec
from contracts.devices import SeenDevice, SeenInterface, SnmpBody
from contracts.reports import InterfaceFacts, InventoryBody, Report
from controller.errors import NotFound
from controller.health import spans
from controller.health.figure_queries import Over
from controller.health.link_queries import NamedLink, growths, link_of
from controller.health.steps import grid_of
from controller.health.views import figures_file, links
from controller.health.views.device import InterfaceRow
from controller.web.elements import Badge
from controller.web.i18n.catalogue import languages
from tests.contract import golden

NOW = datetime(2026, 11, 27, 10, tzinfo=UTC)
WORDS = languages()["vi"]
SPAN = spans.chosen("6h", "", "", NOW)


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("eth0", NamedLink("", "eth0")),
        ("(virtual)", NamedLink("", "(virtual)")),
        ("sw01/7", NamedLink("sw01", "7")),
        ("sw01/007", NamedLink("sw01", "7")),
        (f"sw01/{2**31 - 1}", NamedLink("sw01", str(2**31 - 1))),
        (f"sw01/{2**31}", None),
        ("sw01/-1", None),
        ("sw01/7/8", NamedLink("sw01/7", "8")),  # of no device: nothing is found of it
        ("sw01/٧", None),
        ("/7", None),
        ("sw01/", None),
        ("", None),
        ("x" * 61, None),
    ],
)
def test_a_key_stands_for_one_link_or_for_none(key: str, expected: NamedLink | None) -> None:
    assert link_of(key) == expected


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([], []),
        ([(0, 5, 9)], []),
        ([(0, 5, 9), (1, 9, 9), (2, 11, 14)], [(1, 0), (2, 5)]),
        # Booted in the second bucket: nobody knows what was counted before it.
        ([(0, 5, 9), (1, 0, 12), (2, 2, 3), (3, 3, 4)], [(3, 1)]),
        ([(0, 5, 9), (1, None, None), (2, 10, 12)], [(2, 3)]),
    ],
)
def test_a_counter_grows_from_the_bucket_before(
    rows: list[tuple[int, int | None, int | None]], expected: list[tuple[int, int]]
) -> None:
    assert list(growths(rows)) == expected


def found(**values: list[Over]) -> dict[str, list[Over]]:
    count = len(SPAN_GRID)
    return {
        name: [*values.get(name, []), *[Over()] * (count - len(values.get(name, [])))]
        for name in ("in", "out", "signal", "errors", "drops")
    }


SPAN_GRID = grid_of(SPAN.period, SPAN.figure_step)


def test_what_was_never_measured_is_not_drawn_and_what_was_has_its_unit() -> None:
    drawn = links.drawn(
        WORDS,
        found(
            **{"in": [Over(3, 4e6, None, 9e6)], "out": [Over(3, 6e6, None, 7e6)]},
            signal=[Over(4, 0.75)],
        ),
        SPAN,
        20_000_000,
    )
    assert [(one.name, one.mean[0], one.highest[0]) for one in drawn] == [
        ("in", 4.0, 9.0),
        ("out", 6.0, 7.0),
        ("utilisation", 30.0, 45.0),
        ("signal", 75.0, None),
    ]
    assert all(one.mean[1] is None for one in drawn)
    assert "20" in drawn[2].title and drawn[2].title.endswith("(%)")
    assert [one.name for one in links.drawn(WORDS, found(signal=[Over(1, 1.0)]), SPAN, None)] == [
        "signal"
    ]


def test_a_file_has_what_is_drawn_and_nothing_else() -> None:
    drawn = links.drawn(
        WORDS, found(**{"in": [Over(3, 4e6, None, 9e6)]}, errors=[Over(1, 7, None, 7)]), SPAN, None
    )
    columns, rows = figures_file.table(WORDS, SPAN, drawn, "")
    assert columns[0] == "begins_at" and len(columns) == 5
    assert rows[0][1:] == (4.0, 4.0, 9.0, 7)
    assert len(rows) == len(SPAN_GRID) and rows[1][1:] == (None,) * 4
    columns, rows = figures_file.table(WORDS, SPAN, drawn, "errors")
    assert (len(columns), rows[0][1:]) == (2, (7,))
    with pytest.raises(NotFound):
        figures_file.table(WORDS, SPAN, drawn, "drops")


def row(key: str) -> InterfaceRow:
    return InterfaceRow(key, "", Badge("up", "state-up", "x"), "", "", "", "", key)


@pytest.mark.parametrize(
    ("asked", "query", "chosen", "file"),
    [
        ("", "", "eth0", "links.json?link=eth0"),
        ("", "?span=7d", "eth0", "links.json?span=7d&link=eth0"),
        ("wlan0", "?link=wlan0&span=7d", "wlan0", "links.json?link=wlan0&span=7d"),
    ],
)
def test_the_first_is_drawn_where_none_is_asked_for(
    asked: str, query: str, chosen: str, file: str
) -> None:
    view = links.view(WORDS, asked, [row("eth0"), row("wlan0")], [], query)
    assert (view.chosen, view.file, view.is_asked) == (chosen, file, bool(asked))
    assert links.view(WORDS, "", [], [], "").chosen == ""
    assert links.view(WORDS, "", [row("a&b#")], [], "").file == "links.json?link=a%26b%23"


def test_the_speed_is_what_was_said_of_the_link_last() -> None:
    report = codec.decode(Report, golden.payload("report-inventory-machine"))
    assert isinstance(report.body, InventoryBody)
    facts = (InterfaceFacts(name="eth0", speed_bps=123_000_000), InterfaceFacts(name="eth1"))
    inventory = msgspec.structs.replace(report.body, interfaces=facts)
    ports = (SeenInterface(index=7, speed_bps=456_000_000), SeenInterface(index=8))
    snmp = SnmpBody((SeenDevice("sw01", NOW, "answers", interfaces=ports),))
    speeds = [
        links.speed_of(one, inventory, snmp)
        for one in (
            NamedLink("", "eth0"),
            NamedLink("", "eth1"),
            NamedLink("sw01", "7"),
            NamedLink("sw01", "8"),
        )
    ]
    assert speeds == [123_000_000, None, 456_000_000, None]
    assert links.speed_of(NamedLink("", "eth0"), None, snmp) is None
    assert links.speed_of(NamedLink("sw02", "7"), inventory, None) is None
