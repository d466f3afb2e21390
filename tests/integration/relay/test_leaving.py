"""A running meeting that somebody may not be in any more: at a real relay, with open media."""

import time

import msgspec
import pytest
from cryptography.hazmat.primitives.hashes import SHA256

from contracts.desired import Barred
from contracts.participants import ParticipantKind
from runtime import x509_door
from tests.fakes.relay import CHAIR, B, C, RelayProcess, machine_address, meeting, start_relay
from tests.fakes.webrtc import Player, Publisher
from tests.waiting import until

pytestmark = pytest.mark.skipif(
    machine_address() is None, reason="not checked: no address that a browser would use"
)
LIMIT_S = 10.0


def digests(relay: RelayProcess, *points: str) -> dict[str, tuple[str, ...]]:
    """Return what the centre says of these points' certificates."""
    found: dict[str, tuple[str, ...]] = {}
    for point in points:
        pem = relay.pki.issue(point).certificate_file.read_bytes()
        certificate = x509_door.certificate_from_pem(pem)
        found[point] = (certificate.fingerprint(SHA256()).hex()[:32],)
    return found


async def test_media_of_a_revoked_certificate_end_and_it_is_not_let_in_again(tmp_path):
    async with start_relay(tmp_path) as relay:
        centre = relay.centre
        named = digests(relay, CHAIR, B, C)
        await centre.declare(msgspec.structs.replace(meeting(), certificates=named))
        await centre.hears(lambda: "forwarding_began" in centre.kinds())
        chair, b = Publisher(shade=40, tone_hz=400), Player()
        await chair.join(relay, CHAIR)
        await b.join(relay, B)
        await until(lambda: b.frames("stage") > 5)
        began_s = time.monotonic()
        revoked = named | {B: ("0" * 32,)}
        document = msgspec.structs.replace(meeting(generation=2), certificates=revoked)
        await centre.declare(document)
        await centre.hears(lambda: "left" in centre.kinds(B))
        assert time.monotonic() - began_s < LIMIT_S
        assert "left" not in centre.kinds(CHAIR)
        refused = await relay.offer("play", "v=0", point=B)
        assert (refused.status_code, refused.json()["error"]["code"]) == (
            403,
            "certificate_not_accepted",
        )
        await relay.offer("publish", "v=0", point=B)
        await centre.hears(lambda: "refused" in centre.kinds(B))
        assert centre.kinds(B).count("refused") == 1
        await chair.close()
        await b.close()


async def test_a_point_that_is_put_out_leaves_and_comes_back_once_that_is_undone(tmp_path):
    async with start_relay(tmp_path) as relay:
        centre = relay.centre
        await centre.declare(meeting())
        await centre.hears(lambda: "forwarding_began" in centre.kinds())
        b = Player()
        await b.join(relay, B)
        await centre.hears(lambda: "joined" in centre.kinds(B))
        put_out = (Barred(subject=B, participant_kind=ParticipantKind.POINT),)
        await centre.declare(msgspec.structs.replace(meeting(generation=2), barred=put_out))
        await centre.hears(lambda: "left" in centre.kinds(B))
        refused = await relay.offer("play", "v=0", point=B)
        assert refused.json()["error"]["code"] == "put_out"
        await b.close()
        await centre.declare(meeting(generation=3))
        again = Player()

        async def is_in() -> bool:
            answer = await relay.offer("play", "v=0", point=B)
            return bool(answer.json()["error"]["code"] != "put_out")

        await until(is_in, LIMIT_S, "the point may come in again")
        await again.join(relay, B)
        await centre.hears(lambda: centre.kinds(B).count("joined") == 2)
        await again.close()
