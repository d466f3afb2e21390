"""A point's devices: entered on its page, sealed to its machine, and shown as it tells of them."""

from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from sqlmodel import col, select

from contracts import codec, topics
from contracts.devices import (
    DeviceSecrets,
    SeenDevice,
    SeenInterface,
    SeenUps,
    SnmpBody,
    SnmpDevices,
)
from contracts.ids import PointId
from contracts.reports import Report
from controller.audit.tables import AuditEntry
from controller.db.engine import reading, writing
from controller.devices import service
from controller.devices.service import PointDevices, of_point
from controller.dispatch.changes import Pending
from controller.dispatch.planning import PointPlanner
from controller.enrolment import certificate_queries, pki
from controller.ingest.arrivals import Arrival, OutboxName
from controller.ingest.store import SeriesStore
from controller.ingest.tables import PresenceInterval
from controller.roles import Role
from runtime import sealing
from tests.integration.controller.centre import Centre
from tests.integration.controller.documents import document_of

PATH = "/points/p-b/devices"
WORD, AUTH_KEY, PRIV_KEY = "cong-tac-bi-mat", "khoa-xac-thuc-1", "khoa-ma-hoa-22"
V2C = {"name": "Switch phòng họp", "address": "192.168.1.2", "port": "", "version": "v2c"}
V3 = {"name": "Bộ lưu điện", "address": "192.168.1.3", "port": "1161", "version": "v3",
      "user_name": "giamsat", "auth": "SHA-512", "priv": "AES-256"}  # fmt: skip
GOLDEN = Path(__file__).parents[2] / "data/golden/report-snmp.json"


def enrolled(centre: Centre) -> ec.EllipticCurvePrivateKey:
    """Give the point a certificate; return its key."""
    key, now = ec.generate_private_key(ec.SECP256R1()), centre.web.now()
    with writing(centre.web.state) as session:
        certificate_queries.add(
            session, "p-b", serial="1", sha256="ab" * 32, issued_at=now,
            expires_at=now + timedelta(days=1), public_key=pki.encoded_key(key.public_key()),
        )  # fmt: skip
    return key


async def test_what_is_entered_reaches_the_point_alone_and_no_page(sqlite_centre: Centre) -> None:
    centre, key = sqlite_centre, enrolled(sqlite_centre)
    admin = await centre.sign_in(Role.ADMIN)
    assert document_of(centre, SnmpDevices) is None
    csrf = {"csrf_token": admin.csrf_token}
    keys = {"auth_key": AUTH_KEY, "priv_key": PRIV_KEY}
    assert (await admin.client.post(PATH, data=csrf | V2C | {"community": WORD})).status_code == 303
    assert (await admin.client.post(PATH, data=csrf | V3 | keys)).status_code == 303
    document = document_of(centre, SnmpDevices)
    assert document is not None and document == document_of(
        centre, SnmpDevices
    )  # the same is sealed alike
    ups, switch = document.devices  # by name
    secrets = [
        codec.decode(
            DeviceSecrets,
            sealing.opened(
                sealing.from_text(one.sealed["ab" * 16]), key,
                context=f"p-b {one.device_id}".encode(),
            ),
        )
        for one in (ups, switch)
    ]  # fmt: skip
    assert secrets[1] == DeviceSecrets(community=WORD)
    assert secrets[0] == DeviceSecrets(
        user="giamsat", auth_key=AUTH_KEY, priv_key=PRIV_KEY, auth="SHA-512", priv="AES-256"
    )
    assert ((switch.address, switch.port), (ups.address, ups.port)) == (
        ("192.168.1.2", 161), ("192.168.1.3", 1161),
    )  # fmt: skip
    paths = ("/points/p-b", f"{PATH}/{ups.device_id}", f"{PATH}/{switch.device_id}", "/audit")
    pages = [(await admin.get(path)).text for path in paths]
    with reading(centre.web.state) as session:
        kept = repr(of_point(session, "p-b"))
    for text in (*pages, kept, codec.encode(document).decode()):
        assert not any(secret in text for secret in (WORD, AUTH_KEY, PRIV_KEY))
    assert "Điểm cầu chưa báo gì về thiết bị này." in pages[0]
    assert "giamsat" in pages[1]


async def test_secrets_left_open_stay_but_not_for_another_address(sqlite_centre: Centre) -> None:
    centre, key = sqlite_centre, enrolled(sqlite_centre)
    admin = await centre.sign_in(Role.ADMIN)
    csrf = {"csrf_token": admin.csrf_token}
    await admin.client.post(PATH, data=csrf | V2C | {"community": WORD})
    with reading(centre.web.state) as session:
        [row] = of_point(session, "p-b")
    path = f"{PATH}/{row.device_id}"
    answer = await admin.client.post(path, data=csrf | V2C | {"name": "Switch khác"})
    assert answer.status_code == 303
    document = document_of(centre, SnmpDevices)
    assert document is not None
    [one] = document.devices
    octets = sealing.from_text(one.sealed["ab" * 16])
    context = f"p-b {row.device_id}".encode()
    assert WORD.encode() in sealing.opened(octets, key, context=context)
    assert one.asked_total == 1
    elsewhere = await admin.client.post(path, data=csrf | V2C | {"address": "203.0.113.9"})
    assert (elsewhere.status_code, document_of(centre, SnmpDevices)) == (422, document)
    assert "Community chưa được nhập" in elsewhere.text
    assert (await admin.client.post(f"{path}/ask", data=csrf)).status_code == 303
    assert (await admin.client.post(f"{path}/remove", data=csrf)).status_code == 303
    assert document_of(centre, SnmpDevices) is None  # nothing was ever said to it
    with reading(centre.web.state) as session:
        actions = session.exec(select(AuditEntry.action).order_by(col(AuditEntry.entry_id))).all()
    assert {"add_device", "change_device", "remove_device"} <= set(actions)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": ""}, "chưa được nhập"), ({"address": "switch"}, "nhập như 192.168.1.2"),
        ({"address": "224.0.0.1"}, "không phải của một thiết bị"), ({"port": "0"}, "từ 1 đến"),
        ({"community": ""}, "chưa được nhập"), ({"version": "v1"}, "phiên bản"),
        ({"version": "v3", "user_name": "a", "auth": "MD5", "priv": "AES"}, "thuật toán"),
        ({"version": "v3", "user_name": "a", "auth": "SHA", "priv": "AES", "auth_key": "ngan"},
         "từ 8 đến"),
    ],
)  # fmt: skip
async def test_what_is_wrong_is_said_in_the_form(
    sqlite_centre: Centre, wrong: dict[str, str], said: str
) -> None:
    admin = await sqlite_centre.sign_in(Role.ADMIN)
    fields = {"csrf_token": admin.csrf_token} | V2C | {"community": WORD} | wrong
    answer = await admin.client.post(PATH, data=fields)
    assert (answer.status_code, said in answer.text) == (422, True)
    assert WORD not in answer.text
    with reading(sqlite_centre.web.state) as session:
        assert of_point(session, "p-b") == []


async def test_the_longest_secrets_of_as_many_devices_as_may_be_are_read(
    sqlite_centre: Centre,
) -> None:
    """One document has them all: one that is too long would end the others with it."""
    centre = sqlite_centre
    enrolled(centre)
    admin = await centre.sign_in(Role.ADMIN)
    long = {"auth_key": "ộ" * 64, "priv_key": '"' * 64, "user_name": "ộ" * 10}
    fields = {"csrf_token": admin.csrf_token} | V3 | long
    answers = [
        (await admin.client.post(PATH, data=fields | {"port": str(1161 + number)})).status_code
        for number in range(17)
    ]
    assert answers == [303] * 16 + [422]
    document = document_of(centre, SnmpDevices)
    assert document is not None
    assert codec.decode(SnmpDevices, codec.encode(document)) == document
    too_long = fields | {"auth_key": "k" * 65}
    assert "từ 8 đến 64" in (await admin.client.post(PATH, data=too_long)).text


async def test_secrets_too_long_to_travel_are_refused_and_kept_ones_hold_no_other(
    sqlite_centre: Centre,
) -> None:
    centre = sqlite_centre
    enrolled(centre)
    admin = await centre.sign_in(Role.ADMIN)
    csrf = {"csrf_token": admin.csrf_token}
    four = "\U0001f50b"
    long = {"auth_key": four * 64, "priv_key": four * 64, "user_name": four * 32}
    answer = await admin.client.post(PATH, data=csrf | V3 | long)
    assert (answer.status_code, "dài quá 32 byte" in answer.text) == (422, True)
    keys = {"auth_key": AUTH_KEY, "priv_key": PRIV_KEY}
    for fields in (V3 | keys, V2C | {"community": WORD}):
        assert (await admin.client.post(PATH, data=csrf | fields)).status_code == 303
    proof = DeviceSecrets(user=long["user_name"], auth_key=four * 64, priv_key=four * 64)
    with writing(centre.web.state) as session:
        [ups, _] = of_point(session, "p-b")
        ups.secrets = sealing.as_text(
            sealing.locked(
                codec.encode(proof), centre.web.part(PointDevices).master,
                context=f"p-b {ups.device_id}".encode(),
            )
        )  # fmt: skip
        session.add(ups)
    document = document_of(centre, SnmpDevices)
    assert document is not None
    assert codec.decode(SnmpDevices, codec.encode(document)) == document
    assert [len(one.sealed) for one in document.devices] == [0, 1]  # by name


async def test_a_device_is_entered_once(sqlite_centre: Centre) -> None:
    admin = await sqlite_centre.sign_in(Role.ADMIN)
    fields = {"csrf_token": admin.csrf_token} | V2C | {"community": WORD}
    other = fields | {"name": "Bộ lưu điện", "address": "192.168.1.3"}
    assert (await admin.client.post(PATH, data=fields)).status_code == 303
    again = await admin.client.post(PATH, data=fields | {"name": "Switch khác", "port": "161"})
    assert (again.status_code, "“Switch phòng họp” đã ở địa chỉ" in again.text) == (422, True)
    assert (await admin.client.post(PATH, data=other)).status_code == 303
    with reading(sqlite_centre.web.state) as session:
        path = f"{PATH}/{of_point(session, 'p-b')[0].device_id}"
        assert [one.name for one in of_point(session, "p-b")] == ["Bộ lưu điện", V2C["name"]]
    onto = await admin.client.post(path, data=other | {"address": V2C["address"]})
    assert (onto.status_code, "sửa thiết bị đó" in onto.text) == (422, True)
    assert (await admin.client.post(path, data=other | {"name": "UPS"})).status_code == 303


async def test_a_point_without_a_key_is_said_to_need_enrolment(sqlite_centre: Centre) -> None:
    """Entering the password again would change nothing: there is no key to seal it to."""
    admin = await sqlite_centre.sign_in(Role.ADMIN)
    fields = {"csrf_token": admin.csrf_token} | V2C | {"community": WORD}
    assert (await admin.client.post(PATH, data=fields)).status_code == 303
    assert "Cấp mã ghi danh trên trang này" in (await admin.get("/points/p-b")).text
    enrolled(sqlite_centre)
    page = (await admin.get("/points/p-b")).text
    assert "Cấp mã ghi danh trên trang này" not in page
    assert "Điểm cầu chưa báo gì về thiết bị này. Nếu" in page


async def test_only_administrators_see_the_form(sqlite_centre: Centre) -> None:
    office = await sqlite_centre.sign_in(Role.OFFICE)
    fields = {"csrf_token": office.csrf_token} | V2C | {"community": WORD}
    assert (await office.get(f"{PATH}/new")).status_code == 403
    assert (await office.client.post(PATH, data=fields)).status_code == 403


async def test_what_the_point_tells_is_on_its_page(sqlite_centre: Centre) -> None:
    centre = sqlite_centre
    admin = await centre.sign_in(Role.ADMIN)
    csrf = {"csrf_token": admin.csrf_token}
    second = V2C | {"name": "UPS", "address": "192.168.1.3", "community": WORD}
    for fields in (V2C | {"community": WORD}, second):
        assert (await admin.client.post(PATH, data=csrf | fields)).status_code == 303
    with reading(centre.web.state) as session:
        [switch, ups] = [row.device_id for row in of_point(session, "p-b")]
    now = centre.web.now()
    port = SeenInterface(
        index=9, name="Gi1/0/9", alias="đường lên", speed_bps=10**9, is_up=True,
        in_bps=250_000_000, out_bps=None,
    )  # fmt: skip
    devices = (
        SeenDevice(
            device_id=switch, asked_at=now, answered_at=now, answer="answers", name="<b>sw</b>",
            interfaces_total=10, interfaces_up=4, interfaces=(port,),
        ),
        SeenDevice(
            device_id=ups, asked_at=now, answered_at=now, answer="answers",
            ups=SeenUps(charge_percent=61, runtime_s=900, on_battery=True),
        ),
    )  # fmt: skip
    report = msgspec.structs.replace(
        codec.decode(Report, GOLDEN.read_bytes()), measured_at=now, body=SnmpBody(devices=devices)
    )
    name = OutboxName(PointId("p-b"), report.outbox_id)
    store = SeriesStore(centre.web.series)
    store.load(now - timedelta(days=1))
    with writing(centre.web.series) as session:
        session.add(PresenceInterval(point_id="p-b", state="up", began_at=now, noticed_at=now))
    store.commit([Arrival(name, report, codec.encode(report), now, now)])
    page = (await admin.get("/points/p-b")).text
    for said in ("Gi1/0/9", "đường lên", "4 trên 10 cổng đang hoạt động", "25", "Đang dùng ắc quy",
                 "61", "15 phút", "2 thiết bị · 1 cần xem", "&lt;b&gt;sw&lt;/b&gt;"):  # fmt: skip
        assert said in page, said
    assert "<b>sw</b>" not in page


async def test_a_device_that_cannot_be_sealed_costs_no_other_point_its_documents(
    sqlite_centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    centre, web = sqlite_centre, sqlite_centre.web
    enrolled(centre)
    admin = await centre.sign_in(Role.ADMIN)
    fields = {"csrf_token": admin.csrf_token} | V2C | {"community": WORD}
    for path in (PATH, PATH.replace("p-b", "p-c")):
        assert (await admin.client.post(path, data=fields)).status_code == 303
    unlocked = service.unlocked

    def stumbling(row: service.PointDevice, master: bytes) -> DeviceSecrets | None:
        if row.point_id == "p-b":
            raise MemoryError
        return unlocked(row, master)

    monkeypatch.setattr(service, "unlocked", stumbling)
    planner = PointPlanner(web.settings, pki.load_probe_key(web.settings.pki_dir))
    with reading(web.state) as session:
        pending: Pending[PointId] = Pending(is_all=True)
        wanted = planner.plan(session, pending, now=web.now(), until=web.now())
    said = {one.topic.name for one in wanted}
    b, c = PointId("p-b"), PointId("p-c")
    assert topics.desired(c, "devices").name in said
    assert topics.desired(b, "schedule").name in said
    assert topics.desired(b, "devices").name not in said
