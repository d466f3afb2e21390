"""Oversized and malformed requests, and disks that are full: a sentence, and life goes on."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import sqlalchemy
from sqlalchemy import event

from controller.roles import Role
from tests.integration.controller.centre import Centre, meeting_body


async def test_a_body_above_a_mebibyte_is_refused_by_its_length(centre: Centre) -> None:
    answer = await centre.client().post("/api/v1/enrol", content=b"x" * (1024 * 1024 + 1))
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "body_too_large")


async def test_a_body_without_a_length_is_cut_off_as_it_comes(centre: Centre) -> None:
    sent = 0

    async def chunks() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(64):
            sent += 65_536
            yield b"x" * 65_536

    answer = await centre.client().post("/api/v1/enrol", content=chunks())
    assert answer.status_code == 413
    assert sent <= 1024 * 1024 + 65_536


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[]", b"7", b'{"a": NaN}'])
async def test_malformed_json_is_a_sentence_and_nothing_is_echoed(
    centre: Centre, content: bytes
) -> None:
    office = await centre.sign_in()
    for path in ("/api/v1/meetings", "/api/v1/enrol", "/api/v1/time"):
        answer = await office.client.post(
            path,
            content=content,
            headers={"content-type": "application/json", "x-csrf-token": office.csrf_token},
        )
        assert answer.status_code in (400, 422), (path, answer.text)
        assert set(answer.json()["error"]) == {"code", "message_vi", "message_en"}


@pytest.mark.parametrize("number", [2**63, -(2**63) - 1, 10**30])
async def test_a_number_that_no_database_keeps_is_passed_over(centre: Centre, number: int) -> None:
    admin = await centre.sign_in(Role.ADMIN)
    answer = await admin.get("/audit", before=str(number))
    assert answer.status_code == 200
    assert "đăng nhập" in answer.text.casefold()  # the newest page, with this sign-in on it


async def test_deep_nesting_is_refused(centre: Centre) -> None:
    office = await centre.sign_in()
    answer = await office.client.post(
        "/api/v1/meetings",
        content=b"[" * 100_000,
        headers={"content-type": "application/json", "x-csrf-token": office.csrf_token},
    )
    assert answer.status_code in (400, 422)


async def test_a_full_disk_is_a_503_with_a_sentence_and_the_process_lives(
    sqlite_centre: Centre,
) -> None:
    office = await sqlite_centre.sign_in()
    is_full = True

    @event.listens_for(sqlite_centre.web.state, "begin")
    def limit_size(connection: sqlalchemy.Connection) -> None:
        limit = 1 if is_full else 1_000_000
        connection.exec_driver_sql(f"PRAGMA max_page_count = {limit}")

    body = meeting_body(sqlite_centre.time)
    answers = [await office.post("/api/v1/meetings", body) for _ in range(60)]
    full = [answer for answer in answers if answer.status_code == 503]
    assert full, "the database never filled its pages"
    assert full[0].json()["error"]["code"] == "storage_full"
    assert "đầy" in full[0].json()["error"]["message_vi"]
    sqlite_centre.time.offset = timedelta(minutes=11)  # a session would be prolonged now
    assert (await office.get("/api/v1/meetings")).status_code == 200
    is_full = False
    assert (await office.post("/api/v1/meetings", body)).status_code == 201


async def test_readiness_says_which_neighbour_is_missing(centre: Centre) -> None:
    answer = await centre.client().get("/readyz")
    assert (answer.status_code, answer.json()) == (
        503,
        {"broker": False, "state": True, "series": True},
    )
    assert (await centre.client().get("/healthz")).json() == {"status": "ok"}
    metrics = await centre.client().get("/metrics")
    assert "diemcau_http_requests_total" in metrics.text


async def test_the_network_is_told_neither_figures_nor_neighbours_nor_the_api(
    centre: Centre,
) -> None:
    elsewhere = centre.client("10.0.0.66")
    for path in ("/readyz", "/metrics"):
        answer = await elsewhere.get(path)
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "not_from_here")
    assert (await elsewhere.get("/healthz")).status_code == 200
    assert (await elsewhere.get("/api/v1/openapi.json")).status_code == 401
    described = await (await centre.sign_in(Role.VIEWER)).get("/api/v1/openapi.json")
    assert "/api/v1/meetings" in described.json()["paths"]


async def test_hostile_names_of_units_and_points(centre: Centre) -> None:
    admin = await centre.sign_in(Role.ADMIN)
    hostile = "<script>alert('x')</script> '; DROP TABLE point; --"
    unit = await admin.post("/api/v1/units", {"unit_id": "xa-x", "name": hostile})
    assert unit.json()["name"] == hostile
    for point_id in ("centre-web", "relay-1", "a/b", "a+", "#", "A", "x" * 41):
        body = {"point_id": point_id, "unit_id": "xa-x", "name": "X"}
        assert (await admin.post("/api/v1/points", body)).status_code in (400, 422), point_id
    made = await admin.post(
        "/api/v1/points", {"point_id": "p-x", "unit_id": "xa-x", "name": hostile}
    )
    assert made.json()["number"] == 4
    taken = await admin.post(
        "/api/v1/points", {"point_id": "p-y", "unit_id": "xa-x", "name": "Y", "number": 4}
    )
    assert (taken.status_code, taken.json()["error"]["code"]) == (409, "taken")
    assert json.loads((await admin.get("/api/v1/points")).text)[-1]["name"] == hostile


async def test_status_and_uptime_of_points_never_heard(centre: Centre) -> None:
    office = await centre.sign_in()
    status = (await office.get("/api/v1/status")).json()
    assert [(one["point_id"], one["state"]) for one in status] == [
        ("p-chair", "unknown"),
        ("p-b", "unknown"),
        ("p-c", "unknown"),
    ]
    uptime = (await office.get("/api/v1/points/p-b/uptime")).json()
    assert [(one["period"], one["up_s"], one["ratio"]) for one in uptime] == [
        ("today", 0.0, None),
        ("7_days", 0.0, None),
        ("30_days", 0.0, None),
    ]
    assert (await office.get("/api/v1/points/nothing/uptime")).status_code == 404


@pytest.mark.parametrize(
    ("begins_at", "ends_at"),
    [
        ("2226-01-01T08:00:00Z", "2226-01-01T09:00:00Z"),
        ("9999-12-31T23:58:00-07:00", "9999-12-31T23:59:00-07:00"),
    ],
)
async def test_a_meeting_years_ahead_is_refused_with_a_word_on_the_year(
    centre: Centre, begins_at: str, ends_at: str
) -> None:
    office = await centre.sign_in()
    meeting = (await office.post("/api/v1/meetings", meeting_body(centre.time))).json()
    body = meeting_body(centre.time, begins_at=begins_at, ends_at=ends_at)
    made = await office.post("/api/v1/meetings", body)
    edited = await office.put(f"/api/v1/meetings/{meeting['meeting_id']}", body)
    for answer in (made, edited):
        assert answer.status_code == 400, answer.text
        assert answer.json()["error"] == {
            "code": "invalid_request",
            "message_vi": "Giờ bắt đầu quá xa. Xem lại năm.",
            "message_en": "The field begins_at is not valid.",
        }
    listed = (await office.get("/api/v1/meetings")).json()
    assert [one["begins_at"] for one in listed] == [meeting["begins_at"]]


@pytest.mark.parametrize(
    "instant", ["9999-12-31T23:59:00-07:00", "9999-12-31T00:00:00Z", "0001-01-01T00:00:00+07:00"]
)
async def test_the_ends_of_the_calendar_are_refused_where_times_are_asked_for(
    centre: Centre, instant: str
) -> None:
    office = await centre.sign_in()
    now = centre.time.now().isoformat()
    answers = [
        await office.get("/api/v1/meetings", begins=instant),
        await office.get("/api/v1/meetings", ends=instant),
        await office.get(
            "/api/v1/meetings/clashes", begins_at=instant, ends_at=now, point_id="p-b"
        ),
        await office.get(
            "/api/v1/meetings/clashes", begins_at=now, ends_at=instant, point_id="p-b"
        ),
    ]
    for answer in answers:
        assert answer.status_code == 400, answer.text
        assert answer.json()["error"]["message_vi"] == "Thời gian quá xa. Xem lại năm."


async def test_words_sent_as_a_method_are_counted_under_one_label(centre: Centre) -> None:
    client = centre.client()
    for number in range(3):
        assert (await client.request(f"WORD{number}", "/healthz")).status_code == 405
    metrics = (await client.get("/metrics")).text
    assert 'diemcau_http_requests_total{method="other",status="405"} 3.0' in metrics
    assert "WORD" not in metrics
