"""Who is told when, from the roster's page to a real mailbox, and what a message's link does."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlmodel import select

from contracts.local_days import ZONE, midnight
from controller.audit.tables import AuditEntry
from controller.clock import WatchedClock
from controller.db.engine import reading, writing
from controller.incidents import channel_queries, incident_queries, taking
from controller.incidents.channel_entered import ChannelEntered
from controller.incidents.channels import AlertChannels
from controller.incidents.duty import duty_queries
from controller.incidents.duty.duty_entered import MemberEntered, RungEntered
from controller.incidents.duty.escalation import EscalationWatch
from controller.incidents.duty.service import Duty, PolicyEntered
from controller.incidents.duty.tables import DutyPerson
from controller.incidents.tables import AlertMessage
from controller.ingest.cause_tables import SessionWord
from controller.roles import Role
from monitoring.judgement.presence import PointCameUp, PointWentDown
from tests.fakes.receivers import mailbox
from tests.integration.controller.centre import Centre, meeting_body
from tests.integration.controller.test_alerts import mail_to, sending
from tests.integration.controller.test_incidents import LINK, MAIL, Happening
from tests.waiting import until

EVERY_DAY = tuple(map(str, range(7)))
AN, BINH = "an@tinh.vn", "binh@tinh.vn"


class Roster:
    """A roster of two people, and an escalation that looks when it is told to."""

    def __init__(self, centre: Centre) -> None:
        self.centre, self.duty = centre, centre.web.part(Duty)
        web = centre.web
        self.watch = EscalationWatch(web.state, web.series, web.hub, centre.time.now, LINK)
        with reading(web.state) as session:
            [self.channel] = [one.channel_id for one in channel_queries.channels(session)]

    def add(self, name: str, address: str, **more: str) -> str:
        """Add somebody who is on duty day and night; return the id."""
        typed = MemberEntered(name=name, channel_id=self.channel, address=address, **more)
        self.duty.save_person("", typed)
        with reading(self.centre.web.state) as session:
            person_id = session.exec(
                select(DutyPerson.person_id).where(DutyPerson.name == name)
            ).one()
        self.duty.add_shift(person_id, EVERY_DAY, "00:00", "00:00")
        return person_id

    def passes(self, minutes: float) -> None:
        """Let time pass, and look."""
        self.centre.time.offset += timedelta(minutes=minutes)
        self.watch.look()

    def messages(self) -> list[AlertMessage]:
        """Return every message, as it was written."""
        with reading(self.centre.web.state) as session:
            found = list(session.exec(select(AlertMessage).order_by(AlertMessage.message_id)))  # type: ignore[arg-type]
        assert all(len(one.text) <= 400 for one in found)
        return found

    def told(self) -> list[tuple[str, str, str]]:
        """Return what was told to whom, and what became of it."""
        return [(one.what, one.address or "channel", one.state) for one in self.messages()]

    def token(self, message: AlertMessage) -> str:
        """Return the link of a message."""
        return taking.token_of(message, self.centre.web.part(AlertChannels).master)


def set_clock(centre: Centre, hour: float, *, weekday: int = 3) -> None:
    """Go on to an hour of a day of the week in Vietnam."""
    local = centre.time.now().astimezone(ZONE)
    day = local.date() + timedelta(days=(weekday - local.weekday()) % 7 or 7)
    wanted = midnight(day) + timedelta(hours=hour)
    centre.time.offset += wanted - centre.time.now()


@pytest.fixture
def office_hour(centre: Centre) -> Iterator[Happening]:
    """Thursday, ten o'clock."""
    centre.web.part(AlertChannels).add(MAIL, actor="admin")
    set_clock(centre, 10)
    yield Happening(centre)


def falls(happening: Happening, *names: str, look_s: float = 20) -> None:
    happening.says(PointWentDown, *names, ago_s=25)
    happening.looks(look_s)


async def test_who_is_on_duty_is_told_then_everybody_and_it_stops_once_somebody_has_it(
    office_hour: Happening,
) -> None:
    happening, roster = office_hour, Roster(office_hour.centre)
    roster.add("An", AN)
    roster.add("Bình", BINH, unit_id="xa-c")
    falls(happening, "p-b")
    roster.passes(0)
    assert roster.told() == [("told", AN, "waiting")]
    roster.passes(29)
    assert len(roster.told()) == 1
    roster.passes(1)
    roster.passes(60)
    assert roster.told()[1:] == [("step", "channel", "waiting")]
    assert "Chưa ai nhận xử lý: Mất liên lạc với Xã B" in roster.messages()[1].text
    falls(happening, "p-c")
    assert sorted(one for one in roster.told()[1:] if one[0] == "told") == [
        ("told", AN, "waiting"), ("told", BINH, "waiting"),
    ]  # fmt: skip
    office = await happening.centre.sign_in(Role.OFFICE)
    number = roster.messages()[-1].number
    csrf = {"csrf_token": office.csrf_token}
    await office.client.post(f"/incidents/{number}/acknowledge", data=csrf)
    roster.passes(500)
    assert len([one for one in roster.told() if one[0] == "step"]) == 1
    happening.says(PointCameUp, *happening.names)
    happening.looks(140)
    over = [(one.number, one.address) for one in roster.messages() if one.what == "recovered"]
    assert sorted(over) == sorted(
        [(number, AN), (number, BINH), (number - 1, AN), (number - 1, "")]
    )
    page = (await office.get(f"/incidents/{number - 1}")).text
    assert "Chưa ai nhận xử lý: đã báo Trực mạng." in page


async def test_a_link_takes_one_incident_for_one_receiver_without_signing_in(
    office_hour: Happening,
) -> None:
    happening, roster = office_hour, Roster(office_hour.centre)
    roster.add("An", AN)
    falls(happening, "p-b")
    falls(happening, "p-c")
    first, second = roster.messages()
    stranger = happening.centre.client()
    path = f"/take/{roster.token(first)}"
    page = await stranger.get(path)
    assert (page.status_code, "Mất liên lạc với Xã B" in page.text) == (200, True)
    assert "Ghi nhận là: An · Trực mạng" in page.text
    assert "Toàn bộ diễn biến" in page.text
    with reading(happening.web.state) as session:
        assert [row.acknowledged_by for row in incident_queries.open_rows(session)] == ["", ""]
    for _ in range(2):
        assert (await stranger.post(path)).status_code == 303
    assert "An · Trực mạng nhận xử lý." in (await stranger.get(path)).text
    with reading(happening.web.state) as session:
        assert {row.number: row.acknowledged_by for row in incident_queries.open_rows(session)} == {
            first.number: "An · Trực mạng",
            second.number: "",
        }
        story = [one.kind for one in incident_queries.story_of(session, first.number)]
        entries = session.exec(select(AuditEntry.actor, AuditEntry.action)).all()
    assert story.count("acknowledged") == 1
    assert entries.count(("An · Trực mạng", "acknowledge_incident")) == 1
    proof = roster.token(first).partition("-")[2]
    own = f"{first.message_id}-{proof}"
    for token in (f"{second.message_id}-{proof}", f"{first.message_id}-", "x", f"0{own}",
                  f"{own}=", f"{'9' * 30}-{proof}"):  # fmt: skip
        for answer in (await stranger.get(f"/take/{token}"), await stranger.post(f"/take/{token}")):
            assert answer.status_code == 404, token
    happening.centre.time.offset += timedelta(days=3, seconds=1)
    late = await stranger.get(f"/take/{roster.token(second)}")
    assert (late.status_code, "nhận xử lý ở trang Sự cố" in late.text) == (404, True)


async def test_a_roster_without_a_channel_does_not_say_that_somebody_is_told(
    sqlite_centre: Centre,
) -> None:
    page = (await (await sqlite_centre.sign_in(Role.ADMIN)).get("/incidents/duty")).text
    assert 'data-testid="first-channel"' in page and "mọi kênh" not in page


async def test_no_page_has_a_link_by_which_to_take(office_hour: Happening) -> None:
    roster = Roster(office_hour.centre)
    falls(office_hour, "p-b")
    [message] = roster.messages()
    viewer = await office_hour.centre.sign_in(Role.VIEWER)
    assert "/take/" not in (await viewer.get(f"/incidents/{message.number}")).text


async def test_at_night_only_what_is_pressing_wakes_and_the_rest_is_one_summary(
    office_hour: Happening,
) -> None:
    happening, roster = office_hour, Roster(office_hour.centre)
    quiet = {"quiet_from": "22:00", "quiet_until": "06:00", "quiet_lets": "high"}
    roster.add("An", AN, **quiet)
    set_clock(happening.centre, 23)
    happening.looks(0)
    falls(happening, "p-b")
    falls(happening, "p-c")
    assert roster.told() == [("told", AN, "held"), ("told", AN, "held")]
    office = await happening.centre.sign_in(Role.OFFICE)
    body = meeting_body(happening.centre.time, chair_point_id="p-chair", point_ids=["p-b"])
    assert (await office.post("/api/v1/meetings", body)).status_code == 201
    roster.passes(1)
    assert roster.told() == [
        ("told", AN, "summed"), ("told", AN, "held"), ("raised", AN, "waiting"),
    ]  # fmt: skip
    risen = roster.messages()[-1].text
    assert "Nâng mức: Mất liên lạc với Xã B" in risen
    assert "Trong 59 phút nữa điểm này họp." in risen
    roster.passes(1)
    roster.passes(1)
    assert [one[0] for one in roster.told()].count("raised") == 1
    set_clock(happening.centre, 6, weekday=4)
    roster.passes(0)
    roster.passes(0)
    summaries = [one for one in roster.messages() if one.what == "summary"]
    assert [(one.address, one.state) for one in summaries] == [(AN, "waiting")]
    assert "1 sự cố trong giờ yên lặng: Mất liên lạc với Xã C" in summaries[0].text
    assert "held" not in [one.state for one in roster.messages()]


async def test_a_meeting_that_is_cancelled_puts_nobody_off(office_hour: Happening) -> None:
    happening, roster = office_hour, Roster(office_hour.centre)
    roster.add("An", AN)
    falls(happening, "p-b")
    office = await happening.centre.sign_in(Role.OFFICE)
    body = meeting_body(happening.centre.time, chair_point_id="p-chair", point_ids=["p-b"])
    made = await office.post("/api/v1/meetings", body)
    roster.passes(5)
    assert [one[0] for one in roster.told()] == ["told", "raised"]
    path = f"/api/v1/meetings/{made.json()['meeting_id']}/cancel"
    assert (await office.post(path, {})).status_code in (200, 204)
    roster.passes(9)
    roster.passes(17)
    assert [one[0] for one in roster.told()] == ["told", "raised", "step"]


async def test_what_began_and_ended_in_quiet_hours_is_told_once_as_over(
    office_hour: Happening,
) -> None:
    happening, roster = office_hour, Roster(office_hour.centre)
    roster.add("An", AN, quiet_from="22:00", quiet_until="06:00")
    set_clock(happening.centre, 23)
    happening.looks(0)
    falls(happening, "p-b")
    happening.says(PointCameUp, "p-b")
    happening.looks(140)
    assert roster.told() == [("told", AN, "held"), ("recovered", AN, "held")]
    set_clock(happening.centre, 6.1, weekday=4)
    roster.passes(0)
    [summary] = [one for one in roster.messages() if one.what == "summary"]
    assert "1 sự cố trong giờ yên lặng: Đã hết: Mất liên lạc với Xã B" in summary.text


async def test_a_machine_switched_off_after_work_is_told_of_only_before_its_meeting(
    office_hour: Happening,
) -> None:
    happening, roster = office_hour, Roster(office_hour.centre)
    set_clock(happening.centre, 18)
    happening.looks(0)
    with writing(happening.web.series) as session:
        for name in ("p-b", "p-c"):
            session.add(SessionWord(point_id=name, at=happening.now(), kind="goodbye"))
    happening.says(PointWentDown, "p-b", "p-c")
    happening.looks(60)
    assert happening.rows() == []
    happening.says(PointWentDown, "p-chair", ago_s=25)  # says nothing: it is told
    happening.looks(20)
    assert [one.key for one in happening.rows()] == ["down"]
    office = await happening.centre.sign_in(Role.OFFICE)
    body = meeting_body(happening.centre.time, point_ids=["p-b", "p-c"])
    assert (await office.post("/api/v1/meetings", body)).status_code == 201
    happening.centre.time.offset += timedelta(minutes=39)
    happening.looks(12)
    assert len(happening.rows()) == 1
    happening.centre.time.offset += timedelta(minutes=2)
    happening.looks(40)
    row = happening.rows()[-1]
    assert (len(happening.rows()), row.priority) == (2, "high")
    text = roster.messages()[-1].text
    assert "Mất liên lạc với 2 điểm cầu" in text
    assert "phút nữa có điểm trong số này họp." in text


async def test_a_person_s_own_mailbox_gets_the_letter_and_its_link_works(
    sqlite_centre: Centre,
) -> None:
    centre = sqlite_centre
    async with mailbox() as box:
        centre.web.part(AlertChannels).add(mail_to(box.port), actor="admin")
        set_clock(centre, 10)
        happening, roster = Happening(centre), Roster(centre)
        roster.add("An", AN)
        falls(happening, "p-b")
        async with sending(centre):
            await until(lambda: len(box.letters) == 1, timeout_s=200, what="the letter")
        letter = box.letters[0]
        assert letter["To"] == AN
        text = letter.get_content()
        link = re.search(rf"Nhận xử lý: {LINK}(/take/\S+)", text)
        assert link is not None and len(text.rstrip("\n")) <= 400
        assert (await centre.client().post(link[1])).status_code == 303
        with reading(centre.web.state) as session:
            [row] = incident_queries.open_rows(session)
        assert row.acknowledged_by == "An · Trực mạng"


async def test_the_roster_s_page_shows_gaps_and_each_role_sets_what_it_may(
    centre: Centre,
) -> None:
    centre.web.part(AlertChannels).add(MAIL, actor="admin")
    set_clock(centre, 10)
    admin, office = await centre.sign_in(Role.ADMIN), await centre.sign_in(Role.OFFICE)
    viewer = await centre.sign_in(Role.VIEWER)
    page = (await viewer.get("/incidents/duty")).text
    assert "Chưa có ca trực nào" in page
    with reading(centre.web.state) as session:
        [channel] = channel_queries.channels(session)
    csrf = {"csrf_token": admin.csrf_token}
    person = {"name": "An <b>", "channel_id": channel.channel_id, "address": AN}
    for changed, status in (({}, 303), ({"name": "Bình"}, 303), ({"address": "a"}, 422),
                            ({"quiet_from": "22:00"}, 422), ({"unit_id": "khong"}, 422),
                            ({"channel_id": "x"}, 422), ({"name": ""}, 422)):  # fmt: skip
        answer = await admin.client.post("/incidents/duty/people", data=csrf | person | changed)
        assert answer.status_code == status, changed
    with reading(centre.web.state) as session:
        an, binh = session.exec(select(DutyPerson.person_id).order_by(DutyPerson.name)).all()
    csrf = {"csrf_token": office.csrf_token}
    shift = csrf | {"person": an, "day": ["3"], "begins": "07:00", "ends": "17:00"}
    for changed, status in (({}, 303), ({}, 303), ({"day": ""}, 422), ({"begins": "25:00"}, 422),
                            ({"person": "x"}, 422)):  # fmt: skip
        answer = await office.client.post("/incidents/duty/shifts", data=shift | changed)
        assert answer.status_code == status, changed
    typed = shift | {"person": binh, "day": ["5"], "begins": "06:15", "ends": "6"}
    again = (await office.client.post("/incidents/duty/shifts", data=typed)).text
    form = again[again.index('action="/incidents/duty/shifts" ') :]
    assert 'id="shift-error"' in form[: form.index("</form>")] and "autofocus" in form
    assert f'value="{binh}" selected' in again and 'value="5" checked' in again
    assert 'value="06:15"' in again
    today = centre.time.now().astimezone(ZONE).date().isoformat()
    page = (await viewer.get("/incidents/duty")).text
    assert page.count("An &lt;b&gt;, đến 17:00") == 1
    assert "Chưa ai trực chung từ" in page
    assert AN not in page
    assert AN in (await admin.get("/incidents/duty")).text
    swap = csrf | {"date": today, "out": an, "in": binh}
    for changed, status in (({"in": an}, 422), ({"date": "mai"}, 422), ({}, 303), ({}, 303)):
        answer = await office.client.post("/incidents/duty/swaps", data=swap | changed)
        assert answer.status_code == status, changed
        if status == 422:
            form = answer.text[answer.text.index('action="/incidents/duty/swaps" ') :]
            assert f'value="{an}" selected' in form and 'id="swap-error"' in form
    page = (await viewer.get("/incidents/duty")).text
    assert "Bình, đến 17:00" in page and "Bình trực thay An &lt;b&gt;" in page
    undo = await office.client.post(f"/incidents/duty/swaps/{today}/{an}/remove", data=csrf)
    assert undo.status_code == 303
    for path in (
        "/incidents/duty/ladder",
        "/incidents/duty/people/new",
        f"/incidents/duty/people/{an}",
    ):
        assert (await office.get(path)).status_code == 403
        assert (await admin.get(path)).status_code == 200
    removed = await admin.client.post(
        f"/incidents/duty/people/{an}/remove", data={"csrf_token": admin.csrf_token}
    )
    assert removed.status_code == 303
    assert "Chưa có ca trực nào" in (await viewer.get("/incidents/duty")).text


async def test_a_rung_that_is_taken_away_while_an_incident_lasts_makes_nobody_be_left_out(
    office_hour: Happening,
) -> None:
    happening, roster = office_hour, Roster(office_hour.centre)
    an, binh = roster.add("An", AN), roster.add("Bình", BINH)

    def climb_by(*rungs: tuple[str, str]) -> None:
        typed = [RungEntered(target, (wait, wait, wait)) for target, wait in rungs]
        with reading(happening.web.state) as session:
            seen = duty_queries.ladder_mark(session)
        roster.duty.set_ladder(typed, PolicyEntered("60", "20"), seen=seen)

    climb_by((f"person:{an}", "0"), (f"person:{binh}", "5"), ("channels", "11"))
    falls(happening, "p-b")
    roster.passes(5)
    assert [one[1] for one in roster.told()] == [AN, BINH]
    climb_by((f"person:{an}", "0"), ("channels", "11"))
    roster.passes(6)
    assert [one[1] for one in roster.told()] == [AN, BINH, "channel"]
    roster.passes(600)
    assert len(roster.told()) == 3


async def test_a_ladder_is_set_whole_or_not_at_all(centre: Centre) -> None:
    admin = await centre.sign_in(Role.ADMIN)
    centre.web.part(AlertChannels).add(
        ChannelEntered(kind="apprise", name="A", url="json://a/"), actor="x"
    )
    path = "/incidents/duty/ladder"
    fields = {"csrf_token": admin.csrf_token, "ahead": "45", "wakes": "15",
              "target1": "channels",
              "high1": "0", "normal1": "5", "low1": "", "target3": "duty",
              "low3": "30"}  # fmt: skip
    before = (await admin.get(path)).text
    seen = re.search(r'name="seen" value="(\w+)"', before)
    assert seen is not None
    fields["seen"] = seen[1]
    for changed, status in (({"low3": ""}, 422), ({"target3": "person:x"}, 422),
                            ({"high1": "-1"}, 422), ({"ahead": ""}, 422)):  # fmt: skip
        assert (await admin.client.post(path, data=fields | changed)).status_code == status, changed
    page = (await admin.get(path)).text
    assert 'name="ahead" inputmode="numeric" maxlength="5" value="60"' in page
    assert (await admin.client.post(path, data=fields)).status_code == 303
    # Who began from what another has changed since is told so, and keeps what they typed.
    late = await admin.client.post(path, data=fields | {"normal1": "7"})
    assert (late.status_code, "vừa được người khác thay đổi" in late.text) == (422, True)
    assert 'name="normal1" inputmode="numeric" maxlength="5" value="7"' in late.text
    assert f'name="seen" value="{seen[1]}"' not in late.text
    page = (await admin.get(path)).text
    for name, value in (("ahead", 45), ("low2", 30), ("normal1", 5)):
        assert f'name="{name}" inputmode="numeric" maxlength="5" value="{value}"' in page, name


async def test_who_was_told_of_a_part_takes_the_whole_and_hears_when_it_is_over(
    office_hour: Happening,
) -> None:
    happening, roster = office_hour, Roster(office_hour.centre)
    roster.add("An", AN, unit_id="xa-b")
    roster.add("Bình", BINH, unit_id="xa-c")
    falls(happening, "p-b")
    falls(happening, "p-c")
    whole, part = roster.messages()
    assert (whole.address, part.address) == (AN, BINH)
    with writing(happening.web.state) as session:
        incident_queries.end(session, part.number, "merged", happening.now(), into=whole.number)
    stranger, path = happening.centre.client(), f"/take/{roster.token(part)}"
    page = (await stranger.get(path)).text
    assert 'data-testid="take-button"' in page and "take-over" not in page
    assert (await stranger.post(path)).status_code == 303
    with reading(happening.web.state) as session:
        [row] = incident_queries.open_rows(session)
    assert (row.number, row.acknowledged_by) == (whole.number, "Bình · Trực mạng")
    happening.says(PointCameUp, *happening.names)
    happening.looks(140)
    over = [one.address for one in roster.messages() if one.what == "recovered"]
    assert sorted(over) == [AN, BINH]


async def test_a_clock_that_is_set_wakes_nobody_early_and_makes_nobody_wait_for_hours(
    office_hour: Happening,
) -> None:
    happening, roster = office_hour, Roster(office_hour.centre)
    time, passed_s = happening.centre.time, 0.0
    clock = WatchedClock(wall=time.now, monotonic=lambda: passed_s, is_synchronised=lambda: True)
    roster.watch.doubt = clock.doubt

    def passes(minutes: float) -> int:
        nonlocal passed_s
        passed_s += 60 * minutes
        roster.passes(minutes)
        return len(roster.told())

    roster.add("An", AN)
    falls(happening, "p-b")
    passed_s += 20
    assert passes(0) == 1
    time.offset += timedelta(hours=7)
    assert passes(0.25) == 1
    time.offset -= timedelta(hours=7)
    assert passes(11) == 1
    time.offset -= timedelta(hours=1)
    assert passes(0) == 1
    assert passes(11) == 1  # it begins to count anew
    assert passes(29) == 1
    assert passes(2) == 2


async def test_who_is_removed_is_told_nothing_more_and_their_links_take_nothing(
    office_hour: Happening,
) -> None:
    happening, roster = office_hour, Roster(office_hour.centre)
    removed = roster.add("An", AN)
    falls(happening, "p-b")
    set_clock(happening.centre, 23)
    happening.looks(0)
    with writing(happening.web.state) as session:
        session.get_one(DutyPerson, removed).quiet_from_min = 22 * 60
        session.get_one(DutyPerson, removed).quiet_until_min = 6 * 60
    falls(happening, "p-c")
    assert {one[1:] for one in roster.told()} == {(AN, "waiting"), (AN, "held")}
    token = roster.token(roster.messages()[-1])
    assert (await happening.centre.client().get(f"/take/{token}")).status_code == 200
    roster.duty.remove_person(removed)
    assert {one[1:] for one in roster.told()} == {(AN, "given_up")}
    number = roster.messages()[-1].number
    viewer = await happening.centre.sign_in(Role.VIEWER)
    assert "không còn trong danh sách trực" in (await viewer.get(f"/incidents/{number}")).text
    for ask in (happening.centre.client().get, happening.centre.client().post):
        assert (await ask(f"/take/{token}")).status_code == 404
