"""Maintenance from its declaration to pages, incidents, availability and the audit log."""

from datetime import datetime, timedelta

from sqlmodel import col, select

from contracts.ids import PointId
from contracts.local_days import ZONE
from controller.audit.tables import AuditEntry
from controller.db.engine import reading, writing
from controller.incidents.channels import AlertChannels
from controller.maintenance import service as maintenance
from controller.maintenance.tables import MaintenanceRow
from controller.roles import Role
from monitoring.judgement.presence import PointCameUp, PointWentDown
from tests.integration.controller.centre import Centre, Person
from tests.integration.controller.test_incidents import MAIL, Happening

HOUR = timedelta(hours=1)


def typed(instant: datetime) -> str:
    return f"{instant.astimezone(ZONE):%Y-%m-%dT%H:%M}"


def body(centre: Centre, begins: timedelta, ends: timedelta, **more: str) -> dict[str, str]:
    now = centre.time.now()
    return {"scope": "point", "subject_id": "p-b", "begins_at": (now + begins).isoformat(),
            "ends_at": (now + ends).isoformat(), "reason": "Thay bộ lưu điện"} | more  # fmt: skip


async def declared(person: Person, sent: dict[str, str]) -> str:
    answer = await person.post("/api/v1/maintenance", sent)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["maintenance_id"])


async def test_it_is_declared_on_a_page_changed_and_withdrawn_and_all_of_it_is_kept(
    centre: Centre,
) -> None:
    office, now = await centre.sign_in(Role.OFFICE), centre.time.now()
    page = (await office.get("/points/p-b")).text
    assert 'href="/maintenance/new?point=p-b"' in page
    page = (await office.get("/availability", unit="tinh")).text
    assert 'href="/maintenance/new?unit=tinh"' in page
    page = (await office.get("/maintenance/new", unit="tinh")).text
    assert "Áp dụng cho 3 điểm cầu" in page
    fields = {"csrf_token": office.csrf_token, "scope": "unit", "subject_id": "tinh",
              "begins": typed(now), "ends": typed(now + 2 * HOUR),
              "reason": "<b>Đấu lại</b> tủ mạng"}  # fmt: skip
    answer = await office.client.post("/maintenance", data=fields)
    assert answer.status_code == 303, answer.text
    path = answer.headers["location"]
    page = (await office.get(path)).text
    assert "&lt;b&gt;Đấu lại&lt;/b&gt; tủ mạng" in page
    assert '<a href="/availability?unit=tinh">' in page
    fields["ends"] = typed(now + 3 * HOUR)
    assert (await office.client.post(f"{path}/change", data=fields)).status_code == 303
    page = (await office.get("/points/p-b")).text
    assert "Bảo trì / Được loại: &lt;b&gt;Đấu lại&lt;/b&gt; tủ mạng" in page
    assert 'data-state="excluded"' in (await office.get("/")).text
    csrf = {"csrf_token": office.csrf_token}
    statuses = [
        (await office.client.post(f"{path}/withdraw", data=csrf)).status_code for _ in range(2)
    ]
    assert statuses == [303, 409]
    page = (await office.get(path)).text
    for said in ("office khai báo", "office sửa thành", "office rút lại."):
        assert said in page, said
    assert 'data-state="excluded"' not in (await office.get("/")).text
    with reading(centre.web.state) as session:
        actions = list(session.exec(select(AuditEntry.action).order_by(col(AuditEntry.entry_id))))
    assert [one for one in actions if "maintenance" in one] == [
        "declare_maintenance", "change_maintenance", "withdraw_maintenance",
    ]  # fmt: skip
    admin = await centre.sign_in(Role.ADMIN)
    assert "Đấu lại" in (await admin.get("/audit")).text


async def test_what_nobody_can_mean_is_refused_with_a_sentence_and_viewers_declare_nothing(
    centre: Centre,
) -> None:
    office, viewer = await centre.sign_in(Role.OFFICE), await centre.sign_in(Role.VIEWER)
    days, year = timedelta(days=1), timedelta(days=366)
    absurd = [
        (body(centre, HOUR, timedelta()), "Giờ kết thúc phải sau giờ bắt đầu"),
        (body(centre, HOUR, year), "tối đa 31 ngày"),
        (body(centre, -3 * year, -3 * year + days), "92 ngày vừa qua"),
        (body(centre, 3 * year, 3 * year + days), "tối đa một năm"),
        (body(centre, timedelta(), HOUR, reason=" "), "Lý do chưa được nhập"),
        (body(centre, timedelta(), HOUR, reason="a" * 201), "tối đa 200"),
    ]
    for sent, said in absurd:
        answer = await office.post("/api/v1/maintenance", sent)
        assert (answer.status_code, said in answer.text) == (422, True), answer.text
        fields = {"csrf_token": office.csrf_token, "scope": "point", "subject_id": "p-b",
                  "begins": typed(datetime.fromisoformat(sent["begins_at"])),
                  "ends": typed(datetime.fromisoformat(sent["ends_at"])),
                  "reason": sent["reason"]}  # fmt: skip
        answer = await office.client.post("/maintenance", data=fields)
        assert (answer.status_code, said in answer.text) == (422, True), answer.text
    for unknown in ({"subject_id": "p-x"}, {"scope": "unit", "subject_id": "xa-x"}):
        sent = body(centre, timedelta(), HOUR, **unknown)
        assert (await office.post("/api/v1/maintenance", sent)).status_code == 404
    assert (await office.get("/maintenance/new", point="p-x")).status_code == 404
    assert (await office.get("/maintenance/none")).status_code == 404
    sent = body(centre, timedelta(), HOUR)
    assert (await viewer.post("/api/v1/maintenance", sent)).status_code == 403
    assert (await viewer.get("/maintenance/new", point="p-b")).status_code == 403
    assert "Khai báo bảo trì</a>" not in (await viewer.get("/points/p-b")).text
    assert (await viewer.get("/api/v1/maintenance")).json() == []


async def test_what_is_over_stays_and_a_report_as_of_a_time_can_be_drawn_again(
    centre: Centre,
) -> None:
    happening, office = Happening(centre), await centre.sign_in(Role.OFFICE)
    began = centre.time.now()
    centre.time.offset += 2 * HOUR
    happening.says(PointWentDown, "p-b")
    centre.time.offset += HOUR
    happening.says(PointCameUp, "p-b")
    happening.listens()
    signed_at = centre.time.now()
    name = await declared(office, body(centre, -HOUR, -HOUR / 2))
    centre.time.offset += HOUR
    happening.listens()
    whole = {"begins_at": began.isoformat(), "ends_at": signed_at.isoformat()}

    async def hours(**more: str) -> tuple[float, float, float]:
        answer = await office.get("/api/v1/points/p-b/availability", **whole, **more)
        assert answer.status_code == 200, answer.text
        parts = answer.json()["always"]
        known = parts["up_s"] + parts["down_s"] + parts["excluded_s"] + parts["unknown_s"]
        assert abs(known - parts["agreed_s"]) < 1e-6
        return tuple(round(parts[f"{one}_s"] / 3600, 1) for one in ("up", "down", "excluded"))

    assert await hours() == (2, 0.5, 0.5)
    assert await hours(as_of=signed_at.isoformat()) == (2, 1, 0)
    assert [one["point_id"] for one in (await office.get("/api/v1/availability", unit_id="xa-b",
                                                         **whole)).json()] == ["p-b"]  # fmt: skip
    change = {k: v for k, v in body(centre, HOUR, 2 * HOUR).items()
              if k not in ("scope", "subject_id")}  # fmt: skip
    later = await declared(office, body(centre, -HOUR / 4, HOUR / 4))
    centre.time.offset += HOUR
    answer = await office.post(f"/api/v1/maintenance/{later}/change", change)
    assert (answer.status_code, "không sửa hoặc rút lại" in answer.text) == (409, True)
    assert (await office.post(f"/api/v1/maintenance/{later}/withdraw")).status_code == 409
    # Declared afterwards it was over from the first: a slip in it is mended within a day.
    assert (await office.post(f"/api/v1/maintenance/{name}/withdraw")).status_code == 200
    assert await hours() == (2, 1, 0)
    assert await hours(as_of=(signed_at + HOUR / 2).isoformat()) == (2, 0.5, 0.5)
    revisions = (await office.get(f"/api/v1/maintenance/{name}")).json()
    assert [one["is_withdrawn"] for one in revisions] == [False, True]


async def test_nobody_is_told_while_it_lasts_and_what_outlives_it_is_told_then(
    centre: Centre,
) -> None:
    centre.web.part(AlertChannels).add(MAIL, actor="admin")
    happening, office = Happening(centre), await centre.sign_in(Role.OFFICE)
    await declared(office, body(centre, timedelta(), HOUR / 10))
    happening.looks(12)
    began_at = centre.time.now()
    happening.says(PointWentDown, "p-b", ago_s=25)
    happening.looks(200)
    assert happening.rows() == []
    happening.looks(180)
    [row] = happening.rows()
    assert row.told_at >= began_at + timedelta(seconds=300)
    assert happening.letters() == [("told", 2)]
    page = (await office.get(f"/incidents/{row.number}")).text
    assert "Đã khai báo bảo trì từ" in page
    assert "Thay bộ lưu điện" in page


async def test_an_incident_of_what_is_declared_ends_and_says_so(centre: Centre) -> None:
    centre.web.part(AlertChannels).add(MAIL, actor="admin")
    happening, office = Happening(centre), await centre.sign_in(Role.OFFICE)
    happening.says(PointWentDown, "p-b", ago_s=25)
    happening.looks(40)
    await declared(office, body(centre, -HOUR / 60, HOUR, scope="unit", subject_id="xa-b"))
    happening.looks(20)
    [row] = happening.rows()
    assert row.ending == "excluded"
    assert happening.letters() == [("told", 2)]
    page = (await office.get(f"/incidents/{row.number}")).text
    assert "office đã khai báo bảo trì: Thay bộ lưu điện" in page
    assert "Mất liên lạc với Xã B" in page


async def test_overlapping_ones_count_once_for_all_that_they_cover(centre: Centre) -> None:
    office = await centre.sign_in(Role.OFFICE)
    now = centre.time.now()
    await declared(office, body(centre, -2 * HOUR, HOUR))
    await declared(office, body(centre, -HOUR, 2 * HOUR, scope="unit", subject_id="tinh"))
    await declared(office, body(centre, 3 * HOUR, 4 * HOUR, scope="all"))
    with reading(centre.web.state) as session:
        found = maintenance.excluded(session, ["p-b", "p-c"], since=now)
        under = maintenance.under(session, ["p-b", "p-c"], now)
    ends = {
        point: [round((one.ends_at - one.begins_at) / HOUR, 1) for one in times]
        for point, times in found.items()
    }
    assert ends == {"p-b": [4.0, 1.0], "p-c": [3.0, 1.0]}
    assert under[PointId("p-b")].subject_id == "tinh"
    assert "Chỗ trùng nhau chỉ tính một lần." in (await office.get("/points/p-b")).text


async def test_a_program_that_declares_in_a_loop_is_stopped_and_can_withdraw(
    centre: Centre,
) -> None:
    office, now = await centre.sign_in(Role.OFFICE), centre.time.now()
    name = await declared(office, body(centre, HOUR, 2 * HOUR))
    with writing(centre.web.state) as session:
        session.add_all(
            MaintenanceRow(
                maintenance_id=f"m{place}", scope="all", begins_at=now, ends_at=now + HOUR,
                reason="x", made_at=now, made_by="x",
            )
            for place in range(maintenance.MOST_A_DAY)
        )  # fmt: skip
    sent = body(centre, HOUR, 2 * HOUR)
    assert (await office.post("/api/v1/maintenance", sent)).status_code == 422
    changed = {one: sent[one] for one in ("begins_at", "ends_at", "reason")}
    assert (await office.post(f"/api/v1/maintenance/{name}/change", changed)).status_code == 422
    assert (await office.post(f"/api/v1/maintenance/{name}/withdraw", {})).status_code == 200
    centre.time.offset += timedelta(days=1, seconds=1)
    await declared(await centre.sign_in(Role.OFFICE), body(centre, HOUR, 2 * HOUR))
