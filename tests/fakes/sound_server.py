"""A real PulseAudio with a loudspeaker and a microphone that stand beside each other.

What is played into the loudspeaker is heard by the microphone. `unplug` takes the
microphone away as pulling its cable does, `plug` brings it back.
"""

import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.waiting import until

HAS_SOUND_SERVER = all(shutil.which(name) for name in ("pulseaudio", "pactl"))
SPEAKERPHONE = "Jabra SPEAK 510"


class SoundServer:
    """The server, by its socket."""

    def __init__(self, folder: Path) -> None:
        self.socket = folder / "sound.socket"
        self.environment = {"PULSE_SERVER": f"unix:{self.socket}", "HOME": str(folder)}
        self._microphone = ""
        self._process = subprocess.Popen(
            [
                *("pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no"),
                *("-L", f"module-native-protocol-unix socket={self.socket} auth-anonymous=1"),
                *("-L", f"module-null-sink sink_name=tv sink_properties={_called(SPEAKERPHONE)}"),
            ],
            env={**self.environment, "XDG_RUNTIME_DIR": str(folder), "PATH": "/usr/bin:/bin"},
            stderr=subprocess.DEVNULL,
        )

    def plug(self) -> None:
        """Put the microphone in."""
        self._microphone = self._ask(
            *("load-module", "module-remap-source", "master=tv.monitor", "source_name=mic"),
            f"source_properties={_called(SPEAKERPHONE)}",
        )

    def unplug(self) -> None:
        """Pull the microphone out."""
        self._ask("unload-module", self._microphone)

    def add_sink(self, name: str) -> None:
        """Add a loudspeaker that stands in another room: the microphone does not hear it."""
        self._ask("load-module", "module-null-sink", f"sink_name={name}")

    def stop(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait(timeout=10)

    def _ask(self, *words: str) -> str:
        done = subprocess.run(
            ["pactl", *words],
            env={**self.environment, "PATH": "/usr/bin:/bin"},
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout.strip()


def _called(name: str) -> str:
    return f"\"device.description='{name}'\""


@asynccontextmanager
async def start_sound_server(folder: Path) -> AsyncIterator[SoundServer]:
    """Run it with everything plugged in until the block ends."""
    server = SoundServer(folder)
    try:
        await until(server.socket.exists, 10, "the sound server is there")
        server.plug()
        yield server
    finally:
        server.stop()
