"""Thresholds are tried on what is kept, by the rules; set with a reason, undone, kept apart."""

import re
from datetime import timedelta

import pytest
from sqlmodel import select

from contracts import codec
from contracts.reports import ClockState, HealthBody, InterfaceRate, InterfacesSection, Report
from controller.audit.tables import AuditEntry
from controller.carriers.tables import Carrier, LineContractRow
from controller.db.engine import reading, writing
from controller.ingest.tables import (
    Bandwidth,
    Figure5Min,
    Health5Min,
    Interface5Min,
    LatestReport,
    Port5Min,
    PresenceInterval,
)
from controller.roles import Role
from controller.settings import ThresholdSettings
from controller.thresholds import service, threshold_queries, trial
from controller.thresholds.scheme import Scheme
from tests.integration.controller.centre import Centre, Person

ADDRESS = "/thresholds"
STEP = timedelta(minutes=5)


def tell(centre: Centre) -> None:
    """Two slow times of p-b lately, one older than a week, and a busy moment of p-c."""
    now = centre.time.now()
    start = now - timedelta(seconds=now.timestamp() % 300)
    with writing(centre.web.series) as session:
        for point_id, back, rtt_ms, cpu_ratio in (
            ("p-b", 10, 120.0, 0.5), ("p-b", 11, 180.0, 0.5), ("p-b", 100, 130.0, 0.5),
            ("p-b", 7 * 288 + 5, 900.0, 0.5), ("p-c", 4, 10.0, 0.99), ("p-gone", 4, 900.0, 1.0),
        ):  # fmt: skip
            session.add(
                Health5Min(
                    point_id=point_id, begins_at=start - back * STEP, samples=30, probes_sent=90,
                    probes_received=90, rtt_samples=30, rtt_sum_ms=30 * rtt_ms, rtt_min_ms=1,
                    rtt_max_ms=999, cpu_samples=30, cpu_ratio_sum=15, cpu_ratio_max=cpu_ratio,
                )
            )  # fmt: skip


def fell(centre: Centre, point_id: str, minutes_ago: int) -> None:
    """A point was not heard for two minutes."""
    at = centre.time.now() - timedelta(minutes=minutes_ago)
    with writing(centre.web.series) as session:
        session.add(
            PresenceInterval(
                point_id=point_id, state="down", began_at=at, noticed_at=at,
                ended_at=at + timedelta(minutes=2),
            )
        )  # fmt: skip


def cells(text: str, row: str) -> list[str]:
    found = re.search(rf'data-testid="threshold-{row}".*?</tr>', text, re.DOTALL)
    assert found is not None
    return [re.sub("<[^>]+>", "", one) for one in re.findall(r"<td.*?</td>", found[0])][1:]


async def save(person: Person, **fields: str | list[str]) -> tuple[int, str]:
    """Send the form; return the status, and the page that is shown in the end."""
    sent = {"reason": "Đường 4G chậm", "csrf_token": person.csrf_token} | fields
    answer = await person.client.post(ADDRESS, data=sent)
    if answer.status_code != 303:
        return answer.status_code, answer.text
    return 303, (await person.client.get(answer.headers["location"])).text


def now_set(centre: Centre) -> Scheme:
    with reading(centre.web.state) as session:
        return service.newest(session).scheme


async def test_it_says_what_would_have_been_told(centre: Centre) -> None:
    tell(centre)
    office = await centre.sign_in(Role.OFFICE)
    assert f'href="{ADDRESS}"' in (await office.get("/incidents")).text
    page = (await office.get(ADDRESS)).text
    assert '<a href="/incidents">' in page and "thresholds-history-empty" in page
    assert cells(page, "rtt_ms") == ["150", "mặc định"]
    assert "thresholds-told" not in page
    page = (await office.get(ADDRESS, rtt_ms="110,5", loss_ratio="")).text
    assert cells(page, "rtt_ms") == ["150", "mặc định", "1", "2"]
    assert cells(page, "cpu_ratio")[2:] == ["1", "1"]
    assert cells(page, "contract_ratio")[2:] == ["0", "0"]
    assert cells(page, "budget_ratio")[2:] == ["0", "0"]
    assert cells(page, "loss_ratio")[2:] == ["0", "0"]
    assert "p-gone" not in page and "/points/p-b?span=7d" in page
    assert "Khứ hồi 150 → 110,5 ms" in page and "Quản trị viên mới lưu được." in page
    assert "thresholds-save-form" not in page and now_set(centre) == Scheme()
    assert (await save(office, rtt_ms="110"))[0] == 403
    assert now_set(centre) == Scheme()


async def test_signals_and_ports_are_tried_too(centre: Centre) -> None:
    now = centre.time.now()
    start = now - timedelta(seconds=now.timestamp() % 300)
    with writing(centre.web.series) as session:
        for back, lowest_dbm in ((30, -112.0), (90, -105.0)):
            session.add(
                Figure5Min(
                    point_id="p-b", begins_at=start - back * STEP, name="rsrp_dbm", samples=2,
                    total=2 * lowest_dbm, lowest=lowest_dbm, highest=lowest_dbm,
                )
            )  # fmt: skip
        for back, errors in ((20, 25), (21, 25), (22, 0)):
            session.add(
                Port5Min(
                    point_id="p-c", begins_at=start - back * STEP, device_id="sw1", if_index=7,
                    samples=1, errors_counted=errors,
                )
            )  # fmt: skip
    office = await centre.sign_in(Role.OFFICE)
    page = (await office.get(ADDRESS, rsrp_dbm="-104", port_errors_count="50")).text
    assert cells(page, "rsrp_dbm")[2:] == ["1", "2"]
    assert cells(page, "port_errors_count")[2:] == ["0", "1"]


async def test_what_is_used_of_a_months_data_is_tried_too(centre: Centre) -> None:
    """From 75 to 85 % in two hours, a month that began anew; and of another twice above 95 %."""
    now = centre.time.now()
    start = now - timedelta(seconds=now.timestamp() % 300)
    used = [("p-b", 100 - n, 0.75 + n * 0.1 / 24) for n in range(25)]
    used += [("p-b", 60, 0.01), ("p-c", 40, 0.951), ("p-c", 20, 0.96)]
    with writing(centre.web.series) as session:
        for point_id, back, ratio in used:
            session.add(
                Figure5Min(
                    point_id=point_id, begins_at=start - back * STEP, name="budget_used_ratio",
                    samples=2, total=2 * ratio, lowest=ratio - 0.001, highest=ratio,
                )
            )  # fmt: skip
    office = await centre.sign_in(Role.OFFICE)
    for percent, told in (("70", "3"), ("90", "2"), ("95,5", "1"), ("97", "0")):
        page = (await office.get(ADDRESS, budget_ratio=percent)).text
        assert cells(page, "budget_ratio")[2:] == ["3", told]
    assert "/points/p-b?span=7d" in page


async def test_a_line_is_tried_beside_what_it_is_sold_for(centre: Centre) -> None:
    now = centre.time.now()
    start = now - timedelta(seconds=now.timestamp() % 300)
    health = HealthBody(
        interfaces=InterfacesSection(rates=(InterfaceRate(name="wan0", has_carrier=True),))
    )
    with writing(centre.web.state) as session:
        session.add(Carrier(carrier_id="c", name="VNPT Điện Biên", made_at=now))
        session.flush()
        session.add(
            LineContractRow(
                revision=1, contract_id="c1", point_id="p-b", carrier_id="c", number="88/HĐ",
                down_bps=100_000_000, up_bps=50_000_000, begins_on="2020-01-01", made_at=now,
                made_by="office",
            )
        )  # fmt: skip
    with writing(centre.web.series) as session:
        report = Report(
            outbox_id="outbox-of-a-test", seq=2, measured_at=now, boot_id="0" * 32,
            monotonic_ms=1000, clock=ClockState(source="ntp", error_ms=8.0), body=health,
        )  # fmt: skip
        text = codec.encode(report).decode()
        session.add(
            LatestReport(point_id="p-b", kind="health", at=now, received_at=now, report=text)
        )
        # Slow, well, slow, and one that is not sure; the last long before the next.
        for seq, (back_min, bps, confidence) in enumerate(
            ((300, 20_000_000, 0.9), (290, 50_000_000, 0.9), (200, 29_000_000, 0.9),
             (100, 1_000_000, 0.1))
        ):  # fmt: skip
            at = now - timedelta(minutes=back_min)
            session.add(
                Bandwidth(
                    outbox_key=1, seq=seq, point_id="p-b", at=at, sent=9, received=9,
                    train_bytes=9, available_bps=bps, confidence_ratio=confidence,
                )
            )  # fmt: skip
        for name, back, rx_bps in (("wan0", 9, 95_000_000), ("wan0", 50, 85_000_000),
                                   ("lan0", 30, 99_000_000)):  # fmt: skip
            session.add(
                Interface5Min(
                    point_id="p-b", begins_at=start - back * STEP, name=name, samples=2,
                    rx_samples=2, rx_sum_bps=2 * rx_bps, tx_samples=2, tx_sum_bps=0,
                )
            )  # fmt: skip
        # Down alone too slow: until the next that was sent back, whatever goes up meanwhile.
        for seq, (back_min, down_bps) in enumerate(
            ((700, 55_000_000), (690, None), (680, None), (670, 90_000_000)), 10
        ):
            session.add(
                Bandwidth(
                    outbox_key=1, seq=seq, point_id="p-b", at=now - timedelta(minutes=back_min),
                    sent=9, received=9, train_bytes=9, available_bps=50_000_000,
                    confidence_ratio=0.9, down_bps=down_bps,
                    down_confidence_ratio=None if down_bps is None else 0.9,
                )
            )  # fmt: skip
    office = await centre.sign_in(Role.OFFICE)
    page = (await office.get(ADDRESS, contract_ratio="60", utilisation_ratio="80")).text
    assert cells(page, "contract_ratio")[2:] == ["1", "3"]
    assert cells(page, "utilisation_ratio")[2:] == ["1", "2"]
    assert cells(page, "tested_ratio")[2:] == ["0", "0"]


async def test_what_cannot_be_tried_is_refused_and_stays_typed(centre: Centre) -> None:
    office = await centre.sign_in(Role.OFFICE)
    for typed in ("x", "-1", "1e3", "10001", "0", "nan", "1.000", "9" * 12, "<b>"):
        answer = await office.get(ADDRESS, rtt_ms=typed, jitter_ms="77")
        assert answer.status_code == 422, typed
        assert (
            "Khứ hồi" in answer.text
            and 'value="77"' in answer.text
            and "<b>" not in answer.text.replace("<b>1", "")
        )
    for wrong in ({"part": "x"}, {"part": "new", "name": "A", "joins": "unit:x"}, {"restore": "9"}):
        assert (await office.get(ADDRESS, rtt_ms="99", **wrong)).status_code == 404, wrong
    viewer = await centre.sign_in(Role.VIEWER)
    assert (await viewer.get(ADDRESS)).status_code == 403


async def test_more_than_can_be_counted_is_a_warning_and_two_at_once_are_refused(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(centre)
    office = await centre.sign_in(Role.OFFICE)
    with trial.TURNS.taken():
        answer = await office.get(ADDRESS, rtt_ms="99")
    assert (answer.status_code, "sau vài giây" in answer.text) == (422, True)
    monkeypatch.setattr(trial, "MOST_ROWS", 1)
    answer = await office.get(ADDRESS, rtt_ms="99")
    assert (answer.status_code, "không đếm được" in answer.text) == (200, True)
    monkeypatch.undo()
    monkeypatch.setattr(trial, "MOST_POINTS", 2)
    assert "Thử trên 2 trong 3 điểm cầu" in (await office.get(ADDRESS, rtt_ms="99")).text


async def test_it_is_set_with_a_reason_told_in_the_log_and_undone(centre: Centre) -> None:
    admin = await centre.sign_in(Role.ADMIN)
    for wrong, said in (
        ({"reason": " "}, "Lý do"),
        ({"reason": "x" * 201}, "Lý do"),
        ({"rtt_ms": "150"}, "Chưa có gì thay đổi"),
        ({"rtt_ms": "x"}, "Khứ hồi"),
    ):
        status, page = await save(admin, **{"rtt_ms": "222,5"} | wrong)
        assert (status, said in page) == (422, True), wrong
    assert now_set(centre) == Scheme()
    status, page = await save(admin, rtt_ms="222,5", loss_ratio="4")
    assert status == 303 and "Đã lưu, là lần đổi 1." in page
    assert cells(page, "rtt_ms") == ["222,5", "mọi điểm cầu, đặt trên trang này"]
    assert "Khứ hồi 150 → 222,5 ms" in page and "Đường 4G chậm" in page
    assert now_set(centre).values == {"rtt_ms": 222.5, "loss_ratio": 0.04}
    with reading(centre.web.state) as session:
        [entry] = session.exec(select(AuditEntry).where(AuditEntry.action == "set_thresholds"))
        said = "Mọi điểm cầu: Mất gói 2,5 → 4 %; Mọi điểm cầu: Khứ hồi 150 → 222,5 ms"
        assert (entry.actor, entry.subject, entry.detail) == ("admin", "1", said)
    page = (await admin.get("/audit")).text
    assert "đặt ngưỡng" in page and 'href="/thresholds"' in page
    chart = (await admin.get("/points/p-b/series.json")).json()
    assert chart["limits"] == {"rtt_ms": 222.5, "loss": 0.04}
    page = (await admin.get(ADDRESS, restore="0")).text
    assert "Khứ hồi 222,5 → 150 ms" in page and "thresholds-form" not in page
    status, page = await save(admin, restore="0", base="1", reason="Nhầm")
    assert status == 303 and "Như ở lần đổi 0" in page
    assert now_set(centre) == Scheme()
    status, page = await save(admin, restore="1", base="2")
    assert status == 303 and now_set(centre).values["rtt_ms"] == 222.5


async def test_a_signal_is_typed_below_zero(centre: Centre) -> None:
    admin = await centre.sign_in(Role.ADMIN)
    for wrong in ("115", "-161", "0"):
        status, page = await save(admin, rsrp_dbm=wrong)
        assert status == 422 and "Sóng 4G (RSRP) yếu hơn" in page
    status, page = await save(admin, rsrp_dbm="−115,5", budget_ratio="75")
    assert status == 303 and now_set(centre).values == {"rsrp_dbm": -115.5, "budget_ratio": 0.75}
    assert cells(page, "rsrp_dbm") == ["-115,5", "mọi điểm cầu, đặt trên trang này"]


async def test_a_template_holds_for_who_uses_it(centre: Centre) -> None:
    admin = await centre.sign_in(Role.ADMIN)
    sent = {"part": "new", "name": "  Mạng   4G ", "rtt_ms": "400", "joins": "unit:xa-b"}
    status, page = await save(admin, **sent)
    assert status == 303 and "Mạng 4G</strong> · 1 điểm cầu" in page
    [made] = now_set(centre).templates
    assert (made.name, made.values, made.points) == ("Mạng 4G", {"rtt_ms": 400.0}, ("p-b",))
    for point_id, rtt_ms in (("p-b", 400.0), ("p-c", 150.0)):
        chart = (await admin.get(f"/points/{point_id}/series.json")).json()
        assert chart["limits"]["rtt_ms"] == rtt_ms
    part = {"part": made.template_id, "name": "Mạng 4G", "rtt_ms": "400", "base": "1"}
    page = (await admin.get(ADDRESS, part=made.template_id)).text
    assert cells(page, "rtt_ms") == ["400", "mẫu này"] and 'value="p-b"' in page
    status, _ = await save(admin, **part, joins="point:p-c", leaves=["p-b"])
    assert status == 303 and now_set(centre).templates[0].points == ("p-c",)
    status, page = await save(admin, **sent)
    assert status == 422 and "Đã có mẫu ngưỡng tên “Mạng 4G”" in page
    status, page = await save(admin, **part | {"base": "2"}, removed="yes")
    assert status == 303 and now_set(centre).templates == ()
    assert (await admin.get(ADDRESS, part=made.template_id)).status_code == 404


async def test_what_went_with_an_outage_is_not_hidden_unread(centre: Centre) -> None:
    tell(centre)
    fell(centre, "p-b", 45)
    admin = await centre.sign_in(Role.ADMIN)
    page = (await admin.get(ADDRESS, rtt_ms="190")).text
    warned = "Có 1 lần ngưỡng này sẽ không báo gì dù ngay lúc đó điểm cầu mất liên lạc: Xã B"
    assert warned in page and "thresholds-understood" in page
    status, page = await save(admin, rtt_ms="190")
    assert (status, "Đọc các cảnh báo" in page, warned in page) == (422, True, True)
    assert "Đường 4G chậm" in page and now_set(centre) == Scheme()
    status, _ = await save(admin, rtt_ms="190", understood="yes")
    assert status == 303 and now_set(centre).values == {"rtt_ms": 190.0}


async def test_who_saves_second_is_told_what_has_changed(centre: Centre) -> None:
    one, other = await centre.sign_in(Role.ADMIN), await centre.sign_in(Role.ADMIN)
    assert (await save(one, rtt_ms="222"))[0] == 303
    status, page = await save(other, jitter_ms="55", base="0")
    assert status == 409 and "Mọi điểm cầu: Khứ hồi 150 → 222 ms" in page
    assert 'name="base" value="1"' in page and 'name="jitter_ms" value="55"' in page
    # Another part is in nobody's way; what the first has set stays.
    sent = {"part": "new", "name": "VSAT", "rtt_ms": "900", "base": "0"}
    assert (await save(other, **sent))[0] == 303
    assert (await save(other, jitter_ms="55", rtt_ms="222", base="1"))[0] == 303
    assert now_set(centre).values == {"rtt_ms": 222.0, "jitter_ms": 55.0}
    assert [t.name for t in now_set(centre).templates] == ["VSAT"]
    assert (await save(other, restore="0", base="1"))[0] == 409


async def test_a_day_has_so_many_changes_and_a_history_so_many_rows(
    sqlite_centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(threshold_queries, "MOST_KEPT", 2)
    monkeypatch.setattr(service, "MOST_A_DAY", 3)
    admin = await sqlite_centre.sign_in(Role.ADMIN)
    for base, rtt_ms in enumerate(("201", "202", "203")):
        assert (await save(admin, rtt_ms=rtt_ms, base=str(base)))[0] == 303
    with reading(sqlite_centre.web.state) as session:
        assert [one.revision for one in service.history(session, limit=9)] == [3, 2]
        standing = service.standing(session, ThresholdSettings())
        assert (standing.common.rtt_ms, standing.revision) == (203.0, 3)
    status, page = await save(admin, rtt_ms="204", base="1")
    assert (status, "Người khác vừa đổi" in page) == (409, True)  # what it saw is kept no more
    sqlite_centre.time.offset += timedelta(days=1)
    admin = await sqlite_centre.sign_in(Role.ADMIN)
    assert (await save(admin, rtt_ms="204", base="3"))[0] == 303
