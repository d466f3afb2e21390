"""Incidents from presence as it is stored to the pages: gathered, told, taken care of, over."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import update
from sqlmodel import select

from contracts.ids import PointId
from controller.audit.tables import AuditEntry
from controller.db.engine import reading, writing
from controller.enrolment import certificate_queries
from controller.health import service as health
from controller.incidents import channel_queries, incident_queries
from controller.incidents.channel_entered import ChannelEntered
from controller.incidents.channels import AlertChannels
from controller.incidents.service import forget
from controller.incidents.tables import IncidentRow
from controller.incidents.telling_clock import TellingClock
from controller.incidents.watch import IncidentWatch
from controller.ingest import problem_rows
from controller.ingest.cause_tables import OutageVerdict
from controller.ingest.problem_tables import OpenProblem
from controller.ingest.tables import IngestSpan
from controller.places import service as places
from controller.places.tables import Point
from controller.roles import Role
from controller.web.i18n.catalogue import chosen
from monitoring.judgement.outage_cause import OutageCause
from monitoring.judgement.presence import PointCameUp, PointWentDown, PresenceChanged
from monitoring.judgement.problem import Thresholds
from tests.integration.controller.centre import Centre

LINK = "https://centre.test"
MAIL = ChannelEntered(name="Trực mạng", host="127.0.0.1", port="2525", security="none",
                      sender="a@b.vn", recipients="c@d.vn")  # fmt: skip


class Happening:
    """Writes presence as ingest does, and looks as the web process does, by a clock of its own."""

    def __init__(self, centre: Centre, names: tuple[str, ...] = ("p-chair", "p-b", "p-c")) -> None:
        self.centre, self.web, self.names = centre, centre.web, names
        self.began_at = self.now()
        self.watch = self.new_watch()
        self.listens()
        self.says(PointCameUp, *names)

    def now(self) -> datetime:
        return self.centre.time.now()

    def new_watch(self) -> IncidentWatch:
        """Return one that has begun just now."""
        return IncidentWatch(self.web.state, self.web.series, self.web.hub, self.now, LINK)

    def listens(self) -> None:
        with writing(self.web.series) as session:
            session.add(IngestSpan(began_at=self.now(), alive_at=self.now()))

    def says(self, kind: type[PresenceChanged], *names: str, ago_s: float = 0) -> None:
        """Write a change; it is noticed now, and judged as well."""
        began_at = self.now() - timedelta(seconds=ago_s)
        changes = [kind(PointId(one), began_at, self.now()) for one in names]
        with writing(self.web.series) as session:
            problem_rows.change_presence(
                session.connection(), changes=changes, now=self.now(), thresholds=Thresholds()
            )

    def looks(self, seconds: float = 0, *, is_blind: bool = False) -> None:
        """Let time pass in steps of a few seconds, and look."""
        until = self.now() + timedelta(seconds=seconds)
        while True:
            if not is_blind:
                self.listens()
            moment_s = (self.now() - self.began_at).total_seconds()
            self.watch.look(now_s=moment_s)
            if self.now() >= until:
                return
            self.centre.time.offset += timedelta(seconds=4)

    def rows(self) -> list[IncidentRow]:
        with reading(self.web.state) as session:
            return list(session.exec(select(IncidentRow).order_by(IncidentRow.number)))  # type: ignore[arg-type]

    def letters(self) -> list[tuple[str, int]]:
        with reading(self.web.state) as session:
            found = [one for row in self.rows()
                     for one in channel_queries.of_incident(session, row.number or 0)]  # fmt: skip
        assert all(len(one.text) <= 400 for one in found)
        return [(one.what, one.rank) for one in found]


@pytest.fixture
def happening(centre: Centre) -> Iterator[Happening]:
    centre.web.part(AlertChannels).add(MAIL, actor="admin")
    yield Happening(centre)


async def test_all_points_at_once_are_one_incident_told_twice(happening: Happening) -> None:
    happening.looks(20)
    assert happening.rows() == []
    happening.says(PointWentDown, "p-b", "p-c", ago_s=25)
    happening.looks(4)
    happening.says(PointWentDown, "p-chair", ago_s=25)
    happening.looks(16)
    [row] = happening.rows()
    assert (row.key, row.reach) == ("down", "centre")
    assert (row.told_at - row.began_at).total_seconds() <= 60
    happening.watch = happening.new_watch()  # the process begins anew
    happening.looks(30)
    happening.says(PointCameUp, *happening.names)
    came_at = happening.now()
    happening.looks(140)
    [row] = happening.rows()
    assert row.ending == "recovered"
    assert row.over_at is not None
    assert row.over_at - came_at < timedelta(seconds=4)  # not when the calm was over
    assert happening.letters() == [("told", 0), ("recovered", 4)]


async def test_a_clock_that_is_set_by_a_year_alerts_nobody_and_hides_nothing(
    happening: Happening,
) -> None:
    centre, set_by = happening.centre, timedelta()
    started_at = centre.time.now()
    clock = TellingClock(
        lambda: centre.time.now() + set_by,
        monotonic=lambda: (centre.time.now() - started_at).total_seconds(),
        is_synchronised=lambda: False,
    )
    happening.now = clock.now  # type: ignore[method-assign]
    web = centre.web
    with writing(web.state) as session:
        session.execute(update(Point).values(valid_from=started_at - timedelta(days=1)))
    happening.watch = IncidentWatch(web.state, web.series, web.hub, clock.now, LINK, clock=clock)
    happening.says(PointWentDown, "p-b", ago_s=25)
    happening.looks(40)
    assert happening.letters() == [("told", 2)]
    year = timedelta(days=365)
    for set_by in (year, timedelta(), -year, timedelta()):
        for _ in range(12):  # for longer than a clock has to stand by its new time
            centre.time.offset += timedelta(seconds=60)
            happening.listens()
            happening.watch.look(now_s=(centre.time.now() - started_at).total_seconds())
        assert clock.now() - centre.time.now() - set_by < timedelta(seconds=1)
        assert happening.letters() == [("told", 2)]
        [row] = happening.rows()
        assert row.ending == "", "a point that is to begin next year is here all the same"
        assert timedelta() < clock.now() - row.told_at < timedelta(hours=1)
    happening.says(PointCameUp, "p-b")
    happening.looks(60)
    assert happening.letters() == [("told", 2)]
    happening.looks(80)
    assert happening.letters() == [("told", 2), ("recovered", 4)]


async def test_while_the_centre_is_blind_nobody_is_told_of_points(happening: Happening) -> None:
    happening.looks(8)
    happening.looks(100, is_blind=True)
    assert [one.key for one in happening.rows()] == ["centre_blind"]
    heard_at = happening.now()
    happening.looks(130)
    [row] = happening.rows()
    assert row.ending == "recovered"
    assert row.over_at is not None
    assert row.over_at - heard_at < timedelta(seconds=4)


async def test_a_problem_that_its_first_point_is_rid_of_is_told_and_holds_up_nothing(
    happening: Happening,
) -> None:
    """Its values are those of a point that has it still; with none it is told without them."""
    began_at = happening.now()
    with writing(happening.web.series) as session:
        for name, kept in (("p-b", '{"percent": 9.5}'), ("p-c", '{"percent": 4.2}'),
                           ("p-chair", "{}")):  # fmt: skip
            problem = "loss" if kept != "{}" else "slow"
            session.add(OpenProblem(point_id=name, problem=problem, about="", severity="serious",
                                    began_at=began_at, evidence=kept))  # fmt: skip
    happening.looks(60)
    with writing(happening.web.series) as session:
        session.delete(session.get_one(OpenProblem, ("p-b", "loss", "")))
    happening.looks(200)
    assert {one.key: one.evidence for one in happening.rows()} == {
        "loss": '{"percent": 4.2}', "slow": "{}",
    }  # fmt: skip
    assert len(happening.letters()) == 2
    viewer = await happening.centre.sign_in(Role.VIEWER)
    page = await viewer.get("/incidents")
    assert (page.status_code, "Mất gói 4,2 %" in page.text) == (200, True)


async def test_who_is_shut_out_is_told_of_to_nobody(happening: Happening) -> None:
    web = happening.web
    with writing(web.state) as session:
        certificate_queries.add(
            session, "p-b", serial="1", sha256="ab" * 32, issued_at=happening.now(),
            expires_at=happening.now() + timedelta(days=1), public_key="",
        )  # fmt: skip
        certificate_queries.end_all(session, "p-b", why="revoked", now=happening.now())
        places.clear_certificate(session, "p-b")
    happening.looks(12)
    happening.says(PointWentDown, "p-b", ago_s=25)
    happening.looks(60)
    assert happening.rows() == []
    with writing(web.state) as session:  # by a clock that is a year back
        long_ago = happening.now() - timedelta(days=365)
        certificate_queries.add(
            session, "p-b", serial="2", sha256="cd" * 32, issued_at=long_ago,
            expires_at=happening.now() + timedelta(days=1), public_key="",
        )  # fmt: skip
        places.set_certificate(
            session, "p-b", sha256="cd" * 32, expires_at=happening.now(), now=long_ago
        )
    happening.looks(60)
    assert [row.key for row in happening.rows()] == ["down"]


async def test_a_point_is_told_with_its_page_and_somebody_takes_care(happening: Happening) -> None:
    centre = happening.centre
    happening.says(PointWentDown, "p-b", ago_s=25)
    happening.looks(40)
    office, viewer = await centre.sign_in(Role.OFFICE), await centre.sign_in(Role.VIEWER)
    [row] = happening.rows()
    path = f"/incidents/{row.number}"
    page = (await viewer.get("/incidents")).text
    assert "Mất liên lạc với Xã B" in page
    page = (await viewer.get(path)).text
    for said in ("Mất liên lạc với Xã B", "Phát hiện ở 1 điểm cầu.", "Đã soạn tin cho: Trực mạng.",
                 "Đang chờ", f"{LINK}{path}", "vẫn vậy"):  # fmt: skip
        assert said in page, said
    assert "Nhận xử lý" not in page
    refused = await viewer.client.post(
        f"{path}/acknowledge", data={"csrf_token": viewer.csrf_token}
    )
    assert refused.status_code == 403
    csrf = {"csrf_token": office.csrf_token}
    assert "Nhận xử lý" in (await office.get(path)).text
    statuses = [(await office.client.post(f"{path}/acknowledge", data=csrf)).status_code
                for _ in range(2)]  # fmt: skip
    assert statuses == [303, 409]
    noted = await office.client.post(
        f"{path}/note", data=csrf | {"text": "<b>Gọi</b> VNPT\r\nlúc 9h"}
    )
    assert noted.status_code == 303
    too_long = await office.client.post(f"{path}/note", data=csrf | {"text": "a" * 501})
    assert too_long.status_code == 422
    page = (await viewer.get(path)).text
    assert "office nhận xử lý." in page
    assert "&lt;b&gt;Gọi&lt;/b&gt; VNPT lúc 9h" in page
    with reading(happening.web.state) as session:
        actions = set(session.exec(select(AuditEntry.action)))
    assert {"acknowledge_incident", "note_incident"} <= actions


async def test_pages_without_incidents_say_so_and_unknown_ones_are_not_found(
    centre: Centre,
) -> None:
    viewer = await centre.sign_in(Role.VIEWER)
    page = (await viewer.get("/incidents")).text
    for said in ("Không có sự cố nào đang diễn ra.", "Chưa có sự cố nào đã kết thúc.",
                 "Chưa ai được báo tin"):  # fmt: skip
        assert said in page
    for path in ("/incidents/1", "/incidents/0", f"/incidents/{10**12}", "/incidents/x"):
        assert (await viewer.get(path)).status_code == 404
    assert (await viewer.get("/incidents?before=abc")).status_code == 200
    assert (await viewer.get("/incidents/channels")).status_code == 403


async def test_what_is_over_for_long_is_forgotten_whole(happening: Happening) -> None:
    happening.says(PointWentDown, "p-b", ago_s=25)
    happening.looks(20)
    happening.says(PointCameUp, "p-b")
    happening.looks(140)
    with writing(happening.web.state) as session:
        assert forget(session, happening.now() - timedelta(hours=1), count=10) == 0
        assert forget(session, happening.now(), count=10) == 1
    assert happening.rows() == []
    with reading(happening.web.state) as session:
        assert incident_queries.story_of(session, 1) == []


async def test_the_letter_and_the_page_say_why_as_the_points_own_page_does(
    happening: Happening,
) -> None:
    happening.looks(8)
    began_at = happening.now()
    happening.says(PointWentDown, "p-b")
    with writing(happening.web.series) as session:
        session.add(OutageVerdict(point_id="p-b", outage_began_at=began_at, judged_at=began_at,
                                  noticed_at=began_at, cause=OutageCause.POWER.value,
                                  is_certain=False, is_recorded=False, evidence="[]"))  # fmt: skip
    happening.looks(40)
    [row] = happening.rows()
    with reading(happening.web.series) as session:
        outage = (PointId("p-b"), row.began_at)
        words = chosen("vi")
        cause = health.causes_of_outages(session, words, happening.now(), [outage])[outage]
    with reading(happening.web.state) as session:
        [letter] = channel_queries.of_incident(session, row.number or 0)
    assert f"{cause.whose}." in letter.text and cause.remedy in letter.text
    office = await happening.centre.sign_in()
    for path in ("/incidents", f"/incidents/{row.number}"):
        page = (await office.get(path)).text
        assert cause.whose in page and cause.remedy in page
