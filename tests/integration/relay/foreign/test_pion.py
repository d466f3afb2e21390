"""pion publishes by WHIP and plays by WHEP: built from Go's module proxy where Go is there."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.fakes.foreign_peer import counted, publishing, running, write_pictures
from tests.fakes.relay import B, machine_address, start_relay
from tests.integration.relay.foreign.meeting_of_one import began, sees

SOURCE = Path(__file__).parents[3] / "fakes" / "pion"
GO = shutil.which("go") or "/usr/local/go/bin/go"
pytestmark = [
    pytest.mark.skipif(machine_address() is None, reason="not checked: no address but loopback"),
    pytest.mark.skipif(not Path(GO).exists(), reason="not checked: Go is not installed"),
]


@pytest.fixture(scope="module")
def pion(tmp_path_factory):
    program = tmp_path_factory.mktemp("pion") / "pion_peer"
    try:
        subprocess.run([GO, "mod", "download"], cwd=SOURCE, check=True, timeout=60)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        pytest.skip("not checked: pion cannot be fetched")
    niced = ["nice", GO, "build", "-trimpath", "-o", program, "."]
    subprocess.run(niced, cwd=SOURCE, check=True, env={**os.environ, "CGO_ENABLED": "0"})
    return [program]


@pytest.mark.timeout(300)
async def test_pion_publishes_and_plays(tmp_path, pion):
    write_pictures(tmp_path / "pictures.ivf", shade=180)
    async with start_relay(tmp_path) as relay:
        await began(relay)
        token = relay.token("viewer", "play")
        async with (
            publishing(pion, relay, B, tmp_path / "pictures.ivf") as publisher,
            running(pion, "play", f"{relay.url}/whep/m1", token) as player,
        ):
            assert await counted(player, "video", 50) >= 50
            assert await counted(player, "audio", 20) >= 20
            assert await counted(publisher, "keyframe", 1) == 1
            await sees(relay, shade=180)
