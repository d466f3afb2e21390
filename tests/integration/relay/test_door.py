"""The HTTPS door of a real relay process: who is let in, and what the others are told."""

from pathlib import Path

import pytest

from tests.fakes.pki import Pki
from tests.fakes.relay import (
    CHAIR,
    PAGE_ORIGIN,
    SDP,
    B,
    meeting,
    point_header,
    start_relay,
)

OFFER = (Path(__file__).parents[2] / "data" / "sdp" / "chromium-whip.sdp").read_text()
PLAY = (Path(__file__).parents[2] / "data" / "sdp" / "chromium-whep.sdp").read_text()


@pytest.fixture
async def relay(tmp_path):
    async with start_relay(tmp_path) as running:
        await running.centre.declare(meeting())
        await running.centre.declare(meeting("m2", begins_in_s=3600))
        await running.centre.declare(meeting("m3", has_ended=True))
        await running.centre.hears(lambda: running.centre.kinds().count("floor_applied") >= 2)
        yield running


async def post(relay, path, authorization="", body=OFFER, content_type=SDP):
    async with relay.client() as client:
        headers = {"Content-Type": content_type, "Authorization": authorization}
        return await client.post(path, content=body, headers=headers)


def code(response):
    error = response.json()["error"]
    assert error["message_vi"] and error["message_en"].endswith(".")
    return response.status_code, error["code"]


async def test_what_is_not_allowed_is_said(relay):
    publish, play = relay.token(CHAIR, "publish"), relay.token("viewer", "play")
    other = relay.token(CHAIR, "publish", meeting_id="m2")
    refused = [
        await post(relay, "/whip/m1"),
        await post(relay, "/whip/unknown"),
        await post(relay, "/whip/unknown", publish),
        await post(relay, "/whip/unknown", relay.token(CHAIR, "publish", meeting_id="unknown")),
        await post(relay, "/whip/m1", other),
        await post(relay, "/whip/m1", play),
        await post(relay, "/whip/m1", relay.token(CHAIR, "publish", valid_s=-1)),
        await post(relay, "/whip/m1", "Bearer nonsense"),
        await post(relay, "/whip/m1", publish, content_type="text/plain"),
        await post(relay, "/whip/m1", publish, body="no description"),
        await post(relay, "/whip/m1", publish, body=b"\xff\xfe"),
        await post(relay, "/whip/m1", publish, body=PLAY),
        await post(relay, "/whip/m1", publish, body="v" * 70_000),
        await post(relay, "/whip/m2", other),
        await post(relay, "/whip/m3", relay.token(CHAIR, "publish", meeting_id="m3")),
    ]
    assert [code(r) for r in refused] == [
        (401, "not_authenticated"),
        (401, "not_authenticated"),
        (403, "token_refused"),
        (404, "meeting_unknown"),
        (403, "token_refused"),
        (403, "token_refused"),
        (401, "token_refused"),
        (401, "token_refused"),
        (415, "content_type"),
        (400, "offer_malformed"),
        (400, "offer_malformed"),
        (422, "offer_refused"),
        (413, "body_too_large"),
        (425, "too_early"),
        (410, "meeting_over"),
    ]
    assert "it is for another meeting" in refused[4].json()["error"]["message_en"]
    assert relay.centre.kinds().count("joined") == 0


async def test_a_point_proves_itself_with_its_certificate_alone(relay, tmp_path):
    path, body = "/whip/m1", OFFER.encode()
    async with relay.client() as client:

        async def nonce():
            from contracts.tokens import from_b64url

            return from_b64url((await client.post("/nonce")).json()["nonce"])

        used = await nonce()
        good = point_header(relay.pki, CHAIR, nonce=used, path=path, body=body)
        foreign = Pki(tmp_path / "foreign")
        headers = [
            good,
            good,
            point_header(foreign, CHAIR, nonce=await nonce(), path=path, body=body),
            point_header(relay.pki, "p-stranger", nonce=await nonce(), path=path, body=body),
            point_header(relay.pki, CHAIR, nonce=await nonce(), path="/whep/m1", body=body),
            point_header(relay.pki, CHAIR, nonce=await nonce(), path=path, body=b"other"),
            point_header(relay.pki, CHAIR, nonce=bytes(40), path=path, body=body),
            "Point nonsense",
        ]
        answers = [await post(relay, path, header) for header in headers]
    assert answers[0].status_code == 201
    assert [code(a) for a in answers[1:]] == [
        (401, "nonce_refused"),
        (401, "point_not_proved"),
        (403, "not_invited"),
        (401, "point_not_proved"),
        (401, "point_not_proved"),
        (401, "nonce_refused"),
        (401, "point_not_proved"),
    ]


async def test_a_session_is_a_resource(relay):
    created = await post(relay, "/whep/m1", relay.token("viewer", "play"), body=PLAY)
    assert created.status_code == 201
    assert created.headers["content-type"] == SDP
    location, etag = created.headers["location"], created.headers["etag"]
    fragment = {"Content-Type": "application/trickle-ice-sdpfrag"}
    same = f"a=ice-ufrag:{_attribute(PLAY, 'ice-ufrag')}\r\n"
    restart = "a=ice-ufrag:anew\r\na=ice-pwd:anewanewanewanewanewanew\r\n"
    async with relay.client() as client:
        trickle = await client.patch(location, content=same, headers={**fragment, "If-Match": etag})
        wrong = await client.patch(
            location, content=restart, headers={**fragment, "If-Match": '"other"'}
        )
        anew = await client.patch(location, content=restart, headers={**fragment, "If-Match": etag})
        gone = [await client.delete(location) for _ in range(2)]
        late = await client.patch(location, content=restart, headers=fragment)
    assert trickle.status_code == 204
    assert code(wrong) == (412, "etag_outdated")
    assert anew.status_code == 200
    assert _attribute(anew.text, "ice-ufrag") != _attribute(created.text, "ice-ufrag")
    assert anew.headers["etag"] != etag
    assert [r.status_code for r in gone] == [200, 404]
    assert code(late) == (404, "session_unknown")


def _attribute(text, name):
    return next(line.partition(":")[2] for line in text.splitlines() if f"a={name}:" in line)


async def test_pages_of_the_centre_may_ask_and_others_may_not(relay):
    wanted = {
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type",
    }
    async with relay.client() as client:
        ours = await client.options("/whep/m1", headers={**wanted, "Origin": PAGE_ORIGIN})
        other = await client.options(
            "/whep/m1", headers={**wanted, "Origin": "https://elsewhere.test"}
        )
        plain = await client.options("/whep/m1")
    assert ours.headers["access-control-allow-origin"] == PAGE_ORIGIN
    assert "access-control-allow-origin" not in other.headers
    assert (plain.status_code, plain.headers["accept-post"]) == (204, SDP)


async def test_an_address_that_asks_too_much_is_slowed(tmp_path):
    async with start_relay(tmp_path, requests_burst=4) as relay, relay.client() as client:
        headers = {"Content-Type": SDP, "Authorization": "Bearer nonsense"}
        answers = [await client.post("/whip/m1", content=OFFER, headers=headers) for _ in range(9)]
        assert [r.status_code for r in answers[:3]] == [401] * 3
        refused = next(r for r in answers if r.status_code == 429)
        assert code(refused) == (429, "too_many_requests")
        assert refused.headers["retry-after"] == "1"
        assert (await client.get("/healthz")).status_code == 429


async def test_a_person_has_a_few_windows(relay):
    token = relay.token("viewer", "play")
    created = [await post(relay, "/whep/m1", token, body=PLAY) for _ in range(6)]
    async with relay.client() as client:
        left = [(await client.delete(r.headers["location"])).status_code for r in created]
    assert left == [404, 404, 200, 200, 200, 200]


async def test_figures_are_served(relay):
    await post(relay, "/whip/m1", relay.token(B, "publish"))
    await post(relay, "/whip/m1")
    async with relay.client() as client:
        text = (await client.get("/metrics")).text
    assert 'diemcau_relay_sessions{direction="publish"} 1.0' in text
    assert 'diemcau_relay_requests_refused_total{code="not_authenticated"} 1.0' in text
    assert "diemcau_relay_overloaded 0.0" in text
    assert 'diemcau_relay_lines{direction="publish",voice="unknown"} 0.0' in text
    assert "diemcau_relay_keyframes_asked_total 0.0" in text
    assert await relay.metric("diemcau_relay_meetings") == 1.0
    assert await relay.metric("diemcau_relay_documents_rejected_total") == 0.0
