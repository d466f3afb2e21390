"""The home's door for other relays: who may call, with what, and what is no words of a trunk."""

import contextlib
import time
from dataclasses import replace

import msgspec
import pytest

from contracts import codec
from contracts.content import ShareRight
from contracts.desired import DIGEST_CHARS, RelayAddress
from contracts.errors import MalformedPayload
from contracts.floor import FloorMode, FloorState
from contracts.ids import RelayId
from contracts.trunk import MediaAddress, TrunkAnswer, TrunkSource, TrunkWords
from media.relay.media_tunnel import MediaTunnels
from media.relay.trunk_content import GRACE_S, settle
from media.relay.trunk_end import DONE_AT_ONCE, DONE_PER_S, TrunkEnd
from media.relay.trunk_words import WORDS_BURST, WordsLine, framed
from media.relay.trunks import Trunks
from media.sfu import trunk_lines
from media.sfu.session import SessionInfo
from media.sfu.slots import Viewer
from media.sfu.subscriber import Subscriber
from media.wire import rtp, sdp
from media.wire.video_codec import OPUS_PAYLOAD_TYPE
from tests.fakes.relay import CHAIR, OUTER, B, C, meeting, point_header
from tests.integration.relay import test_whip_table as table

door = table.door
JSON = "application/json"
PATH = "/trunk/m1"


async def call(door, who, *, body=None, path=PATH):
    """Call the home as somebody, by his certificate."""
    content = codec.encode(trunk_lines.TrunkCall().offer) if body is None else body
    nonce = table.from_b64url((await door.client.post("/nonce")).json()["nonce"])
    header = point_header(door.pki, who, nonce=nonce, path=path, body=content)
    headers = {"Authorization": header, "Content-Type": JSON}
    return await door.client.post(path, content=content, headers=headers)


def on_two(door, generation=2, **kind):
    """Have the meeting on this relay and an outer one."""
    door.book.adopt(meeting(generation=generation, outer={OUTER: (B,)}, **kind))
    return door.book.find("m1")


@pytest.mark.parametrize(
    ("who", "body", "path", "status", "code"),
    [
        (OUTER, None, PATH, 201, None),
        ("relay-3", None, PATH, 403, "not_its_relay"),
        (CHAIR, None, PATH, 403, "not_its_relay"),
        (OUTER, b"{}", PATH, 400, "call_malformed"),
        (OUTER, None, "/trunk/m2", 404, "meeting_unknown"),
    ],
)
async def test_who_may_call_and_with_what(door, who, body, path, status, code):
    on_two(door)
    answer = await call(door, who, body=body, path=path)
    found = answer.json().get("error", {}).get("code")
    assert (answer.status_code, found) == (status, code)


async def test_nobody_may_call_where_a_meeting_has_one_relay_or_is_over(door):
    assert (await call(door, OUTER)).status_code == 403
    on_two(door, has_ended=True)
    assert (await call(door, OUTER)).status_code == 410


async def test_a_relay_comes_and_stays_no_more_with_a_certificate_that_was_taken_back(door):
    found = on_two(door)
    assert (await call(door, OUTER)).status_code == 201
    trunks = Trunks(door.engine, MediaTunnels(door.engine, "127.0.0.1"))
    digest = found.elsewhere[0].certificate_sha256
    end = TrunkEnd(found, found.elsewhere[0].session, is_home=True, certificate_sha256=digest)
    trunks.add(end)
    others = msgspec.structs.replace(found.document, generation=3, revoked_relays=("0" * 32,))
    door.book.adopt(others)
    trunks.look(now=time.monotonic())
    assert end in trunks.ends and (await call(door, OUTER)).status_code == 201
    trunks.add(end := found.elsewhere[-1])
    taken_back = (digest[:DIGEST_CHARS],)
    door.book.adopt(msgspec.structs.replace(others, generation=4, revoked_relays=taken_back))
    trunks.look(now=time.monotonic())
    assert trunks.ends == []
    refused = await call(door, OUTER)
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "relay_revoked")


async def test_a_relay_that_calls_anew_takes_its_own_place_and_is_no_attendee(door):
    found = on_two(door)
    first = codec.decode(TrunkAnswer, (await call(door, OUTER)).content)
    second = codec.decode(TrunkAnswer, (await call(door, OUTER)).content)
    assert door.engine.session(first.session) is None
    assert [end.session.info.id for end in found.elsewhere] == [second.session]
    assert door.book.state().meetings[0].attendees == ()


class Wire:
    """What a connection's transport does, as far as words need it."""

    def __init__(self):
        self.written, self.is_aborted = [], False

    def write(self, data):
        self.written.append(data)

    def abort(self):
        self.is_aborted = True

    def is_closing(self):
        return self.is_aborted

    def get_write_buffer_size(self):
        return 0


@pytest.fixture
def end(door):
    """The home's end of a trunk, with words on a wire."""
    found = on_two(door)
    trunks = Trunks(door.engine, MediaTunnels(door.engine, "127.0.0.1"))
    trunks.called(found, Viewer(OUTER), trunk_lines.TrunkCall().offer)
    return trunks.ends[0]


def connected(end):
    """Return a connection for words and its wire."""
    line, wire = WordsLine(end), Wire()
    line.connection_made(wire)
    return line, wire


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xff\xff\xff",
        b"\0\0\0\x02no",
        framed(TrunkWords(wants=(1,))).replace(b"1]", b"0]"),
        framed(TrunkWords()) * int(3 * WORDS_BURST),
    ],
)
async def test_what_is_no_words_or_too_many_ends_the_connection(end, data):
    line, wire = connected(end)
    assert len(wire.written) == 1 and not wire.is_aborted
    line.data_received(data)
    assert wire.is_aborted


def sound():
    """Return a packet of sound."""
    return rtp.build(
        payload_type=OPUS_PAYLOAD_TYPE, sequence_number=1, timestamp=960, ssrc=7, payload=b"x" * 40
    )


async def test_words_are_taken_in_whatever_pieces_they_come(end):
    line, wire = connected(end)
    words = framed(TrunkWords(sources={B: TrunkSource(video=(5, 6), sound=7)}))
    for at in range(len(words)):
        line.data_received(words[at : at + 1])
    assert end.sources == {B} and not wire.is_aborted
    line.data_received(framed(TrunkWords(sources={})))
    assert end.sources == frozenset()


async def test_a_point_that_has_come_here_is_not_taken_from_elsewhere(end):
    source = end.meeting.router.source(B)
    track = source.inject_track("audio", on_keyframe_wanted=lambda: None)
    end.take(TrunkWords(sources={B: TrunkSource(sound=7)}), now=1.0)
    assert end.sources == frozenset() and not track.is_closed
    track.close()
    end.take(TrunkWords(), now=2.0)
    assert end.sources == {B}


async def test_the_home_takes_the_levels_of_whom_the_other_brings_alone(end):
    end.take(TrunkWords(sources={B: TrunkSource(sound=7)}, loud={B: 110.0, CHAIR: 120.0}), now=1.0)
    loudness = end.meeting.router.loudness
    loudness.choose({B, CHAIR}, now=1.0)
    assert loudness.speakers == (B,)


async def test_an_outer_relay_does_what_the_home_has_chosen_until_it_is_gone(door):
    floor = FloorState(epoch=1, mode=FloorMode.DISCUSSION)
    home = RelayAddress(relay_id=RelayId("relay-9"), url="https://127.0.0.1:1")
    door.book.adopt(meeting(generation=2, home=home, floor=floor))
    found = door.book.find("m1")
    trunks = Trunks(door.engine, MediaTunnels(door.engine, "127.0.0.1"))
    trunks.called(found, Viewer("relay-9"), trunk_lines.TrunkCall().offer)
    end = TrunkEnd(found, trunks.ends[0].session, is_home=False)
    end.take(TrunkWords(lanes=(B, "", "", ""), speakers=(B,)), now=1.0)
    assert door.book.state().meetings[0].speakers == (B,)
    end.close()
    assert door.book.state().meetings[0].speakers == ()


async def publish(door, offer):
    """Publish as a person; return the codecs that the answer names."""
    headers = {"Content-Type": table.SDP, "Authorization": door.token("publish")}
    answer = await door.client.post("/whip/m1", content=offer, headers=headers)
    assert answer.status_code == 201, answer.text
    return {c.name for m in sdp.parse(answer.text).media if m.kind == "video" for c in m.codecs}


async def test_on_several_relays_pictures_are_of_the_codec_that_all_play(door):
    given = sdp.parse(table.OFFERS["whip"])
    media = tuple(
        replace(m, codecs=tuple(sorted(m.codecs, key=lambda c: c.name != "H264")), formats=())
        for m in given.media
    )
    h264_first = sdp.render(replace(given, media=media))
    assert await publish(door, h264_first) == {"H264"}
    on_two(door)
    assert await publish(door, h264_first) == {"VP8"}
    assert await publish(door, table.only(table.OFFERS["whip"], "H264")) == {"H264"}


async def test_no_sound_goes_to_a_relay_where_nobody_plays(end):
    source = end.meeting.router.source(CHAIR)
    track = source.inject_track("audio", on_keyframe_wanted=lambda: None)
    track.inject(sound())
    now = time.monotonic()
    for is_listening in (True, False, True):
        end.words(now=now)
        end.take(TrunkWords(is_listening=is_listening), now=now)
        assert (set(end.session.slots.values()) == {CHAIR}) is is_listening


async def test_an_outer_relay_says_whether_anybody_plays_there_and_a_home_listens_always(end):
    outer = TrunkEnd(end.meeting, end.session, is_home=False)
    assert end.words(now=1.0).is_listening
    assert not outer.words(now=1.0).is_listening
    player = Subscriber(SessionInfo("m1", Viewer(C), "play"), end.session._fanout, None)
    player.is_connected = True
    end.meeting.router.subscribers.append(player)
    assert outer.words(now=2.0).is_listening


@pytest.fixture
async def sharing(door):
    """The meeting on two relays, as something of the office is shared here."""
    headers = {
        "Content-Type": table.SDP,
        "Authorization": door.token("share", role="secretary"),
    }
    answer = await door.client.post("/content/m1", content=table.OFFERS["whip"], headers=headers)
    assert answer.status_code == 201, answer.text
    return door.book.find("m1")


async def share(door, role="chair"):
    """Ask to share as somebody else of the office, or as one who has the floor."""
    headers = {"Content-Type": table.SDP}
    if role == B:
        nonce = table.from_b64url((await door.client.post("/nonce")).json()["nonce"])
        offer, path = table.OFFERS["whip"].encode(), "/content/m1"
        headers["Authorization"] = point_header(door.pki, B, nonce=nonce, path=path, body=offer)
    else:
        headers["Authorization"] = door.token("share", role=role)
    return await door.client.post("/content/m1", content=table.OFFERS["whip"], headers=headers)


@pytest.mark.parametrize("is_home", [True, False])
async def test_who_stands_lower_than_who_shares_at_another_relay_is_refused_at_once(
    door, end, is_home
):
    floor = FloorState(epoch=2, holders=(B,))
    found = on_two(door, generation=3, floor=floor)
    if not is_home:
        end = TrunkEnd(found, end.session, is_home=False)
    end.take(shared(CHAIR), now=time.monotonic())
    settle(found, [end], now=time.monotonic())
    refused = await share(door, B)
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "content_taken")
    assert (await share(door)).status_code == 201
    assert end.words(now=time.monotonic()).content_right == ShareRight.OFFICE


def shared(by, right=ShareRight.OFFICE):
    """Return words of an outer relay at which something is shared."""
    return TrunkWords(content=f"content:{by}", content_right=int(right))


async def test_what_the_home_shares_outlives_a_cut_and_not_what_begins_elsewhere_later(
    sharing, end
):
    now = time.monotonic()
    end.take(shared(B), now=now)
    settle(sharing, [end], now=now)
    assert sharing.content is not None and sharing.content_elsewhere is None
    end.take(shared(C), now=now + 1)
    settle(sharing, [end], now=now + 1)
    assert sharing.content is None and sharing.content_elsewhere == f"content:{C}"
    end.close()
    assert sharing.content_elsewhere is None


async def test_an_outer_relays_sharing_waits_after_a_cut_until_the_home_knows_of_it(
    door, sharing, end
):
    outer = TrunkEnd(sharing, end.session, is_home=False)
    now = time.monotonic() + 60
    outer.take(TrunkWords(content=f"content:{B}"), now=now)
    settle(sharing, [outer], now=now + GRACE_S / 2)
    assert sharing.content is not None, "the home has not heard of it yet"
    settle(sharing, [outer], now=now + GRACE_S)
    assert sharing.content is None


async def test_a_relay_that_says_other_sources_all_the_time_leaves_none_behind(end):
    known, now = end.meeting.router.sources, 1.0
    shown = []
    end.meeting.router.replan = lambda: shown.append(now)
    for turn in range(300):
        now += 1 / 150
        names = [f"p-{turn}-{number}" for number in range(20)]
        end.take(TrunkWords(sources={name: TrunkSource(sound=turn + 1) for name in names}), now=now)
    end.tick(now=now + 0.1)
    assert end.sources == frozenset(names)
    assert {one.name for one in end.meeting.router.sources} == {*names, *(s.name for s in known)}
    # Each that is taken away has its slots emptied: so often, and not with each word.
    assert len(set(shown)) <= DONE_AT_ONCE + 3 * DONE_PER_S
    end.take(TrunkWords(sources={}), now=now + 10)
    assert end.meeting.router.sources == known


async def test_a_home_that_names_hosts_in_place_of_addresses_has_none_of_them_looked_up(door):
    answered = TrunkAnswer(
        ufrag="abcd",
        password="x" * 22,
        fingerprint=":".join(["AA"] * 32),
        session="s",
        addresses=(MediaAddress("slow.example", 9), MediaAddress("127.0.0.1", 9)),
    )
    router, home = on_two(door).router, Viewer("relay-0")
    with contextlib.closing(trunk_lines.TrunkCall()) as call:
        session = call.begin(door.engine, router, home, answered)
        assert session.peer._addresses == (("127.0.0.1", 9),)
    named = msgspec.structs.replace(answered, addresses=answered.addresses[:1])
    with contextlib.closing(trunk_lines.TrunkCall()) as call, pytest.raises(MalformedPayload):
        call.begin(door.engine, router, home, named)
