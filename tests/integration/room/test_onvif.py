"""`diemcau-room cameras` against cameras that are played: found, asked, and given no password."""

import base64
import hashlib
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from agent.room import cli
from agent.room.onvif import listing, search
from agent.room.onvif.messages import CameraAccount

DATA = Path(__file__).parents[2] / "data/onvif"
USER, PASSWORD = "xem", "mat-khau-cua-camera"
CLOCK = datetime(2020, 1, 2, 3, 4, tzinfo=UTC)


class Camera(BaseHTTPRequestHandler):
    """Answers as a camera does whose clock stands in 2020; keeps what it was sent."""

    sent: list[str]

    def do_POST(self) -> None:
        asked = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.sent.append(asked)
        names = {
            "GetSystemDateAndTime": "time",
            "GetCapabilities": "capabilities",
            "GetProfiles": "profiles",
            "GetStreamUri": "stream",
        }
        name = next(file for question, file in names.items() if f"<{question} " in asked)
        if name != "time" and not is_signed(asked):
            name = "fault"
        port = self.connection.getsockname()[1]
        answer = (DATA / f"{name}.xml").read_text()
        answer = answer.replace("{service}", f"http://127.0.0.1:{port}/onvif/device_service")
        body = answer.replace("{profile}", "Profile_2" if "Profile_2" in asked else "1").encode()
        self.send_response(400 if name == "fault" else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        del args


def is_signed(asked: str) -> bool:
    """Judge a signature by the standard: of a nonce, a time near the camera's, the password."""
    found = re.search(
        r"<s:Username>xem</.*?Digest\">(.*?)<.*?Binary\">(.*?)<.*?Created>(.*?)<", asked
    )
    if found is None:
        return False
    digest, nonce, created = found.groups()
    signed = base64.b64decode(nonce) + created.encode() + PASSWORD.encode()
    wanted = hashlib.sha1(signed).digest()  # noqa: S324 - the standard's own
    is_near = abs((datetime.fromisoformat(created) - CLOCK).total_seconds()) < 120
    return is_near and digest == base64.b64encode(wanted).decode()


@contextmanager
def camera() -> Iterator[tuple[str, list[str]]]:
    """Play one; gives the address of its service, and what it was sent."""
    kept: list[str] = []
    handler = type("Kept", (Camera,), {"sent": kept})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/onvif/device_service", kept
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def answering(*datagrams: bytes) -> Iterator[tuple[str, int]]:
    """Answer each probe with these."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as responder:
        responder.bind(("127.0.0.1", 0))

        def answer() -> None:
            probe, sender = responder.recvfrom(4096)
            if b"NetworkVideoTransmitter" in probe:
                for datagram in datagrams:
                    responder.sendto(datagram, sender)

        thread = threading.Thread(target=answer)
        thread.start()
        yield responder.getsockname()
        thread.join()


@pytest.mark.parametrize("maker", ["env", "gsoap"])
def test_a_camera_is_found_and_says_its_streams(maker):
    with camera() as (service, sent):
        match = (DATA / f"match-{maker}.xml").read_bytes()
        own = match.replace(b"{service}", service.encode())
        with answering(b"not xml", own, own) as group:
            (found,) = search.look(1.0, group)
        assert (found.host, found.service) == ("127.0.0.1", service)
        said = list(listing.lines([found], CameraAccount(USER, PASSWORD)))
    assert said[0].startswith("127.0.0.1  ")
    assert said[1:] == [
        "    rtsp://127.0.0.1:554/Streaming/Channels/101?transportmode=unicast&profile=1"
        "  H264 1920×1080 (mainStream)",
        "    rtsp://127.0.0.1:554/Streaming/Channels/101?transportmode=unicast&profile=Profile_2"
        "  H264 640×360 (subStream)",
    ]
    assert PASSWORD not in "".join(sent)


def test_a_camera_that_names_another_address_is_asked_at_its_own():
    match = (DATA / "match-gsoap.xml").read_bytes()
    elsewhere = match.replace(b"{service}", b"http://192.0.2.9/onvif/device_service")
    with answering(elsewhere) as group:
        (found,) = search.look(1.0, group)
    assert found.service == "http://127.0.0.1/onvif/device_service"


def test_the_command_reads_the_password_from_a_file_and_names_no_stranger(tmp_path, capsys):
    secret = tmp_path / "camera.secret"
    secret.touch(mode=0o600)
    secret.write_text(PASSWORD)
    with camera() as (service, _):
        asked = ["cameras", service, "--user", USER, "--password-file", str(secret)]
        assert cli.run(asked) == 0
        assert "H264 1920×1080" in capsys.readouterr().out
        secret.write_text("sai")
        assert cli.run(asked) == 0
        assert "not authorized" in capsys.readouterr().out
        secret.chmod(0o644)
        assert cli.run(asked) == 1
        assert "chmod 600" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        cli.run(["cameras", "--user", USER, "--password-file", str(secret)])
    assert "name the addresses" in capsys.readouterr().err
