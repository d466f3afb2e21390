"""A machine becomes a point once; everything else is refused with a reason, and slowly."""

import base64
import ssl
from datetime import datetime, timedelta

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from contracts.ids import PointId
from controller.clock import WatchedClock
from controller.db.engine import reading
from controller.enrolment import enrol_code
from controller.enrolment.pki import AuthorityCertificate
from controller.enrolment.throttle import WRONG_CODE_EVERY_S
from controller.places import place_queries
from controller.roles import Role
from runtime import x509_door
from tests.integration.controller.centre import Centre


def request_pem(key: ec.EllipticCurvePrivateKey) -> str:
    """Return a signing request that asks for another's name."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "centre-web")])
    request = x509.CertificateSigningRequestBuilder().subject_name(subject)
    pem = request.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    return pem.decode()


async def new_code(centre: Centre, point_id: str = "p-b") -> str:
    """Return a code an administrator has made."""
    admin = await centre.sign_in(Role.ADMIN)
    answer = await admin.post(f"/api/v1/points/{point_id}/enrol-codes")
    assert answer.status_code == 201, answer.text
    code: str = answer.json()["code"]
    return code


async def enrol(
    centre: Centre, secret: str, key: ec.EllipticCurvePrivateKey | None = None, csr: str = ""
) -> httpx.Response:
    """Ask for a certificate."""
    csr = csr or request_pem(key or ec.generate_private_key(ec.SECP256R1()))
    body = {"secret": secret, "csr_pem": csr}
    return await centre.client().post("/api/v1/enrol", json=body)


def error_code(answer: httpx.Response) -> tuple[int, str]:
    """Return status and code of a refusal; both sentences must be there."""
    error = answer.json()["error"]
    assert error["message_vi"]
    assert error["message_en"]
    return answer.status_code, error["code"]


async def test_a_code_gives_a_certificate_with_the_points_name(centre: Centre) -> None:
    code = await new_code(centre)
    authority = await centre.client().get("/api/v1/enrol/authority")
    certificate = x509.load_pem_x509_certificate(authority.content)
    der = certificate.public_bytes(serialization.Encoding.DER)
    assert code.replace("-", "")[:16] == enrol_code.fingerprint(der)
    answer = await enrol(centre, code.replace("-", "")[16:])
    given = answer.json()
    issued = x509.load_pem_x509_certificate(given["certificate_pem"].encode())
    issued.verify_directly_issued_by(certificate)
    assert issued.subject.rfc4514_string() == "CN=p-b"
    assert (given["point_id"], given["point_number"], given["name"]) == ("p-b", 2, "Xã B")
    assert (given["broker_host"], given["broker_port"]) == (
        "127.0.0.1",
        centre.web.settings.broker.port,
    )
    with reading(centre.web.state) as session:
        point = place_queries.point(session, "p-b", at=centre.time.now())
    assert point is not None
    assert point.certificate_sha256 == issued.fingerprint(hashes.SHA256()).hex()


async def test_a_used_code_is_refused_but_a_lost_answer_can_be_asked_again(
    centre: Centre,
) -> None:
    secret = (await new_code(centre)).replace("-", "")[16:]
    key = ec.generate_private_key(ec.SECP256R1())
    assert (await enrol(centre, secret, key)).status_code == 200
    assert (await enrol(centre, secret, key)).status_code == 200
    assert error_code(await enrol(centre, secret)) == (403, "code_used")
    centre.time.offset = timedelta(minutes=11)
    assert error_code(await enrol(centre, secret, key)) == (403, "code_used")


async def test_an_expired_code_is_refused(centre: Centre) -> None:
    secret = (await new_code(centre)).replace("-", "")[16:]
    centre.time.offset = timedelta(hours=72, seconds=1)
    assert error_code(await enrol(centre, secret)) == (403, "code_expired")


async def test_a_new_code_ends_the_earlier_one(centre: Centre) -> None:
    first, second = await new_code(centre), await new_code(centre)
    assert error_code(await enrol(centre, first[20:])) == (403, "code_unknown")
    assert (await enrol(centre, second[20:])).status_code == 200


async def test_wrong_secrets_are_slowed_and_a_right_one_beside_them_is_not(
    centre: Centre,
) -> None:
    secret = (await new_code(centre)).replace("-", "")[16:]
    wrong = [error_code(await enrol(centre, f"{i:012d}")) for i in range(5)]
    assert wrong == [(403, "code_unknown")] * 5
    answer = await enrol(centre, "5" * 12)
    assert error_code(answer) == (429, "too_many_tries")
    assert int(answer.headers["retry-after"]) == WRONG_CODE_EVERY_S
    assert (await enrol(centre, secret)).status_code == 200


@pytest.mark.parametrize("csr", ["rubbish", "-----BEGIN CERTIFICATE REQUEST-----\nAA\n", "\x00"])
async def test_rubbish_for_a_request_is_refused_and_the_fifth_burns_the_code(
    centre: Centre, csr: str
) -> None:
    secret = (await new_code(centre)).replace("-", "")[16:]
    answers = [error_code(await enrol(centre, secret, csr=csr)) for _ in range(5)]
    assert answers == [(400, "bad_signing_request")] * 5
    assert error_code(await enrol(centre, secret)) == (403, "code_burnt")


async def test_the_time_is_signed_for_the_nonce(centre: Centre) -> None:
    nonce = "00ff" * 8
    given = (await centre.client().post("/api/v1/time", json={"nonce": nonce})).json()
    said = b"diemcau-time-v1\0" + bytes.fromhex(nonce) + b"\0" + given["time"].encode()
    signer = x509_door.certificate_from_pem(given["certificate_pem"])
    x509_door.check_issuer(signer, centre.web.part(AuthorityCertificate).certificate)
    assert x509_door.common_name(signer) == "centre-time"
    public = signer.public_key()
    assert isinstance(public, ec.EllipticCurvePublicKey)
    public.verify(base64.b64decode(given["signature"]), said, ec.ECDSA(hashes.SHA256()))
    told = datetime.fromisoformat(given["time"])
    assert abs(told - centre.time.now()) < timedelta(seconds=5)
    bad = await centre.client().post("/api/v1/time", json={"nonce": "zz"})
    assert bad.status_code == 422


async def test_no_time_is_signed_that_the_points_contradict(sqlite_centre: Centre) -> None:
    clock = sqlite_centre.web.part(WatchedClock)
    clock.witnessed(PointId("p-b"), sqlite_centre.time.now() - timedelta(hours=7))
    answer = await sqlite_centre.client().post("/api/v1/time", json={"nonce": "00ff" * 8})
    assert error_code(answer) == (503, "time_in_doubt")


async def test_a_request_of_an_unknown_version_is_refused_and_counted(centre: Centre) -> None:
    pem = request_pem(ec.generate_private_key(ec.SECP256R1()))
    der = bytearray(ssl.PEM_cert_to_DER_cert(_as_certificate(pem)))
    der[der.index(b"\x02\x01\x00") + 2] = 5
    lines = base64.encodebytes(bytes(der)).decode()
    odd = f"-----BEGIN CERTIFICATE REQUEST-----\n{lines}-----END CERTIFICATE REQUEST-----\n"
    answers = [await enrol(centre, "0" * 12, csr=odd) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [403] * 5 + [429]
    known = await enrol(centre, (await new_code(centre)).replace("-", "")[16:], csr=odd)
    assert error_code(known) == (400, "bad_signing_request")


def _as_certificate(pem: str) -> str:
    return pem.replace("CERTIFICATE REQUEST", "CERTIFICATE")
