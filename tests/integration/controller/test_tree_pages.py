"""Changes of the tree on their pages: looked through, taken, taken back, and as files."""

import re
from datetime import timedelta
from functools import partial

from sqlmodel import col, select

from controller import retention
from controller.audit.tables import AuditEntry
from controller.db.engine import reading
from controller.places import service as places
from controller.places.changing import TreeDesk
from controller.places.pages_tree import MOST_LISTED
from controller.places.tables import TreeFile
from controller.places.timeline import PointStands, Timeline
from controller.places.tree_change import ChangeKind, TreeChange
from controller.roles import Role
from controller.settings import RetentionSettings
from tests.integration.controller.centre import Centre, Person

HOSTILE = '=HYPERLINK("http://x")<b>'


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    return found[1] if found else ""


async def sent(person: Person, path: str, **fields: object) -> tuple[int, str]:
    answer = await person.client.post(path, data={"csrf_token": person.csrf_token, **fields})
    return answer.status_code, answer.text


def tree(centre: Centre) -> dict[str, str]:
    with reading(centre.web.state) as session:
        found = places.as_of(session, centre.web.now())
    names = {one.unit_id: one.name for one in found.units}
    return {one.point_id: names[one.unit_id] for one in found.points}


async def test_a_merger_is_looked_through_taken_and_taken_back(centre: Centre) -> None:
    admin = await centre.sign_in(Role.ADMIN)
    before = tree(centre)
    assert "Chưa có thay đổi nào" in (await admin.get("/tree")).text
    assert 'value="xa-b"' in (await admin.get("/tree/new", kind="merge")).text
    fields = {"kind": "merge", "units": ["xa-b", "xa-c"], "name": HOSTILE, "basis": "NQ 1685"}
    status, page = await sent(admin, "/tree/new", **fields, action="look")
    assert status == 422
    assert "chọn chủ quản của đơn vị mới" in page
    fields["owner"] = "council"
    status, page = await sent(admin, "/tree/new", **fields, action="look")
    assert status == 200
    assert "nhập vào" in page
    assert "chủ quản: Hội đồng nhân dân" in page
    assert HOSTILE not in page
    assert tree(centre) == before
    seen = hidden(page, "seen")
    status, _ = await sent(admin, "/tree/new", **fields, action="take", seen=seen)
    assert status == 303
    assert tree(centre) == before | {"p-b": HOSTILE, "p-c": HOSTILE}
    status, page = await sent(admin, "/tree/new", **fields, action="take", seen=seen)
    assert status in (404, 409)  # it is another tree by now
    listed = (await admin.get("/tree")).text
    change_id = re.search(r"/tree/changes/([0-9a-f]+)#take-back", listed)
    assert change_id is not None
    assert "NQ 1685" in listed
    asks = (await admin.get(f"/tree/changes/{change_id[1]}")).text
    assert "Thu hồi thay đổi này?" in asks
    assert "trở lại như trước" in asks
    viewer = await centre.sign_in(Role.VIEWER)
    for way in ("/tree", f"/tree/changes/{change_id[1]}"):
        assert "take-back" not in (await viewer.get(way)).text
    assert (await sent(viewer, f"/tree/changes/{change_id[1]}/take-back"))[0] == 403
    assert (await sent(admin, f"/tree/changes/{change_id[1]}/take-back"))[0] == 303
    assert tree(centre) == before
    status, page = await sent(admin, f"/tree/changes/{change_id[1]}/take-back")
    assert status == 409
    assert "đã được thu hồi" in page
    with reading(centre.web.state) as session:
        entries = list(session.exec(select(AuditEntry.action).order_by(col(AuditEntry.entry_id))))
    assert entries.count("change_tree") == entries.count("take_back_tree_change") == 1
    assert "thu hồi thay đổi đơn vị" in (await admin.get("/audit")).text


async def test_each_kind_of_change_says_what_is_missing_or_is_taken(sqlite_centre: Centre) -> None:
    admin = await sqlite_centre.sign_in(Role.ADMIN)
    tomorrow = (sqlite_centre.web.now() + timedelta(days=2)).date().isoformat()
    wrong = (
        ({"kind": "merge", "units": "xa-b", "name": "X"}, 422),
        ({"kind": "merge", "units": ["xa-b", "xa-c"], "name": "X", "owner": "king"}, 422),
        ({"kind": "split", "thing": "unit:tinh", "name": "X"}, 422),
        ({"kind": "move", "thing": "point:p-b", "under": ""}, 422),
        ({"kind": "move", "thing": "unit:tinh", "under": "xa-b"}, 422),
        ({"kind": "rename", "thing": "unit:xa-b", "name": " "}, 422),
        ({"kind": "rename", "thing": "unit:xa-b", "name": "Xã B"}, 422),
        ({"kind": "rename", "thing": "", "name": "X"}, 422),
        ({"kind": "rename", "thing": "unit:none", "name": "X"}, 404),
        ({"kind": "end", "thing": "unit:xa-b"}, 422),
        ({"kind": "end", "thing": "point:p-b", "day": "hôm nay"}, 422),
        ({"kind": "end", "thing": "point:p-b", "day": "2199-01-01"}, 422),
        ({"kind": "import"}, 404),
        ({"kind": "nothing"}, 404),
    )
    for fields, expected in wrong:
        status, page = await sent(admin, "/tree/new", **fields, action="take")
        assert status == expected, (fields, page)
    right: tuple[dict[str, object], ...] = (
        {"kind": "split", "thing": "unit:tinh", "name": "Khối mới", "taken": "unit:xa-b"},
        {"kind": "move", "thing": "point:p-b", "under": "tinh"},
        {"kind": "rename", "thing": "unit:xa-c", "name": "Xã Cê"},
        {"kind": "rename", "thing": "point:p-c", "name": "Điểm Cê", "day": tomorrow},
        {"kind": "end", "thing": "unit:xa-b"},
    )
    for one in right:
        status, page = await sent(admin, "/tree/new", **one, action="take")
        assert status == 409, one
        assert "chưa được xem trước như thế này" in page
        seen = hidden(page, "seen")
        status, page = await sent(
            admin, "/tree/new", **one | {"basis": "NQ khác"}, action="take", seen=seen
        )
        assert status == 409, one
        status, page = await sent(admin, "/tree/new", **one, action="take", seen=seen)
        assert status == 303, (one, page)
    assert tree(sqlite_centre) == {"p-chair": "Tỉnh Thử", "p-b": "Tỉnh Thử", "p-c": "Xã Cê"}
    assert "chưa có hiệu lực" in (await admin.get("/tree")).text


async def bring(admin: Person, content: bytes, **fields: str) -> tuple[int, str]:
    answer = await admin.client.post(
        "/tree/import",
        data={"csrf_token": admin.csrf_token, **fields},
        files={"file": ("tỉnh.csv", content)},
    )
    page = answer.text if answer.status_code != 303 else (await admin.get("/tree/import")).text
    return answer.status_code, page


async def test_what_is_exported_is_taken_again_without_a_change(centre: Centre) -> None:
    admin = await centre.sign_in(Role.ADMIN)
    unit = {"unit_id": "xa-x", "parent_id": "tinh", "name": HOSTILE, "owner": "party"}
    assert (await admin.post("/api/v1/units", unit)).status_code == 201
    placed = {"point_id": "p-x", "unit_id": "xa-x", "name": "-1+1", "latitude": -1.5}
    assert (
        await admin.post("/api/v1/points", {**placed, "longitude": 105.8542})
    ).status_code == 201
    for name in ("csv", "json"):
        answer = await admin.client.get(f"/tree/units.{name}")
        assert answer.status_code == 200
        if name == "csv":
            assert "\n=" not in answer.text
            assert ",=" not in answer.text
            assert ",-" not in answer.text
        status, page = await bring(admin, answer.content, ends_missing="1")
        assert status == 303
        assert "không có gì thay đổi" in page, page
        assert 'data-testid="file-take"' not in page
    sample = await admin.client.get("/tree/sample.csv")
    assert "mã đơn vị cấp trên" in sample.text


async def test_a_file_is_looked_through_before_it_is_taken(centre: Centre) -> None:
    admin = await centre.sign_in(Role.ADMIN)
    head = "dòng ghi;mã đơn vị;mã đơn vị cấp trên;mã điểm cầu;tên;chủ quản\n"
    text = f"\ufeff{head}đơn vị;xa-b;tinh;;Xã Bê;UBND\nđiểm cầu;xa-b;;p-c;Xã C;HĐND\n"
    status, page = await bring(admin, text.encode())
    assert status == 303
    for said in ("trước là “Xã B”", "đổi tên", "Dòng", 'data-testid="file-take"'):
        assert said in page
    assert tree(centre)["p-c"] == "Xã C"
    take = {"file_id": hidden(page, "file_id"), "seen": hidden(page, "seen")}
    status, _ = await sent(admin, "/tree/import/take", **take)
    assert status == 303
    assert (tree(centre)["p-c"], tree(centre)["p-b"]) == ("Xã Bê", "Xã Bê")
    status, page = await sent(admin, "/tree/import/take", **take)
    assert status == 409
    assert "Chọn lại tệp" in page
    status, page = await bring(admin, f"{head}điểm cầu;xa-z;;p-c;{HOSTILE};HĐND\n".encode())
    assert "Dòng 2" in page
    assert "file-take" not in page
    owner = f"{head}điểm cầu;xa-b;;p-c;Xã C;Đảng ủy / HĐND\n".encode()
    status, page = await bring(admin, owner)
    assert "Dòng 2: cột owner ghi “Đảng ủy / HĐND”" in page
    assert (await sent(admin, "/tree/import/drop"))[0] == 303
    assert "file-looked" not in (await admin.get("/tree/import")).text
    assert (await bring(admin, b""))[0] == 422
    assert (await bring(admin, b"x" * (5 * 1024 * 1024)))[0] == 413
    office = await centre.sign_in(Role.OFFICE)
    assert (await office.get("/tree/import")).status_code == 403


def _same(change: TreeChange, _: Timeline) -> TreeChange:
    return change


async def test_older_changes_are_listed_on_further_pages(sqlite_centre: Centre) -> None:
    admin, desk = await sqlite_centre.sign_in(Role.ADMIN), sqlite_centre.web.part(TreeDesk)
    now = sqlite_centre.web.now()
    for hour in range(MOST_LISTED + 1):
        how = PointStands("xa-b", f"Tên {hour}")
        at = now + timedelta(hours=hour)
        renaming = TreeChange(ChangeKind.RENAME, at, points={"p-b": how})
        desk.take(partial(_same, renaming), basis="", actor="admin")
    first = (await admin.get("/tree")).text
    older = (await admin.client.get(f"/tree?skip={MOST_LISTED}")).text
    assert first.count('data-testid="change-') == MOST_LISTED
    assert f'href="/tree?skip={MOST_LISTED}"' in first
    assert older.count('data-testid="change-') == 1
    assert "tree-older" not in older
    assert (await admin.client.get("/tree?skip=-1")).status_code == 422


async def test_a_file_that_nobody_takes_is_not_kept(centre: Centre) -> None:
    admin, now = await centre.sign_in(Role.ADMIN), centre.web.now()
    await bring(admin, b"what,unit_id,name\nunit,xa-b,X\n")
    settings, state = RetentionSettings(), centre.web.state
    for ahead, expected in ((timedelta(minutes=59), 1), (timedelta(minutes=62), 0)):
        await retention.prune(settings, state, now=now + ahead)
        with reading(state) as session:
            assert len(session.exec(select(TreeFile.made_by)).all()) == expected
