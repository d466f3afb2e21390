"""The relay answers pages under every name of the centre that a meeting's document says."""

from pathlib import Path

import msgspec

from tests.fakes.relay import RelayProcess, meeting, start_relay

OURS = ("https://10.77.0.1:8443", "http://127.0.0.1:8000")
WANTED = {
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization,content-type",
}


async def allowed(relay: RelayProcess, origin: str) -> str | None:
    """Return which origin a preflight from a page is told."""
    async with relay.client() as client:
        answer = await client.options("/whep/m1", headers={**WANTED, "Origin": origin})
        found: str | None = answer.headers.get("access-control-allow-origin")
        return found


async def test_a_document_opens_the_relay_to_the_centre_s_other_names(tmp_path: Path) -> None:
    async with start_relay(tmp_path) as relay:
        assert await allowed(relay, OURS[0]) is None
        document = msgspec.structs.replace(meeting("m1"), page_origins=OURS)
        await relay.centre.declare(document)
        await relay.centre.hears(lambda: "floor_applied" in relay.centre.kinds())
        assert [await allowed(relay, origin) for origin in OURS] == list(OURS)
        for foreign in ("https://elsewhere.test", "https://10.77.0.1", "null"):
            assert await allowed(relay, foreign) is None
