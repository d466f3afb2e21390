"""The stream of events: at a person's limit the answer is a sentence, and others are served."""

from contextlib import AsyncExitStack, aclosing

from controller.roles import Role
from controller.web.live import STREAMS_PER_PERSON
from tests.integration.controller.centre import Centre


async def test_a_person_with_too_many_streams_is_told_so(sqlite_centre: Centre) -> None:
    viewer = await sqlite_centre.sign_in(Role.VIEWER)
    hub = sqlite_centre.web.hub
    async with AsyncExitStack() as stack:
        for _ in range(STREAMS_PER_PERSON):
            stream = hub.stream(Role.VIEWER.value, None)
            await stack.enter_async_context(aclosing(stream))
            assert await anext(stream) == b"retry: 2000\n\n"
        answer = await viewer.get("/api/v1/events")
        assert (answer.status_code, answer.json()["error"]["code"]) == (429, "too_many_streams")
        assert hub.has_room_for(Role.OFFICE.value)
    assert hub.listeners == 0
