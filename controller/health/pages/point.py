"""One point's page."""

from dataclasses import replace
from datetime import timedelta

from fastapi import APIRouter

from contracts.ids import PointId
from controller.carriers import panel as carrier_panel
from controller.contacts import panel as contacts_panel
from controller.devices import batteries, trap_view
from controller.devices import service as devices
from controller.devices import view as devices_view
from controller.devices.batteries import BatteriesKnown
from controller.enrolment import service as enrolment
from controller.health import (
    boot_queries,
    link_queries,
    point_queries,
    trap_queries,
    way_queries,
)
from controller.health import service as health
from controller.health.interrupted import interrupted
from controller.health.pages.availability import usual_ways
from controller.health.pages.history import Charted, history
from controller.health.pages.point_charts import point_of, sold_for
from controller.health.pages.span_asked import span_of
from controller.health.views import history as history_view
from controller.health.views import point as view
from controller.health.views import way as way_view
from controller.health.views.point import PointView
from controller.health.views.way import WaySeen
from controller.line_tests import panel as line_test_panel
from controller.maintenance import panel
from controller.places import service as places
from controller.places.tree import ancestors
from controller.rehearsals import panel as rehearsal_panel
from controller.thresholds import panel as threshold_panel
from controller.ways import service as asked_ways
from controller.web.page_request import PageRequest
from controller.web.registration import live_page
from monitoring.judgement import ports
from monitoring.judgement.availability import last_days

router = APIRouter(include_in_schema=False)
TRAPS_SPAN, MOST_TRAPS = timedelta(days=7), 50
MOST_BOOTS = 20
MOST_WAYS, MOST_ADDRESSES = 11, 12
ADDRESS_HOLDS = timedelta(minutes=30)
"""So long after a point was heard from an address that is still its own."""


@live_page(router, "/points/{point_id}", "health/point.html", section="points")
def point(asked: PageRequest) -> PointView:
    """Return one point with everything that is known of it."""
    now, words, found = asked.now, asked.words, point_of(asked)
    one = health.points_now(asked, [found])[0]
    identifier = PointId(found.point_id)
    month = last_days(30, now)
    reports = point_queries.last_reports(asked.series, identifier)
    span = span_of(asked)
    charted = Charted(identifier, sold_for(asked, found), reports.inventory)
    told = history(asked.state, asked.series, charted, span, span.row, now)
    known = devices.of_point(asked.state, found.point_id)
    can_be_sealed_to = bool(enrolment.sealing_keys(asked.state, [identifier]))
    batteries_known = BatteriesKnown(
        batteries.of_point(asked.state, found.point_id),
        point_queries.battery_asks(asked.series, identifier),
    )
    snmp = devices_view.panel(
        words,
        now,
        known,
        reports.snmp,
        can_be_sealed_to=can_be_sealed_to,
        known=batteries_known,
        faults=link_queries.lately(
            asked.series,
            identifier,
            since=now - ports.OVER,
            damaging=ports.damaging(one.standing.judgement.problems),
        ),
    )
    traps = trap_queries.traps(asked.series, identifier, since=now - TRAPS_SPAN, most=MOST_TRAPS)
    way = way_view.panel(words, now, one.state, way_seen(asked, identifier))
    shown = view.view(
        words,
        now,
        one,
        reports,
        ancestors(places.units(asked.state, at=now), found.unit_id),
        interrupted(asked.state, asked.series, identifier, month, now),
        span,
        history_view.rows(words, told) if one.standing.reported else (),
        snmp,
        trap_view.rows(words, now, traps, known, reports.snmp),
        boot_queries.boots(asked.series, identifier, since=month.begins_at, most=MOST_BOOTS),
        ways=usual_ways(asked, identifier),
        maintenance=panel.of_point(asked, found),
        line_tests=line_test_panel.of_point(asked, found),
        link=asked.request.query_params.get("link", "")[: link_queries.MAX_KEY],
    )
    contract = carrier_panel.of_point(asked, found.point_id)
    return replace(
        shown,
        way=way,
        contract=contract,
        subline=view.subline(words, one, has_contract=bool(contract)),
        thresholds=threshold_panel.of_point(asked, found.point_id),
        further=view.further(words, now, one),
        contacts=contacts_panel.of_point(asked, found),
        rehearsals=rehearsal_panel.of_point(asked, found),
    )


def way_seen(asked: PageRequest, point_id: PointId) -> WaySeen:
    """Return what is known of a point's way to the centre."""
    kept = way_queries.ways(asked.series, point_id, most=MOST_WAYS)
    newest = next((one for one in kept if one.body.ending != "not_traced"), None)
    known = way_queries.addresses(asked.series, point_id, most=MOST_ADDRESSES)
    shared: list[str] = []
    if known:
        since = known[0].seen_at - ADDRESS_HOLDS
        shared = way_queries.others_at(asked.series, point_id, known[0].address, since=since)
    named = places.points_by_id(asked.state, [PointId(one) for one in shared])
    return WaySeen(
        ways=kept,
        usual=way_queries.usual_way(asked.series, point_id, besides=newest),
        asked=asked_ways.asked(asked.state, point_id),
        addresses=known,
        others=[named[PointId(one)].name for one in shared if PointId(one) in named],
    )
