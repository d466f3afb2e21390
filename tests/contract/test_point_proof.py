"""The header by which a point proves itself to a relay."""

import random

import pytest

from contracts import point_proof
from contracts.errors import TokenError
from contracts.point_proof import PointProof
from tests.contract import cases

PROOF = PointProof(certificate_der=bytes(range(256)) * 2, nonce=b"n" * 24, signature=b"s" * 71)
HEADER = point_proof.header(PROOF)


def test_a_header_is_read_as_it_was_written() -> None:
    assert point_proof.parse(HEADER) == PROOF
    assert HEADER.startswith("Point ")


@pytest.mark.parametrize(
    "value",
    ["", "Point", "Point a b", "Bearer a b c", "Point a b c d", "point QQ QQ QQ", "Point é é é",
     "Point \ud800 QQ QQ", "Point Q QQ QQ", "Point " + "A" * 9000 + " QQ QQ"],
)  # fmt: skip
def test_what_is_no_such_header_is_refused(value: str) -> None:
    with pytest.raises(TokenError):
        point_proof.parse(value)


def test_spoilt_headers_give_a_proof_or_our_error() -> None:
    chance = random.Random(815)
    alphabet = "AQz0-_= .\n\0é+/"
    refused = 0
    for _ in range(cases.PROOFS):
        letters = list(HEADER)
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(letters))
            letters[at : at + chance.randint(0, 3)] = chance.choices(
                alphabet, k=chance.randint(0, 3)
            )
        try:
            proof = point_proof.parse("".join(letters))
        except TokenError:
            refused += 1
        else:
            assert point_proof.parse(point_proof.header(proof)) == proof
    assert 0 < refused < cases.PROOFS


def test_every_part_of_the_request_is_signed() -> None:
    request = {"nonce": b"n", "method": "POST", "path": "/whip/m-1", "body": b"v=0"}
    changed = [
        {**request, "nonce": b"m"},
        {**request, "method": "PATCH"},
        {**request, "path": "/whep/m-1"},
        {**request, "body": b"v=1"},
    ]
    signed = {point_proof.signed_bytes(**each) for each in (request, *changed)}  # type: ignore[arg-type]
    assert len(signed) == 5
