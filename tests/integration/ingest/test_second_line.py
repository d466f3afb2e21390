"""A point that goes on by its second line is up and degraded, from when to when a row."""

import pytest
from sqlmodel import col, select

from contracts.lan import DnsSection, Resolver
from contracts.line import LineSection
from contracts.reports import (
    GatewaySection,
    HealthBody,
    InterfaceFacts,
    InterfaceRate,
    InterfacesSection,
    InventoryBody,
)
from controller.db.engine import reading
from controller.health import point_queries
from controller.ingest.cause_evidence import of_outage
from controller.ingest.presence_book import PresenceBook
from controller.ingest.problem_tables import ProblemFlip
from controller.ingest.store import SeriesStore
from monitoring.judgement.availability import Outage
from monitoring.judgement.presence import PresenceLimits, PresenceState
from monitoring.judgement.problem import ProblemKey
from tests.integration.ingest.judged import judge, store_presence
from tests.integration.ingest.reports import P1, arrival, at

FAILED_OVER = (PresenceState.DEGRADED, [(ProblemKey.FAILED_OVER, "enp1s0", "wwan0")])
WELL: tuple[PresenceState, list[object]] = (PresenceState.UP, [])


@pytest.fixture
def store(series):
    store = SeriesStore(series)
    book = PresenceBook(PresenceLimits())
    book.heard(P1, at(0), at(0))
    store.begin_span(at(0))
    store_presence(store, book.take_changes(), at(0))
    return store


def by(seq, *names):
    rates = tuple(InterfaceRate(name=one, has_carrier=True) for one in names)
    return arrival(seq, body=HealthBody(interfaces=InterfacesSection(rates=rates)))


def inventory(seq, way):
    interfaces = tuple(
        InterfaceFacts(name=one, is_uplink=one == way) for one in ("enp1s0", "wwan0")
    )
    made = InventoryBody(
        hostname="hop", system="Debian", agent_version="0.1", processor="N100", processor_count=4,
        memory_bytes=8, disk_bytes=9, interfaces=interfaces,
    )  # fmt: skip
    return arrival(seq, body=made)


def wrong(series, store, now_s):
    store.keep_span(at(now_s))
    judge(store, at(now_s))
    with reading(series) as session:
        judgement = point_queries.standing(session, P1, at(now_s)).judgement
    told = [(p.key, p.arguments["name"], p.arguments["through"]) for p in judgement.problems]
    return judgement.state, told


@pytest.mark.parametrize("comes_with_its_inventory", [False, True])
def test_a_second_line_is_told_until_the_first_is_back(series, store, comes_with_its_inventory):
    store.commit([inventory(1, "enp1s0"), by(2, "enp1s0", "wwan0")])
    assert wrong(series, store, 21) == WELL
    store.commit([by(3, "wwan0", "enp1s0")])
    if comes_with_its_inventory:  # both are there before anybody looks
        store.commit([inventory(4, "wwan0")])
    assert wrong(series, store, 41) == FAILED_OVER
    store.commit([inventory(5, "wwan0"), by(200, "wwan0", "enp1s0")])
    assert wrong(series, store, 2001) == FAILED_OVER  # long after the inventory of before
    store.commit([by(201, "enp1s0", "wwan0")])
    assert wrong(series, store, 2011) == WELL
    store.commit([inventory(202, "enp1s0"), by(203, "enp1s0", "wwan0")])
    assert wrong(series, store, 2031) == WELL
    with reading(series) as session:
        rows = session.exec(select(ProblemFlip).order_by(col(ProblemFlip.flip_id))).all()
    assert [(row.at, row.became) for row in rows] == [(at(41), "serious"), (at(2011), None)]


def test_whoever_never_had_another_line_has_not_left_it(series, store):
    store.commit([inventory(1, "wwan0"), by(2, "wwan0", "enp1s0")])
    assert wrong(series, store, 21) == WELL


def test_a_report_in_which_no_name_server_found_the_centre_says_so_of_an_outage(series, store):
    def asked(seq, *answers):
        resolvers = tuple(Resolver(address="10.0.0.53", answer=one) for one in answers)
        return arrival(
            seq,
            body=HealthBody(
                gateway=GatewaySection(address="10.0.0.1", rtt_ms=1.0),
                line=LineSection(sent=5, received=5),
                dns=DnsSection(asked="hop.tinh.vn", resolvers=resolvers),
            ),
        )

    astray = Resolver(address="10.0.0.53", answer="answers", elsewhere="192.0.2.99")
    astray_body = HealthBody(dns=DnsSection(asked="hop.tinh.vn", resolvers=(astray, astray)))
    store.commit([asked(1, "answers"), asked(2, "silent", "answers"), asked(3, "silent"),
                  asked(4, "unknown_name", "silent"), asked(5, "fails"),
                  arrival(6, body=astray_body)])  # fmt: skip
    evidence = store.run(
        lambda connection: of_outage(
            connection, P1, Outage(at(15), None), now=at(60), blind_until=(), unit_of={}
        )
    )
    said = [one.sample for one in evidence.records if one.sample]
    assert [one.is_nameless for one in said] == [False, False, True, True, True, True]
    assert [one.is_unknown_name for one in said] == [False, False, False, True, False, False]
    assert [one.false_name for one in said] == ["", "", "", "", "", "192.0.2.99"]
