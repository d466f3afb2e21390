"""The grid's tiles at the relay's door: who has some, and what may be asked of them."""

from dataclasses import replace

import pytest

from media.wire import sdp
from tests.fakes.relay import PAGE_ORIGIN
from tests.integration.relay import test_whip_table as table

TWO = '{"points":["lao-chai","person:le.thu.ha"]}'
JSON = {"Content-Type": "application/json"}
ALLOW = "GET, HEAD, OPTIONS, PUT"
ROWS = [
    # role, method, headers, body, status, headers of the answer
    ("chair", "PUT", JSON, TWO, 204, {}),
    ("secretary", "PUT", JSON, '{"points":[]}', 204, {}),
    ("viewer", "PUT", JSON, TWO, 403, {}),
    ("participant", "PUT", JSON, TWO, 403, {}),
    ("chair", "PUT", JSON, "{}", 400, {}),
    ("chair", "PUT", JSON, '{"points":["Not a point"]}', 400, {}),
    ("chair", "PUT", JSON, '{"points":["p"' + ',"p"' * 25 + "]}", 400, {}),
    ("chair", "PUT", JSON, "x" * 70_000, 413, {}),
    ("chair", "PUT", {"Content-Type": "text/plain"}, TWO, 415, {}),
    ("chair", "GET", {}, "", 204, {}),
    ("chair", "POST", JSON, TWO, 405, {"allow": ALLOW}),
    ("chair", "OPTIONS", {}, "", 204, {"allow": ALLOW}),
    ("chair", "OPTIONS", {**table.PREFLIGHT, "Access-Control-Request-Method": "PUT"}, "", 204,
     {"access-control-allow-origin": PAGE_ORIGIN}),
]  # fmt: skip
door = table.door


def offer(videos):
    """Return a player's offer of so many pictures."""
    given = sdp.parse(table.OFFERS["whep"])
    video = replace(given.media[0], codecs=given.media[0].codecs[:1], formats=())
    lines = [replace(video, mid=str(number)) for number in range(videos)]
    return sdp.render(replace(given, media=tuple(lines), bundle=tuple(m.mid for m in lines)))


async def played(door, role, videos=6):
    headers = {"Content-Type": table.SDP, "Authorization": door.token("play", role=role)}
    answer = await door.client.post("/whep/m1", content=offer(videos), headers=headers)
    assert answer.status_code == 201, answer.text
    return answer


@pytest.mark.parametrize(("role", "method", "headers", "body", "status", "told"), ROWS)
async def test_tiles_answer_by_the_table(door, role, method, headers, body, status, told):
    path = (await played(door, role)).headers["location"] + "/tiles"
    answer = await door.client.request(method, path, content=body, headers=headers)
    found = {name: answer.headers.get(name) for name in told}
    assert (answer.status_code, found) == (status, told), answer.text


async def test_the_videos_after_the_meeting_s_own_are_tiles_for_the_chair_alone(door):
    shown = {}
    for role in ("chair", "viewer"):
        answer = sdp.parse((await played(door, role, videos=35)).text)
        shown[role] = [media.msid.partition(" ")[0] for media in answer.media if media.port]
    assert [slot for slot in shown["chair"] if slot not in shown["viewer"]] == [
        f"tile-{number}" for number in range(25)
    ]
    assert not any(slot.startswith("tile-") for slot in shown["viewer"])


async def test_a_session_without_tiles_or_that_is_gone_shows_none(door):
    path = (await played(door, "chair", videos=2)).headers["location"]
    asked = await door.client.put(f"{path}/tiles", content=TWO, headers=JSON)
    assert asked.status_code == 403
    await door.client.delete(path)
    asked = await door.client.put(f"{path}/tiles", content=TWO, headers=JSON)
    assert asked.status_code == 404
