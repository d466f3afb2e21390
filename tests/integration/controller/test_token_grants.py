"""No media token goes out that a sign-out could not end."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, event
from sqlalchemy.exc import OperationalError

from contracts import codec
from contracts.tokens import MediaToken, from_b64url
from controller.meetings.api_tokens import STEERS_FOR, VALID_FOR
from controller.roles import Role
from tests.integration.controller.centre import Centre, meeting_body


def fail(_connection: Connection) -> None:
    """Let the grant not be written."""
    raise OperationalError("INSERT", {}, Exception("attempt to write a readonly database"))


def sign_out(connection: Connection) -> None:
    """End every session just before the grant is written."""
    connection.exec_driver_sql("DELETE FROM web_session")


@pytest.mark.parametrize(("meanwhile", "status"), [(fail, 503), (sign_out, 401)])
async def test_a_token_that_nothing_could_end_is_not_given(
    sqlite_centre: Centre, meanwhile: Any, status: int
) -> None:
    office = await sqlite_centre.sign_in()
    made = (await office.post("/api/v1/meetings", meeting_body(sqlite_centre.time))).json()
    path = f"/api/v1/meetings/{made['meeting_id']}/token"
    assert (await office.post(path, {})).status_code == 200
    happened: list[str] = []

    @event.listens_for(sqlite_centre.web.state, "before_cursor_execute")
    def watch(connection: Connection, _c: object, statement: str, *_: object) -> None:
        if "media_grant" in statement and not statement.startswith("SELECT") and not happened:
            happened.append(statement)
            meanwhile(connection)

    sqlite_centre.time.offset += timedelta(seconds=1)
    answer = await office.post(path, {})
    assert happened
    assert answer.status_code == status
    assert "token" not in answer.json()


async def test_a_token_that_steers_is_the_offices_and_lasts_as_long_as_the_meeting_may(
    sqlite_centre: Centre,
) -> None:
    office, viewer = await sqlite_centre.sign_in(), await sqlite_centre.sign_in(Role.VIEWER)
    made = (await office.post("/api/v1/meetings", meeting_body(sqlite_centre.time))).json()
    path = f"/api/v1/meetings/{made['meeting_id']}/token"
    assert (await viewer.post(path, {"direction": "steer"})).status_code == 403
    now = sqlite_centre.time.now()
    given = (await office.post(path, {"direction": "steer"})).json()
    ends_at = datetime.fromisoformat(given["expires_at"])
    assert now + VALID_FOR < ends_at <= sqlite_centre.time.now() + STEERS_FOR
    claims = codec.decode(MediaToken, from_b64url(given["token"].partition(".")[0]))
    assert claims.direction == "steer"
    assert claims.role == "secretary"
    # Who signs out and in again is not kept out for hours by the end of this one.
    assert isinstance(claims.bars_at, datetime)
    assert now < claims.bars_at <= sqlite_centre.time.now() + VALID_FOR
