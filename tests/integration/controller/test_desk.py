"""The enrolment process: what it signs for the web process, and what not."""

import asyncio
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from contracts.ids import PointId
from controller.db.engine import open_engine, writing
from controller.dispatch.changes import Changes
from controller.enrolment import certificate_queries, pki, revocation
from controller.enrolment.desk import Desk, serve
from controller.enrolment.endings import Endings
from controller.enrolment.service import make_code
from controller.enrolment.signing import (
    ANSWER_LIMIT_S,
    SOCKET,
    Answer,
    DeskClosed,
    Question,
    SignatureRefused,
    Signatures,
    by_socket,
)
from controller.enrolment.throttle import PLACES
from controller.errors import StorageError
from controller.settings import ControllerSettings
from controller.web.live import Hub
from runtime import x509_door
from tests.integration.controller.centre import Installation, web_process
from tests.waiting import until

LONG = "a-folder-whose-name-alone-is-longer-than-what-an-address-of-a-socket-may-have-in-all" * 2


def request() -> str:
    return pki.request_pem(ec.generate_private_key(ec.SECP256R1()))


def asked(desk: Signatures, settings: ControllerSettings, point_id: str) -> Answer:
    """Make a code as the web process does, and enrol with it."""
    engine = open_engine(settings.state_database_url)
    authority = pki.load_certificate(settings.pki_dir)
    made = make_code(engine, authority, point_id, valid_h=1, actor="t", now=datetime.now(UTC))
    engine.dispose()
    return desk.ask(Question(what="enrol", secret=made.code, csr_pem=request()))


async def test_over_the_socket_a_code_becomes_a_certificate_and_a_wrong_one_none(
    made: Installation, tmp_path: Path
) -> None:
    installation = made.copy(tmp_path / LONG)
    settings = installation.settings
    serving = asyncio.create_task(serve(settings), name="desk")
    desk = Signatures(by_socket(settings.data_dir))
    try:
        await until((settings.data_dir / SOCKET).exists, what="the desk is open")
        answer = await asyncio.to_thread(asked, desk, settings, "p-b")
        given = x509_door.certificate_from_pem(answer.certificate_pem)
        authority = pki.load_certificate(settings.pki_dir)
        x509_door.check_issuer(given, authority.certificate)
        assert (x509_door.common_name(given), answer.point_id) == ("p-b", "p-b")
        wrong = Question(what="enrol", secret="0" * 12, csr_pem=request())
        with pytest.raises(SignatureRefused) as refused:
            await asyncio.to_thread(desk.ask, wrong)
        assert (refused.value.code, refused.value.proves_nothing) == ("code_unknown", True)
        for rubbish in (b"{}\n", b"\xff\n", b'{"what": "sign", "name": "relay-1"}\n', b"\n"):
            raw = await asyncio.to_thread(by_socket(settings.data_dir), rubbish)
            assert b'"status":400' in raw
    finally:
        serving.cancel()
        await asyncio.wait({serving})
    with pytest.raises(DeskClosed):
        await asyncio.to_thread(desk.ask, Question(what="list"))


def test_a_certificate_of_minutes_is_lent_for_a_point_that_was_shut_out_alone(
    installation: Installation,
) -> None:
    settings, now = installation.settings, datetime.now(UTC)
    state = open_engine(settings.state_database_url)
    authority = pki.load_authority(settings.pki_dir)
    desk = Signatures(Desk(settings, state, authority, lambda: now).answer)
    asked(desk, settings, "p-b")
    for name in ("p-b", "p-c", "centre-web", "relay-1", "nobody"):
        with pytest.raises(SignatureRefused, match="No certificate"):
            desk.ask(Question(what="borrow", point_id=name, csr_pem=request()))
    with writing(state) as session:
        certificate_queries.end_all(session, "p-b", why=revocation.RENEWED, now=now)
    with pytest.raises(SignatureRefused, match="No certificate"):
        desk.ask(Question(what="borrow", point_id="p-b", csr_pem=request()))
    revocation.revoke(state, "p-b", now=now)
    asked(desk, settings, "p-b")
    revocation.revoke(state, "p-b", now=now)
    lent = desk.ask(Question(what="borrow", point_id="p-b", csr_pem=request()))
    given = x509_door.certificate_from_pem(lent.certificate_pem)
    assert given.not_valid_after_utc <= now + timedelta(minutes=5)
    with pytest.raises(SignatureRefused):
        desk.ask(Question(what="borrow", point_id="p-b", csr_pem="no request"))
    state.dispose()


def test_a_database_that_cannot_be_used_is_said_to_be_that(installation: Installation) -> None:
    settings = installation.settings
    state = open_engine(f"sqlite:///{settings.data_dir / 'nowhere' / 'state.db'}")
    authority = pki.load_authority(settings.pki_dir)
    desk = Signatures(Desk(settings, state, authority, lambda: datetime.now(UTC)).answer)
    with pytest.raises(StorageError):
        desk.ask(Question(what="list"))


async def test_the_web_process_runs_without_the_authority_s_key_and_without_the_desk(
    installation: Installation,
) -> None:
    """Nobody enrols meanwhile; whatever else it does goes on."""
    key = installation.settings.pki_dir / "ca.key"
    async with web_process(installation) as web:
        await until((installation.settings.data_dir / SOCKET).exists, what="the desk is open")
        key.unlink()
        assert web.enrolment is not None
        web.enrolment.kill()
        await web.enrolment.wait()
        await web.kill()
        await web.start()
        assert web.enrolment.returncode is not None
        assert "enrolment_not_answering" in await until(
            lambda: web.log if "enrolment_not_answering" in web.log else "", what="it says so"
        )


async def test_a_desk_that_hangs_keeps_nobody_from_the_pages(installation: Installation) -> None:
    renewal = {"certificate_pem": "x", "csr_pem": "y", "signature": "AA=="}
    async with (
        web_process(installation) as web,
        httpx.AsyncClient(base_url=web.base_url, timeout=ANSWER_LIMIT_S + 30) as client,
    ):
        await until((installation.settings.data_dir / SOCKET).exists, what="the desk is open")
        assert web.enrolment is not None
        web.enrolment.send_signal(signal.SIGSTOP)
        async with asyncio.TaskGroup() as group:
            strangers = [
                group.create_task(client.post("/api/v1/renew", json=renewal)) for _ in range(80)
            ]
            await until(lambda: any(one.done() for one in strangers), what="the desk is full")
            assert (await client.get("/sign-in")).status_code == 200
            assert sum(not one.done() for one in strangers) >= PLACES
            web.enrolment.send_signal(signal.SIGCONT)
        assert {one.result().status_code for one in strangers} <= {403, 429, 503}


@pytest.mark.parametrize("char", ["€", "\x01", '"', "\n"])
async def test_a_question_of_any_characters_is_judged(
    made: Installation, tmp_path: Path, char: str
) -> None:
    settings = made.copy(tmp_path / "centre").settings
    serving = asyncio.create_task(serve(settings), name="desk")
    desk = Signatures(by_socket(settings.data_dir))
    long = char * 16_384
    asked = Question(what="renew", certificate_pem=long, csr_pem=long, signature=char * 512)
    try:
        await until((settings.data_dir / SOCKET).exists, what="the desk is open")
        with pytest.raises(SignatureRefused) as refused:
            await asyncio.to_thread(desk.ask, asked)
    finally:
        serving.cancel()
        await asyncio.wait({serving})
    assert (refused.value.code, refused.value.proves_nothing) == ("renewal_not_proved", True)


async def test_a_revoked_point_s_session_is_ended_also_where_the_desk_was_away(
    installation: Installation, tmp_path: Path
) -> None:
    settings, now = installation.settings, datetime.now(UTC)
    state = open_engine(settings.state_database_url)
    desk = Desk(settings, state, pki.load_authority(settings.pki_dir), lambda: now)
    asked(Signatures(desk.answer), settings, "p-b")
    revocation.revoke(state, PointId("p-b"), now=now)
    away = [b"", b""]

    def send(line: bytes) -> bytes:
        return away.pop() if away else desk.answer(line)

    changes = Changes(asyncio.get_running_loop(), Hub())
    endings = Endings(settings, state, Signatures(send), changes, lambda: now, again_after_s=0.0)
    borrowed = await endings.borrowed(tmp_path, PointId("p-b"))
    lent = x509_door.certificate_from_pem(borrowed.cert_file.read_bytes())
    assert x509_door.common_name(lent) == borrowed.client_id == "p-b"
    state.dispose()
