"""Contact cards of points and units: shown, added, changed, removed, bounded."""

import structlog
from sqlmodel import col, select

from controller.audit.tables import AuditEntry
from controller.contacts.service import MAX_CARDS
from controller.contacts.tables import ContactCard
from controller.db.engine import reading
from controller.roles import Role
from tests.integration.controller.centre import Centre, Person

HOSTILE = "<script>alert(1)</script> Hoa"


async def sent(person: Person, path: str, **fields: str) -> int:
    data = {"csrf_token": person.csrf_token, "role": "technician"} | fields
    return (await person.client.post(path, data=data)).status_code


def cards(centre: Centre) -> list[ContactCard]:
    with reading(centre.web.state) as session:
        return list(session.exec(select(ContactCard)))


async def test_a_card_is_added_shown_changed_and_removed(centre: Centre) -> None:
    office, viewer = await centre.sign_in(Role.OFFICE), await centre.sign_in(Role.VIEWER)
    with structlog.testing.capture_logs() as logs:
        path = "/contacts/points/p-b"
        fields = {"name": HOSTILE, "phone": "0912 345 678", "email": "hoa@xa-b.vn"}
        assert await sent(office, path, **fields) == 303
        assert await sent(office, "/contacts/units/xa-b", name="Ông Ba", phone="1022") == 303
        page = (await viewer.get("/points/p-b")).text
        assert "&lt;script&gt;alert(1)&lt;/script&gt; Hoa" in page
        assert 'href="tel:0912345678"' in page
        assert 'href="mailto:hoa@xa-b.vn"' in page
        assert "Ông Ba" in page
        assert "contacts-edit" not in page
        card = next(one for one in cards(centre) if one.point_id)
        form = f"/contacts/cards/{card.card_id}"
        answer = await office.client.post(
            form, data={"csrf_token": office.csrf_token, "role": "clerk", "name": "Lan"}
        )
        assert answer.status_code == 422
        assert "để liên hệ được" in answer.text
        assert await sent(office, form, name="Lan", phone="1022", role="clerk") == 303
        assert "Lan" in (await viewer.get("/points/p-b")).text
        assert await sent(office, f"{form}/remove") == 303
        assert await sent(office, f"{form}/remove") == 404
        assert [one.name for one in cards(centre)] == ["Ông Ba"]
    assert not any("Hoa" in str(one) or "0912" in str(one) for one in logs)
    with reading(centre.web.state) as session:
        noted = [
            one
            for one in session.exec(select(AuditEntry).order_by(col(AuditEntry.entry_id)))
            if "contact" in one.action
        ]
    assert [(one.action, one.subject) for one in noted] == [
        ("add_contact", "p-b"),
        ("add_contact", "xa-b"),
        ("change_contact", "p-b"),
        ("remove_contact", "p-b"),
    ]


async def test_only_the_office_changes_them_and_a_place_has_only_so_many(centre: Centre) -> None:
    office, viewer = await centre.sign_in(Role.OFFICE), await centre.sign_in(Role.VIEWER)
    path = "/contacts/points/p-b"
    assert await sent(viewer, path, name="Hoa", phone="1022") == 403
    assert (await viewer.get(path)).status_code == 403
    for place in ("/contacts/points/none", "/contacts/units/none"):
        assert await sent(office, place, name="Hoa", phone="1022") == 404
    for index in range(MAX_CARDS):
        assert await sent(office, path, name=f"Hoa {index}", phone="1022") == 303
    assert await sent(office, path, name="Hoa", phone="1022") == 422
    assert len(cards(centre)) == MAX_CARDS
