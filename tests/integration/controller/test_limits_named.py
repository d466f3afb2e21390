"""A point's page says which thresholds it is judged by, and leads there who may look at them."""

import pytest

from controller.roles import Role
from controller.thresholds.scheme import NEW, Edit
from controller.thresholds.service import ThresholdDesk
from tests.integration.controller.centre import Centre


@pytest.mark.parametrize(("role", "leads"), [(Role.VIEWER, False), (Role.OFFICE, True)])
async def test_the_template_of_a_point_is_named_on_its_page(
    sqlite_centre: Centre, role: Role, leads: bool
) -> None:
    desk = ThresholdDesk(sqlite_centre.web.state, sqlite_centre.web.settings.thresholds)
    edit = Edit(NEW, "Vệ tinh <VSAT>", {"rtt_ms": 640.0}, joins=("p-b",))
    made = desk.save(edit, base=0, reason="thử", actor="admin", now=sqlite_centre.time.now())
    [template] = made.scheme.templates
    person = await sqlite_centre.sign_in(role)
    page = (await person.get("/points/p-b")).text
    assert "Ngưỡng: theo mẫu Vệ tinh &lt;VSAT&gt;" in page
    assert (f'href="/thresholds?part={template.template_id}"' in page) is leads
    assert "Ngưỡng: chung của mọi điểm" in (await person.get("/points/p-c")).text
