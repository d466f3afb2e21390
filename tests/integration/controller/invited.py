"""People who are invited by e-mail, a mail server of the test's own, and what came there."""

from email.message import EmailMessage

from icalendar import Calendar
from sqlmodel import select

from controller.contacts.card_entered import CardEntered
from controller.contacts.place import ContactPlace
from controller.contacts.service import ContactDesk
from controller.db.engine import reading
from controller.mail.mailer import Mailer
from controller.mail.server import MailServerEntered, MailServers
from controller.mail.tables import MailLetter
from runtime.backoff import Backoff
from tests.fakes.receivers import Mailbox
from tests.integration.controller.centre import Centre, Person, meeting_body

HOA, BA, LAN = "hoa@xa-b.vn", "ba@xa-b.vn", "lan@xa-c.vn"


def set_server(centre: Centre, port: int, **more: str) -> None:
    typed = {"host": "127.0.0.1", "port": str(port), "security": "none", "sender": "vp@tinh.vn"}
    centre.web.part(MailServers).set(MailServerEntered(**(typed | more)), actor="admin")


def seed(centre: Centre, box: Mailbox) -> Mailer:
    """Give p-b two contacts with an address, the unit of p-c one, and p-chair none."""
    desk = centre.web.part(ContactDesk)
    for place, name, email in (
        (ContactPlace(True, "p-b"), "Hoa", HOA),
        (ContactPlace(True, "p-b"), "Ba", BA),
        (ContactPlace(False, "xa-c"), "Lan", LAN),
    ):
        desk.add(place, CardEntered("clerk", name, "1022", email))
    desk.add(ContactPlace(True, "p-chair"), CardEntered("leader", "Chủ tịch", "1022"))
    set_server(centre, box.port)
    return postman(centre)


def postman(centre: Centre) -> Mailer:
    """Return what sends, with a server that rests for no time."""
    web = centre.web
    rests = Backoff(first_s=0.0, cap_s=0.0)
    return Mailer(web.state, web.part(MailServers), web.hub, web.now, rests=rests)


async def sent_all(mailing: Mailer) -> None:
    while await mailing.step():
        pass


async def meeting(centre: Centre, office: Person, **changed: object) -> str:
    answer = await office.post("/api/v1/meetings", meeting_body(centre.time, **changed))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["meeting_id"])


async def invite(office: Person, meeting_id: str) -> int:
    fields = {"csrf_token": office.csrf_token}
    answer = await office.client.post(f"/meetings/{meeting_id}/invitations", data=fields)
    return answer.status_code


def letters(centre: Centre) -> list[MailLetter]:
    with reading(centre.web.state) as session:
        return list(session.exec(select(MailLetter)))


def states(centre: Centre) -> dict[str, str]:
    return {one.address: one.state for one in letters(centre)}


def calendar_of(letter: EmailMessage) -> Calendar:
    shown = next(letter.iter_parts())
    assert isinstance(shown, EmailMessage)
    part = list(shown.iter_parts())[1]
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    calendar = Calendar.from_ical(payload)
    assert part["content-type"].params["method"] == calendar["method"]
    return calendar


def seen(box: Mailbox) -> list[tuple[str, str, int]]:
    """Return of each letter to whom, what it asks for, and its sequence; then none is there."""
    found = []
    for one in box.letters:
        calendar = calendar_of(one)
        (event,) = calendar.walk("VEVENT")
        found.append((str(one["To"]).rpartition("<")[2].rstrip(">"), str(calendar["method"]),
                      int(str(event["sequence"]))))  # fmt: skip
    box.letters.clear()
    return sorted(found)
