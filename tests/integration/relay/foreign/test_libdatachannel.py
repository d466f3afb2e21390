"""libdatachannel publishes by WHIP and plays by WHEP: by npm's node-datachannel where it comes."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.fakes.foreign_peer import counted, publishing, running, write_pictures
from tests.fakes.relay import B, machine_address, start_relay
from tests.integration.relay.foreign.meeting_of_one import began, sees

FOLDER = Path(__file__).parents[3] / "fakes" / "libdatachannel"
pytestmark = [
    pytest.mark.skipif(machine_address() is None, reason="not checked: no address but loopback"),
    pytest.mark.skipif(shutil.which("npm") is None, reason="not checked: npm is not installed"),
]


@pytest.fixture(scope="module")
def libdatachannel():
    installed = FOLDER / "node_modules" / "node-datachannel"
    if not installed.exists():
        try:
            subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=FOLDER, check=True,
                           capture_output=True, timeout=60)  # fmt: skip
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
            pytest.skip("not checked: node-datachannel cannot be fetched")
    return ["node", "--no-warnings", FOLDER / "peer.mjs"]


async def test_libdatachannel_publishes_and_plays(tmp_path, libdatachannel):
    write_pictures(tmp_path / "pictures.ivf", shade=180)
    async with start_relay(tmp_path) as relay:
        await began(relay)
        token = relay.token("viewer", "play")
        async with (
            publishing(libdatachannel, relay, B, tmp_path / "pictures.ivf") as publisher,
            running(libdatachannel, "play", f"{relay.url}/whep/m1", token) as player,
        ):
            assert await counted(player, "video", 50) >= 50
            assert await counted(player, "audio", 20) >= 20
            assert await counted(publisher, "keyframe", 1) == 1
            await sees(relay, shade=180)
