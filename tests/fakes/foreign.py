"""A foreign conference: FFmpeg, which sends RTP and writes the SDP that says what it sends."""

import os
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.fakes.gstreamer import SYSTEM_PYTHON
from tests.fakes.rooms import free_port
from tests.fakes.rtsp import ROOT

RECORDER = ("-m", "tests.fakes.rtsp_recorder")
HAS_FFMPEG = shutil.which("ffmpeg") is not None
PICTURE = ("-re", "-f", "lavfi", "-i", "testsrc=size=640x360:rate=25")
SOUND = ("-re", "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000")
H264 = (
    "-c:v libx264 -preset ultrafast -tune zerolatency -pix_fmt yuv420p -profile:v baseline"
    " -g 25 -b:v 400k"
).split()


def free_even_port() -> int:
    """Return a UDP port of the loopback that was free a moment ago, with the three behind it."""
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        if port % 2 == 0 and port < 65_000:
            return port


@contextmanager
def sends_rtp(port: int, session: Path, *, has_picture: bool = True) -> Iterator[None]:
    """Send H.264 to a port of the loopback and AAC to the next but one, and write the SDP."""
    command = ["ffmpeg", "-v", "error", "-nostdin", *PICTURE, *SOUND]
    if has_picture:
        command += ["-map", "0:v", *H264, "-f", "rtp", f"rtp://127.0.0.1:{port}?pkt_size=1200"]
        command += ["-sdp_file", str(session)]
    command += ["-map", "1:a", "-c:a", "aac", "-ac", "2", "-f", "rtp"]
    command += [f"rtp://127.0.0.1:{port + 2}"]
    process = subprocess.Popen(command)
    try:
        yield
    finally:
        process.kill()
        process.wait(timeout=10)


@contextmanager
def recorder(user: str, password: str) -> Iterator[tuple[str, Callable[[str], int]]]:
    """Run an RTSP server that is pushed to: its address, and how much was "seen" and "heard"."""
    port, counted = free_port(), {"seen": 0, "heard": 0}
    process = subprocess.Popen(
        [SYSTEM_PYTHON, *RECORDER, str(port), user, password],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    os.set_blocking(process.stdout.fileno(), False)

    def told(name: str) -> int:
        for line in process.stdout or ():
            what, number = line.split()
            counted[what] = int(number)
        return counted[name]

    try:
        yield f"rtsp://127.0.0.1:{port}/stage", told
    finally:
        process.kill()
        process.wait(timeout=10)
