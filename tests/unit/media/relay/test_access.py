"""A point's proof with whatever certificate: admitted, or refused in our own words."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding

from contracts import point_proof
from contracts.desired import RecordingOrder, RelayMeeting
from contracts.ids import MeetingId, RecorderId
from contracts.participants import ParticipantKind
from media.errors import AccessRefused
from media.relay.access import Gatekeeper, JoinRequest, check_may_join
from media.relay.grants import Grant, reason_to_leave
from media.sfu.slots import Viewer
from runtime import x509_door
from tests.fakes.pki import Pki, with_x509_version
from tests.fakes.relay import CHAIR, meeting, point_header

NOW = datetime.now(UTC)
PATH, M1 = "/whip/m1", MeetingId("m1")


@pytest.fixture
def pki(tmp_path: Path) -> Pki:
    return Pki(tmp_path, now=NOW)


def _gatekeeper(pki: Pki) -> Gatekeeper:
    return Gatekeeper(pki.certificate, Ed25519PrivateKey.generate().public_key())


def _request(authorization: str) -> JoinRequest:
    return JoinRequest("POST", PATH, b"", authorization, "publish")


def let(_: Grant) -> None:
    """Refuse nobody."""


def test_an_invited_point_is_admitted_once(pki: Pki) -> None:
    gatekeeper = _gatekeeper(pki)
    header = point_header(pki, CHAIR, nonce=gatekeeper.new_nonce(now_s=0.0), path=PATH, body=b"")
    assert (
        gatekeeper.prove(_request(header), M1, now=NOW, now_s=1.0, proved=let).viewer.subject
        == CHAIR
    )
    with pytest.raises(AccessRefused) as caught:
        gatekeeper.prove(_request(header), M1, now=NOW, now_s=1.0, proved=let)
    assert caught.value.code == "nonce_refused"


@pytest.mark.parametrize("version", [1, 3, 7])
def test_a_certificate_of_a_version_nobody_knows_is_refused(pki: Pki, version: int) -> None:
    issued = x509_door.certificate_from_pem(pki.issue(CHAIR).certificate_file.read_bytes())
    der = with_x509_version(issued.public_bytes(Encoding.DER), version)
    header = point_proof.header(point_proof.PointProof(der, b"n", b"s"))
    with pytest.raises(AccessRefused) as caught:
        _gatekeeper(pki).prove(_request(header), M1, now=NOW, now_s=1.0, proved=let)
    assert (caught.value.status, caught.value.code) == (401, "point_not_proved")


def test_a_certificate_past_its_time_is_refused(pki: Pki) -> None:
    gatekeeper, later = _gatekeeper(pki), NOW + timedelta(days=4000)
    header = point_header(pki, CHAIR, nonce=gatekeeper.new_nonce(now_s=0.0), path=PATH, body=b"")
    with pytest.raises(AccessRefused) as caught:
        gatekeeper.prove(_request(header), M1, now=later, now_s=1.0, proved=let)
    assert caught.value.code == "point_not_proved"


def test_a_certificate_that_the_centre_does_not_name_any_more_is_refused(pki: Pki) -> None:
    gatekeeper = _gatekeeper(pki)
    header = point_header(pki, CHAIR, nonce=gatekeeper.new_nonce(now_s=0.0), path=PATH, body=b"")
    replaced = msgspec.structs.replace(meeting(), certificates={CHAIR: ("0" * 32,)})
    with pytest.raises(AccessRefused) as caught:
        grant = gatekeeper.prove(_request(header), M1, now=NOW, now_s=1.0, proved=let)
        check_may_join(grant, replaced, now=NOW, is_on=True, is_over=False)
    assert (caught.value.status, caught.value.code) == (403, "certificate_not_accepted")


@pytest.mark.parametrize(
    ("before_begin_s", "is_on", "is_over", "code"),
    [
        (301, False, False, "too_early"),
        (300, False, False, None),
        (25_200, True, False, None),  # it is on: the clock was set back
        (0, True, False, None),
        (-25_200, True, False, None),
        (-25_200, False, True, "meeting_over"),
    ],
)
def test_when_one_may_join(before_begin_s, is_on, is_over, code) -> None:
    grant, invited_to = Grant(Viewer("viewer", ParticipantKind.PERSON)), meeting(begins_at=NOW)
    now = NOW - timedelta(seconds=before_begin_s)
    refused = None
    try:
        check_may_join(grant, invited_to, now=now, is_on=is_on, is_over=is_over)
    except AccessRefused as exc:
        refused = exc.code
    assert refused == code


def test_a_recorder_plays_what_the_centre_has_it_record_and_nothing_else(pki: Pki) -> None:
    gatekeeper, path = _gatekeeper(pki), "/whep/m1"
    nonce = gatekeeper.new_nonce(now_s=0.0)
    header = point_header(pki, "recorder-1", nonce=nonce, path=path, body=b"")
    asked = JoinRequest("POST", path, b"", header, "play")
    grant = gatekeeper.prove(asked, M1, now=NOW, now_s=1.0, proved=let)
    assert grant.viewer == Viewer("recorder-1", ParticipantKind.RECORDER)
    for recorder_id, code in (("recorder-1", ""), ("recorder-2", "not_recorded")):
        order = RecordingOrder(recorder_id=RecorderId(recorder_id))
        document = msgspec.structs.replace(meeting(), recording=order)
        assert _refusal(grant, document) == code
        assert (reason_to_leave(grant, document) is None) is (code == "")
    assert _refusal(grant, meeting()) == "not_recorded"
    assert reason_to_leave(grant, meeting()) == "the meeting is not recorded any more"


def _refusal(grant: Grant, document: RelayMeeting) -> str:
    try:
        check_may_join(grant, document, now=NOW, is_on=True, is_over=False)
    except AccessRefused as exc:
        return exc.code
    return ""


def test_a_recorder_never_publishes(pki: Pki) -> None:
    gatekeeper = _gatekeeper(pki)
    nonce = gatekeeper.new_nonce(now_s=0.0)
    header = point_header(pki, "recorder-1", nonce=nonce, path=PATH, body=b"")
    with pytest.raises(AccessRefused) as caught:
        gatekeeper.prove(_request(header), M1, now=NOW, now_s=1.0, proved=let)
    assert (caught.value.status, caught.value.code) == (403, "only_plays")
