"""What a page tells of its player, at the relay's door: who may, how much, how often."""

import asyncio
import time

import pytest

from contracts import codec
from contracts.played import Played, Withheld
from media.client.playback import Playback
from media.client.roles import Playing
from media.sfu.ladder import Rung
from media.sfu.quality import PLAYED_OLD_AFTER_S
from media.sfu.sizes import Size
from media.transport.dtls import DtlsCertificate
from tests.fakes.legs import run_leg
from tests.integration.relay import test_whip_table as table
from tests.integration.relay.test_same_address import an_engine
from tests.unit.media.sfu.test_downlink import Camera
from tests.waiting import until

TOLD = (
    '{"slots":[{"slot":"stage","decoded":250,"frozen_ratio":0.2,"height_px":720},'
    '{"slot":"content","frozen_ratio":0.9},{"slot":"sound-1","concealed_ratio":0.03}]}'
)
JSON = {"Content-Type": "application/json"}
MANY = '{"slots":[' + ",".join(['{"slot":"s"}'] * 17) + "]}"
ROWS = [
    # method, headers, body, status
    ("PUT", JSON, TOLD, 204),
    ("PUT", JSON, '{"slots":[]}', 204),
    ("PUT", JSON, "{", 400),
    ("PUT", JSON, '{"slots":[{"slot":"stage","frozen_ratio":1.01}]}', 400),
    ("PUT", JSON, '{"slots":[{"slot":"stage","decoded":-1}]}', 400),
    ("PUT", JSON, '{"slots":[{"slot":"stage","height_px":1e9}]}', 400),
    ("PUT", JSON, MANY, 400),
    ("PUT", JSON, '{"slots":[]' + " " * 5000 + "}", 400),
    ("PUT", JSON, "x" * 70_000, 413),
    ("PUT", {"Content-Type": "text/plain"}, TOLD, 415),
    ("GET", {}, "", 204),
    ("POST", JSON, TOLD, 405),
]
door = table.door


async def opened(door, direction="play"):
    path = {"play": "/whep/m1", "publish": "/whip/m1"}[direction]
    headers = {"Content-Type": table.SDP, "Authorization": door.token(direction)}
    offer = table.OFFERS[path[1:5]]
    answer = await door.client.post(path, content=offer, headers=headers)
    assert answer.status_code == 201, answer.text
    return answer.headers["location"] + "/played"


@pytest.mark.parametrize(("method", "headers", "body", "status"), ROWS)
async def test_the_door_answers_by_the_table(door, method, headers, body, status):
    path = await opened(door)
    answer = await door.client.request(method, path, content=body, headers=headers)
    assert answer.status_code == status, answer.text


async def test_what_is_told_too_often_is_refused_and_the_first_counts(door):
    path = await opened(door)
    found = [(await door.client.put(path, content=TOLD, headers=JSON)).status_code]
    for _ in range(5):
        found.append(
            (await door.client.put(path, content='{"slots":[]}', headers=JSON)).status_code
        )
    assert found[0] == 204 and found[-2:] == [429, 429]


async def test_a_page_is_told_what_its_line_or_the_relays_load_holds_back(door):
    path = await opened(door)
    session = door.engine.session(path.split("/")[2])
    session.line.pictures = {"stage": [Camera(Size.HIGH)], "speaker": [Camera(Size.LOW)]}
    session.line.ladder.rung = Rung.LOW
    answer = await door.client.put(path, content='{"slots":[]}', headers=JSON)
    assert answer.status_code == 200
    assert codec.decode(Withheld, answer.content) == Withheld(rung="low", slots=("stage",))
    session.line.ladder.rung, session.line.cap = Rung.HIGH, Rung.SOUND
    answer = await door.client.put(path, content='{"slots":[]}', headers=JSON)
    expected = Withheld(rung="sound", is_by_load=True, slots=("stage", "speaker"))
    assert codec.decode(Withheld, answer.content) == expected
    session.line.cap = Rung.HIGH
    answer = await door.client.put(path, content='{"slots":[]}', headers=JSON)
    assert (answer.status_code, answer.content) == (204, b"")


async def test_who_plays_nothing_tells_nothing_and_no_session_is_unknown(door):
    path = await opened(door, "publish")
    assert (await door.client.put(path, content=TOLD, headers=JSON)).status_code == 403
    gone = await door.client.put("/session/none/played", content=TOLD, headers=JSON)
    assert gone.status_code == 404


async def test_what_a_page_told_is_known_until_it_is_old():
    async with an_engine() as (engine, router):
        playing = Playing(Playback(lambda: 0.0, lambda slot, packet: None))
        _, running = await run_leg(engine, router, "play", playing, DtlsCertificate())
        (session,) = engine.sessions
        told = codec.decode(Played, TOLD.encode())
        assert session.told_played(told, now=time.monotonic() - PLAYED_OLD_AFTER_S + 2)
        counted = session._reported_at
        await until(lambda: session._reported_at > counted, 5)
        assert session.quality.frozen_ratio == 0.2
        await until(lambda: session.quality.frozen_ratio is None, 10, "it tells no more")
        assert session.quality.concealed_ratio is None
        running.cancel()
        await asyncio.wait({running})
