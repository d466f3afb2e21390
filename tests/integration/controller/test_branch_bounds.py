"""People are bounded to branches by who administers the province; what that ends and gives."""

import json
import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import exists, func, select, union_all

from controller.db import bounded
from controller.db.base import STATE
from controller.db.bounded import Bounds
from controller.db.engine import reading
from controller.errors import BadRequest, Conflict, NotFound
from controller.meetings import service as meetings
from controller.meetings.branch import is_own
from controller.people.accounts import MAX_BRANCHES, Accounts
from controller.places import service as places
from controller.places.changing import TreeDesk
from controller.places.timeline import TreeAt
from controller.places.tree_change import ChangeKind, TreeChange
from controller.roles import Role
from controller.web.branch_events import BranchEvents
from controller.web.live import LiveEvent
from controller.web.scope import Branches
from tests.integration.controller.centre import Centre, Installation, meeting_body
from tests.integration.controller.test_cli import command


async def test_a_person_is_bounded_and_freed_and_it_is_written_down(centre: Centre) -> None:
    admin, office = await centre.sign_in(Role.ADMIN), await centre.sign_in()
    bounds = {"action": "branches", "branches": ["xa-b"]}
    assert (await admin.post("/api/v1/people/office", bounds)).status_code == 204
    assert (await office.get("/api/v1/session")).status_code == 401
    again = await centre.sign_in()
    assert (await again.get("/api/v1/session")).json()["branches"] == ["xa-b"]
    assert [one["point_id"] for one in (await again.get("/api/v1/points")).json()] == ["p-b"]
    refused = await again.get("/api/v1/meetings/clashes")
    assert refused.status_code in (403, 422)
    listed = {one["user_name"]: one for one in (await admin.get("/api/v1/people")).json()}
    assert listed["office"]["branches"] == ["xa-b"]
    page = (await admin.get("/people")).text
    assert "Xã B" in page.partition('data-testid="branches-office"')[2].partition("</td>")[0]
    freed = {"action": "branches", "branches": []}
    assert (await admin.post("/api/v1/people/office", freed)).status_code == 204
    whole = await centre.sign_in()
    assert len((await whole.get("/api/v1/points")).json()) == 3
    told = (await admin.get("/audit")).text
    assert told.count("đổi phạm vi đơn vị của một người") >= 2


async def test_what_cannot_be_a_branch_is_refused(centre: Centre) -> None:
    accounts = centre.web.part(Accounts)
    with pytest.raises(NotFound):
        accounts.set_branches("office", ["xa-b", "nowhere"])
    with pytest.raises(NotFound):
        accounts.set_branches("nobody", ["xa-b"])
    with pytest.raises(BadRequest):
        accounts.set_branches("office", [f"u{n}" for n in range(MAX_BRANCHES + 1)])
    with pytest.raises(Conflict):
        accounts.set_branches("admin", ["tinh"])
    with pytest.raises(NotFound):
        accounts.add("new", "", Role.OFFICE, "mat-khau-thu", ["nowhere"])
    assert {one.user_name: one.branches for one in accounts.listed()} == {
        "admin": (),
        "office": (),
        "viewer": (),
    }


async def test_somebody_stays_who_administers_the_province(centre: Centre) -> None:
    accounts = centre.web.part(Accounts)
    accounts.add("second", "", Role.ADMIN, "mat-khau-thu")
    together, refused = threading.Barrier(2), []

    def bound(name: str) -> None:
        together.wait()
        try:
            accounts.set_branches(name, ["xa-b"])
        except Conflict:
            refused.append(name)

    both = [threading.Thread(target=bound, args=(name,)) for name in ("admin", "second")]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert len(refused) == 1
    with pytest.raises(Conflict):
        accounts.disable(refused[0])


async def test_a_branch_is_what_the_tree_says_at_the_moment(centre: Centre) -> None:
    desk, accounts = centre.web.part(TreeDesk), centre.web.part(Accounts)
    accounts.set_branches("viewer", ["xa-b"])
    viewer = await centre.sign_in(Role.VIEWER)

    async def seen() -> list[str]:
        return [one["point_id"] for one in (await viewer.get("/api/v1/points")).json()]

    assert await seen() == ["p-b"]
    at = centre.time.now()

    def below(tree: TreeAt) -> TreeChange:
        unit = tree.units["xa-c"]
        moved = type(unit)("xa-b", unit.name, unit.kind, unit.owner, unit.position)
        return TreeChange(ChangeKind.MOVE, at, units={"xa-c": moved})

    desk.take(lambda timeline: below(timeline.at(at)), basis="", actor="admin")
    assert await seen() == ["p-b", "p-c"]

    def gone(tree: TreeAt) -> TreeChange:
        points = {
            id_: type(one)("tinh", one.name, one.owner)
            for id_, one in tree.points.items()
            if id_ in ("p-b", "p-c")
        }
        ended = frozenset({"xa-b", "xa-c"})
        later = centre.time.now()
        return TreeChange(ChangeKind.MERGE, later, points=points, ended_units=ended)

    later = centre.time.now()
    desk.take(lambda timeline: gone(timeline.at(later)), basis="", actor="admin")
    centre.time.offset = timedelta(seconds=5)
    assert await seen() == []
    admin = await centre.sign_in(Role.ADMIN)
    assert "kết thúc" in (await admin.get("/people")).text
    accounts.set_branches("viewer", ["xa-b", "tinh"])  # what has ended is in nobody's way
    with pytest.raises(NotFound):
        accounts.set_branches("office", ["xa-b"])


async def test_sessions_give_rows_of_the_branch_however_they_are_asked(centre: Centre) -> None:
    office = await centre.sign_in()
    shared = (await office.post("/api/v1/meetings", meeting_body(centre.time))).json()
    begins = centre.time.now() + timedelta(hours=5)
    others = meeting_body(
        centre.time,
        point_ids=["p-c"],
        begins_at=begins.isoformat(),
        ends_at=(begins + timedelta(hours=1)).isoformat(),
    )
    assert (await office.post("/api/v1/meetings", others)).status_code == 201
    now, limits = centre.time.now(), Bounds(frozenset({"xa-b"}), frozenset({"p-b"}))
    with reading(centre.web.state) as session:
        bounded.bind(session, lambda: limits)
        known = places.as_of(session, now)
        assert [one.point_id for one in known.points] == ["p-b"]
        assert [one.unit_id for one in known.units] == ["xa-b"]
        assert places.point(session, "p-c", at=now) is None
        assert places.points_by_id(session, ["p-c"]) == {}
        assert meetings.ids_lately(session, now) == {shared["meeting_id"]}
        assert not is_own(session, shared["meeting_id"], limits)
    naming = Bounds(limits.unit_ids, limits.point_ids, names_others=True)
    with reading(centre.web.state) as session:
        bounded.bind(session, lambda: naming)
        assert set(places.points_by_id(session, ["p-c"])) == {"p-c"}
        assert [one.point_id for one in places.points(session, at=now)] == ["p-b"]


async def test_a_branch_hears_of_its_points_and_meetings(centre: Centre) -> None:
    office = await centre.sign_in()
    shared = (await office.post("/api/v1/meetings", meeting_body(centre.time))).json()
    begins = (centre.time.now() + timedelta(hours=5)).isoformat()
    ends = (centre.time.now() + timedelta(hours=6)).isoformat()
    body = meeting_body(centre.time, point_ids=["p-c"], begins_at=begins, ends_at=ends)
    other = (await office.post("/api/v1/meetings", body)).json()["meeting_id"]
    web = centre.web
    branch = BranchEvents(web.state, web.part(Branches), ["xa-b"], web.now)
    branch.look()
    mine = shared["meeting_id"]
    heard = {
        (kind, str(data)): branch.concern(LiveEvent(1, kind, data))
        for kind, data in (
            ("point", {"point_id": "p-b"}),
            ("point", {"point_id": "p-c"}),
            ("floor", {"meeting_id": mine}),
            ("floor", {"meeting_id": other}),
            ("meeting", {"meeting_id": other}),
            ("meeting", {"meeting_id": "new"}),
            ("floor", {"meeting_id": "new"}),
            ("relay", {"relay_id": "relay-1"}),
            ("centre", {}),
            ("reload", {}),
        )
    }
    assert list(heard.values()) == [
        True, False, True, False, False, True, False, False, False, True,
    ]  # fmt: skip


async def test_the_command_line_bounds_people(installation: Installation) -> None:
    config = installation.write_config()
    for arguments in (
        ("add", "lan", "--role", "office", "--branch", "xa-b", "--branch", "xa-c"),
        ("change", "viewer", "--branch", "xa-b"),
        ("change", "lan", "--whole-province"),
    ):
        done = await command("user", *arguments, "--config", config)
        assert done.code == 0, done.err
    wrong = await command("user", "change", "office", "--branch", "nowhere", "--config", config)
    assert (wrong.code, "Traceback" in wrong.err) == (1, False)
    listed = await command("user", "list", "--json", "--config", config)
    people = {one["user_name"]: one["branches"] for one in json.loads(listed.out)["people"]}
    assert people == {"admin": [], "lan": [], "office": [], "viewer": ["xa-b"]}


async def test_a_connection_asked_past_the_orm_gives_no_more(centre: Centre) -> None:
    """What is asked of the session's connection is bounded too, or refused."""
    point = mapped("point")
    bounds = Bounds(frozenset({"xa-b"}), frozenset({"p-b"}))
    asked = select(point.point_id)
    for how in (asked, union_all(asked, asked), select(exists().where(point.point_id == "p-c"))):
        with reading(centre.web.state) as session:
            bounded.bind(session, lambda: bounds)
            try:
                found = {one for (one,) in session.connection().execute(how)}
            except TypeError:
                continue
            assert found in ({"p-b"}, {False})
    with reading(centre.web.state) as session:
        bounded.bind(session, lambda: bounds)
        for wrong in (
            select(point.__table__.c.name),
            select(func.count()).select_from(asked.subquery()),
        ):
            for run in (session.execute, session.connection().execute):
                try:
                    told = run(wrong).all()
                except TypeError:
                    continue
                assert told in ([("Xã B",)], [(1,)])
        by_name = session.connection().execute(asked, execution_options=bounded.BY_NAME)
        assert len(by_name.all()) == 1
    with reading(centre.web.state) as session:
        bounded.bind(session, lambda: None)
        assert len(session.connection().execute(asked).all()) == 3


def mapped(table: str) -> Any:
    return next(
        one.class_ for one in STATE.mappers if one.local_table is STATE.metadata.tables[table]
    )
