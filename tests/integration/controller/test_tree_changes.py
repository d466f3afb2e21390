"""The tree through mergers, on both databases: the past stays, the future comes by itself."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event

from contracts.local_days import day_of, midnight
from controller.db.engine import reading, writing
from controller.errors import BadEntry, Conflict
from controller.meetings.tables import Meeting, MeetingParticipant
from controller.places import service as places
from controller.places import tree_store
from controller.places.changing import TreeDesk, changes, document_of
from controller.places.importing import TreeImports
from controller.places.timeline import PointStands, Timeline, UnitStands
from controller.places.tree_change import ChangeKind, TreeChange, merged
from controller.roles import Role
from tests.integration.controller.centre import Centre

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
HEADER = "what,unit_id,parent_id,point_id,number,name,kind,owner,position\n"
Make = Callable[[Timeline], TreeChange]


def merger(at: datetime) -> Make:
    """Return the merger of xa-b and xa-c into a new commune."""
    return lambda timeline: merged(
        timeline.at(at), at, ["xa-b", "xa-c"], "xa-bc", UnitStands("tinh", "Xã Bê Xê")
    )


def ending(at: datetime, *points: str) -> Make:
    return lambda _: TreeChange(ChangeKind.END, at, ended_points=frozenset(points))


def units_at(centre: Centre, at: datetime) -> dict[str, str]:
    with reading(centre.web.state) as session:
        tree = places.as_of(session, at)
    return {one.point_id: one.unit_id for one in tree.points}


def add_meeting(centre: Centre, name: str, begins_at: datetime, state: str) -> None:
    with writing(centre.web.state) as session:
        session.add(
            Meeting(
                meeting_id=name,
                title="Giao ban tuần",
                chair_point_id="p-chair",
                begins_at=begins_at,
                ends_at=begins_at + HOUR,
                state=state,
                relay_id="relay-1",
                created_by="office",
                created_at=begins_at - DAY,
                live_at=begins_at if state in ("live", "ended") else None,
                ended_at=begins_at + HOUR if state == "ended" else None,
            )
        )
        session.flush()
        for place, point in enumerate(("p-chair", "p-b", "p-c")):
            session.add(MeetingParticipant(meeting_id=name, point_id=point, position=place))


async def test_a_merger_ahead_comes_into_force_by_itself_and_the_past_stays(centre: Centre) -> None:
    desk, now = centre.web.part(TreeDesk), centre.web.now()
    at = midnight(day_of(now) + 3 * DAY)
    change_id = desk.take(merger(at), basis="Nghị quyết 1", actor="admin")
    before = {"p-chair": "tinh", "p-b": "xa-b", "p-c": "xa-c"}
    after = {"p-chair": "tinh", "p-b": "xa-bc", "p-c": "xa-bc"}
    assert (units_at(centre, now), units_at(centre, at)) == (before, after)
    assert units_at(centre, at - timedelta(microseconds=1)) == before
    assert desk.bring_up() == []
    centre.time.offset += 4 * DAY
    assert desk.bring_up() == [True]
    assert desk.bring_up() == []
    with reading(centre.web.state) as session:
        found = places.points_by_id(session, before)
        assert {str(id_): one.unit_id for id_, one in found.items()} == after
        assert places.successors(session, at=at) == {"xa-b": "xa-bc", "xa-c": "xa-bc"}
        assert places.successors(session, at=now) == {}
    centre.time.offset -= 4 * DAY  # a clock that was wrong
    assert desk.bring_up() == [True]
    desk.take_back(change_id, actor="admin")
    assert units_at(centre, at) == before
    with reading(centre.web.state) as session:
        assert [one.taken_back_by for one in changes(session, most=9)] == ["admin"]
        assert "xa-bc" not in {one.unit_id for one in places.units(session, at=at)}
    with pytest.raises(Conflict, match="taken back already"):
        desk.take_back(change_id, actor="admin")


async def test_nothing_is_added_below_a_unit_that_is_to_end(centre: Centre) -> None:
    desk, now = centre.web.part(TreeDesk), centre.web.now()
    desk.take(merger(midnight(day_of(now) + 3 * DAY)), basis="", actor="admin")
    point = {"point_id": "p-n", "unit_id": "xa-b", "name": "Điểm mới", "owner": "council"}
    with pytest.raises(Conflict, match="ends on"):
        places.add_point(centre.web.state, point, now=now)
    unit = {"unit_id": "thon-1", "parent_id": "xa-b", "name": "Thôn 1", "kind": "", "position": 1}
    with pytest.raises(Conflict, match="ends on"):
        places.add_unit(centre.web.state, unit, now=now)


async def test_what_was_built_on_a_merger_keeps_it(centre: Centre) -> None:
    desk, now = centre.web.part(TreeDesk), centre.web.now()
    change_id = desk.take(merger(now), basis="", actor="admin")
    later = desk.take(
        lambda _: TreeChange(
            ChangeKind.RENAME, now + DAY, {"xa-bc": UnitStands("tinh", "Xã Khác")}
        ),
        basis="",
        actor="admin",
    )
    with pytest.raises(Conflict, match=r"Xã Bê Xê.*changed again since"):
        desk.take_back(change_id, actor="admin")
    desk.take_back(later, actor="admin")
    point = {"point_id": "p-n", "unit_id": "xa-bc", "name": "Điểm mới", "owner": "council"}
    places.add_point(centre.web.state, point, now=centre.web.now())
    with pytest.raises(Conflict, match="“Điểm mới” would belong to"):
        desk.take_back(change_id, actor="admin")


@pytest.mark.parametrize(("state", "said"), [("live", "is in the meeting"), ("ended", "invited")])
async def test_a_point_in_a_meeting_does_not_end_under_it(
    sqlite_centre: Centre, state: str, said: str
) -> None:
    centre = sqlite_centre
    desk, now = centre.web.part(TreeDesk), centre.web.now()
    add_meeting(centre, "m-now", now - HOUR / 2, state)
    with pytest.raises(BadEntry, match=said):
        desk.take(ending(now, "p-b"), basis="", actor="admin")
    add_meeting(centre, "m-ahead", now + 5 * DAY, "scheduled")
    add_meeting(centre, "m-draft", now + 5 * DAY, "draft")
    with reading(centre.web.state) as session:
        drawn = desk.drawn(session, ending(now + DAY, "p-b", "p-c"))
    assert [(one.meeting_id, one.point_ids) for one in drawn.meetings] == [
        ("m-ahead", ("p-b", "p-c"))
    ]
    assert desk.take(ending(now + DAY, "p-b"), basis="", actor="admin")


async def test_a_meeting_that_is_on_keeps_a_point_until_it_was_to_end(
    sqlite_centre: Centre,
) -> None:
    centre = sqlite_centre
    desk, now = centre.web.part(TreeDesk), centre.web.now()
    add_meeting(centre, "m-now", now - HOUR / 2, "live")
    with pytest.raises(BadEntry, match="Giao ban tuần"):
        desk.take(ending(now + HOUR / 4, "p-b"), basis="", actor="admin")
    with pytest.raises(BadEntry, match="Giao ban tuần"):
        desk.take(ending(now - HOUR / 4, "p-b"), basis="", actor="admin")
    assert desk.take(ending(now + HOUR / 2, "p-b"), basis="", actor="admin")


async def test_what_was_looked_through_is_what_is_taken(centre: Centre) -> None:
    desk, imports = centre.web.part(TreeDesk), centre.web.part(TreeImports)
    now = centre.web.now()
    rows = (
        "unit,tinh,,,,Tỉnh Thử,,people_committee,\n"
        "unit,xa-b,tinh,,,Xã Bê,,people_committee,\n"
        "unit,xa-d,tinh,,,Xã D,,council,\n"
        "point,xa-d,,p-b,,Xã B,,people_committee,\n"
        "point,xa-d,,p-d,,Xã D,,council,\n"
    )
    content = ("\ufeff" + HEADER + rows).replace(",", ";").encode()
    imports.bring(content, "tỉnh.csv", actor="admin", at=now, ends_missing=False)
    with reading(centre.web.state) as session:
        looked = imports.looked_through(session, "admin")
        assert imports.looked_through(session, "office") is None
    assert looked is not None
    assert looked.plan is not None
    assert looked.drawn is not None
    assert {(one.id, one.outcome.value) for one in looked.plan.rows} == {
        ("tinh", "unchanged"), ("xa-b", "renamed"), ("xa-d", "new"), ("p-b", "moved"),
        ("p-d", "new"),
    }  # fmt: skip
    with pytest.raises(Conflict, match="Choose the file again"):
        imports.take("another", seen=looked.drawn.seen, actor="admin")
    unit = {"unit_id": "xa-x", "parent_id": "tinh", "name": "Xã X", "owner": "party"}
    places.add_unit(centre.web.state, unit, now=now)
    with pytest.raises(Conflict, match="Nothing was written"):
        imports.take(looked.file.file_id, seen=looked.drawn.seen, actor="admin")
    assert units_at(centre, centre.web.now())["p-b"] == "xa-b"
    with reading(centre.web.state) as session:
        looked = imports.looked_through(session, "admin")
    assert looked is not None
    assert looked.drawn is not None
    done = imports.take(looked.file.file_id, seen=looked.drawn.seen, actor="admin")
    assert (done.units_added, done.points_added) == (1, 1)
    assert units_at(centre, centre.web.now())["p-b"] == "xa-d"
    assert units_at(centre, now - HOUR)["p-b"] == "xa-b"
    with reading(centre.web.state) as session:
        assert imports.looked_through(session, "admin") is None
        kept = document_of(changes(session, most=1)[0])
        assert len(kept.units) == 2
    desk.take_back(done.change_id, actor="admin")
    assert units_at(centre, centre.web.now())["p-b"] == "xa-b"


async def test_a_file_puts_right_what_a_clock_that_ran_ahead_began(sqlite_centre: Centre) -> None:
    before = sqlite_centre.web.now() - 30 * DAY
    rows = "unit,tinh,,,,Tỉnh Mới,,people_committee,\nunit,xa-y,tinh,,,Xã Y,,party,\n"
    places.import_file(sqlite_centre.web.state, (HEADER + rows).encode(), now=before)
    with reading(sqlite_centre.web.state) as session:
        found = {one.unit_id: one.name for one in places.units(session, at=before)}
    assert found == {"tinh": "Tỉnh Mới", "xa-y": "Xã Y"}


async def test_two_mergers_at_once_are_one_after_the_other(centre: Centre) -> None:
    desk, now = centre.web.part(TreeDesk), centre.web.now()
    with reading(centre.web.state) as session:
        seen = desk.drawn(session, merger(now)).seen
    desk.take(merger(now), basis="", actor="admin", seen=seen)
    with pytest.raises(Conflict, match="has changed since"):
        desk.take(merger(now), basis="", actor="office", seen=seen)
    with reading(centre.web.state) as session:
        timeline = tree_store.timeline(session)
    assert timeline.units["xa-b"].ends_at == now


async def test_a_report_is_drawn_for_the_tree_then_or_now(centre: Centre) -> None:
    centre.time.offset = datetime(2026, 8, 20, 3, tzinfo=UTC) - datetime.now(UTC)
    now = centre.web.now()
    with writing(centre.web.state) as session:
        for one in (
            *places.units(session, at=datetime.now(UTC)),
            *places.points(session, at=datetime.now(UTC)),
        ):
            one.valid_from = now - 100 * DAY
            session.add(one)
    add_meeting(centre, "m-july", now - 30 * DAY, "ended")
    desk = centre.web.part(TreeDesk)
    desk.take(merger(midnight(day_of(now) - 5 * DAY)), basis="", actor="admin")
    viewer = await centre.sign_in(Role.VIEWER)
    address = "/api/v1/reports?period=2026-07"
    then = (await viewer.client.get(address)).json()
    today = (await viewer.client.get(f"{address}&tree=now")).json()
    assert {one["id"] for one in then["units"]} == {"tinh", "xa-b", "xa-c"}
    assert {one["id"] for one in today["units"]} == {"tinh", "xa-bc"}
    for report in (then, today):
        counts = [one["turns"]["count"] for one in report["units"]]
        assert sum(counts) == report["whole"]["turns"]["count"] == 3
    assert (then["tree_day"], today["tree_day"]) == ("2026-07-31", "2026-08-20")
    page = await viewer.get("/reports", period="2026-07", tree="now")
    assert "đơn vị theo hiện nay" in page.text
    assert (await viewer.client.get(f"{address}&tree=x")).status_code == 422


def corrected(centre: Centre, name: str) -> None:
    """Write p-b's name otherwise, as its page does."""
    fields = {"name": name, "unit_id": units_at(centre, centre.web.now())["p-b"]}
    places.change_point(centre.web.state, "p-b", fields, actor="admin", now=centre.web.now())


def called_at(centre: Centre, at: datetime) -> str:
    with reading(centre.web.state) as session:
        return next(one.name for one in places.points(session, at=at) if one.point_id == "p-b")


@pytest.mark.parametrize("is_ahead", [True, False])
async def test_a_corrected_name_stays_through_a_merger_and_its_taking_back(
    centre: Centre, *, is_ahead: bool
) -> None:
    desk, now = centre.web.part(TreeDesk), centre.web.now()
    at = midnight(day_of(now) + 3 * DAY) if is_ahead else now
    change_id = desk.take(merger(at), basis="", actor="admin")
    corrected(centre, "Xã Bê")
    assert called_at(centre, at) == called_at(centre, centre.web.now()) == "Xã Bê"
    centre.time.offset += 4 * DAY
    desk.bring_up()
    assert called_at(centre, centre.web.now()) == "Xã Bê"
    desk.take_back(change_id, actor="admin")
    assert called_at(centre, centre.web.now()) == "Xã Bê"
    assert units_at(centre, centre.web.now())["p-b"] == "xa-b"


async def test_a_correction_alters_neither_another_name_ahead_nor_what_a_renaming_gives_back(
    sqlite_centre: Centre,
) -> None:
    centre = sqlite_centre
    desk, now = centre.web.part(TreeDesk), centre.web.now()
    at = now + 3 * DAY
    renaming = TreeChange(ChangeKind.RENAME, at, points={"p-b": PointStands("xa-b", "Phường B")})
    change_id = desk.take(lambda _: renaming, basis="", actor="admin")
    corrected(centre, "Xã Bê")
    assert (called_at(centre, centre.web.now()), called_at(centre, at)) == ("Xã Bê", "Phường B")
    centre.time.offset += 4 * DAY
    corrected(centre, "Phường Bê")
    assert called_at(centre, now + DAY) == "Xã Bê"
    desk.take_back(change_id, actor="admin")
    assert called_at(centre, centre.web.now()) == "Xã Bê"


async def test_a_renaming_of_the_same_instant_is_taken_back_first(sqlite_centre: Centre) -> None:
    desk, now = sqlite_centre.web.part(TreeDesk), sqlite_centre.web.now()
    at = midnight(day_of(now) + 3 * DAY)
    first = desk.take(merger(at), basis="", actor="admin")
    renaming = TreeChange(ChangeKind.RENAME, at, points={"p-b": PointStands("xa-bc", "Bê Xê 1")})
    sqlite_centre.time.offset += HOUR
    then = desk.take(lambda _: renaming, basis="", actor="admin")
    with pytest.raises(Conflict, match="changed again since"):
        desk.take_back(first, actor="admin")
    desk.take_back(then, actor="admin")
    desk.take_back(first, actor="admin")
    assert called_at(sqlite_centre, at) == "Xã B"


async def test_a_new_point_with_a_machine_is_not_deleted_by_taking_its_change_back(
    centre: Centre,
) -> None:
    desk, now = centre.web.part(TreeDesk), centre.web.now()
    new = TreeChange(ChangeKind.SPLIT, now, points={"p-new": PointStands("xa-b", "Điểm mới")})
    change_id = desk.take(lambda _: new, basis="", actor="admin")
    with writing(centre.web.state) as session:
        places.set_certificate(session, "p-new", sha256="a" * 64, expires_at=now + DAY, now=now)
    with pytest.raises(Conflict, match="is in use"):
        desk.take_back(change_id, actor="admin")
    assert units_at(centre, centre.web.now())["p-new"] == "xa-b"
    with writing(centre.web.state) as session:
        places.clear_certificate(session, "p-new")
    desk.take_back(change_id, actor="admin")
    assert "p-new" not in units_at(centre, centre.web.now())


async def test_the_installation_takes_the_name_of_a_new_top_on_its_day(centre: Centre) -> None:
    desk, now = centre.web.part(TreeDesk), centre.web.now()
    at = now + 30 * DAY
    desk.take(
        lambda timeline: merged(
            timeline.at(at), at, ["tinh"], "tinh-moi", UnitStands(None, "Tỉnh Mới", position=-1)
        ),
        basis="",
        actor="admin",
    )
    with reading(centre.web.state) as session:
        names = [places.place_name(session, one) for one in (now, at - HOUR, at, now - 900 * DAY)]
    assert names == ["Tỉnh Thử", "Tỉnh Thử", "Tỉnh Mới", "Tỉnh Thử"]


async def test_a_file_of_many_units_is_written_by_few_statements(centre: Centre) -> None:
    engine, now = centre.web.state, centre.web.now()
    sent: list[str] = []

    def file(word: str) -> bytes:
        rows = ["what,unit_id,parent_id,point_id,name,owner"]
        for n in range(600):
            above = "tinh" if n == 0 else f"u{(n - 1) // 2}"
            rows.append(f"unit,u{n},{above},,{word} {n},council")
            rows.append(f"point,u{n},,pu{n},{word} {n},council")
        return "\n".join(rows).encode()

    def count(*told: object) -> None:
        sent.append(str(told[2]))

    event.listen(engine, "before_cursor_execute", count)
    try:
        for word in ("Xã", "Phường"):
            places.import_file(engine, file(word), now=now)
            now += HOUR
    finally:
        event.remove(engine, "before_cursor_execute", count)
    # Not one for each of 1,200: PostgreSQL takes a thousand rows at once.
    assert len(sent) < 100, len(sent)
    with reading(engine) as session:
        then, later = places.as_of(session, now - 2 * HOUR), places.as_of(session, now)
    assert {one.name for one in then.units} >= {"Xã 0", "Xã 599"}
    assert {one.name for one in later.points} >= {"Phường 0", "Phường 599"}
    assert not {one.name for one in later.units} & {"Xã 0", "Xã 599"}
