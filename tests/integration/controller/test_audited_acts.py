"""The audit log says what was done, all of it, and nothing that was not."""

import pytest

from controller.audit.service import Action, AuditLog
from controller.db.engine import writing
from controller.knock import FILE
from controller.meetings.tables import Meeting
from controller.roles import Role
from tests.integration.controller.centre import Centre, meeting_body
from tests.integration.controller.test_api_enrolment import enrol, new_code


def written(centre: Centre, action: Action) -> list[str]:
    """Return how acts of a kind ended, the newest first."""
    entries = centre.web.part(AuditLog).newest(limit=50)
    return [one.outcome for one in entries if one.action == action.value]


async def test_a_share_for_which_no_token_can_be_given_is_none(centre: Centre) -> None:
    office = await centre.sign_in()
    made = (await office.post("/api/v1/meetings", meeting_body(centre.time))).json()
    path = f"/api/v1/meetings/{made['meeting_id']}/token"
    assert (await office.post(path, {"direction": "share"})).status_code == 200
    with writing(centre.web.state) as session:
        session.get_one(Meeting, made["meeting_id"]).relay_id = "relay-gone"
    assert (await office.post(path, {"direction": "share"})).status_code == 404
    assert written(centre, Action.SHARE) == ["done"]


@pytest.mark.parametrize("is_page", [True, False])
async def test_a_revocation_that_nobody_can_be_told_of_is_written_down(
    centre: Centre, is_page: bool
) -> None:
    admin = await centre.sign_in(Role.ADMIN)
    assert (await enrol(centre, await new_code(centre))).status_code == 200
    told = centre.web.settings.state_dir / FILE
    told.unlink(missing_ok=True)
    (told / "in-the-way").mkdir(parents=True)
    point, csrf = "p-b", {"x-csrf-token": admin.csrf_token}
    with pytest.raises(OSError, match=FILE):
        if is_page:
            await admin.post(f"/points/{point}/revoke")
        else:
            await admin.client.delete(f"/api/v1/points/{point}/certificate", headers=csrf)
    assert written(centre, Action.REVOKE) == ["done"]
