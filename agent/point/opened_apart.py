"""A device's secrets, opened in a process that ends: what opens them would stay in memory.

python -m agent.point.opened_apart POINT_ID KEY_FILE    the device on stdin, its secrets on stdout
"""

import asyncio
import sys
from asyncio.subprocess import DEVNULL, PIPE
from pathlib import Path

import msgspec

from contracts import codec
from contracts.devices import DeviceSecrets, WantedDevice
from contracts.errors import MalformedPayload
from contracts.ids import PointId
from runtime.errors import NotOpened

OPEN_LIMIT_S = 30.0
_NOT_OPENED = 3


async def opened(wanted: WantedDevice, point_id: PointId, key_file: Path) -> DeviceSecrets:
    """Return what proves the point to a device.

    Raises:
        NotOpened: nothing is sealed to this point's key, or nothing usable.
    """
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", __name__, point_id, str(key_file)),
        stdin=PIPE, stdout=PIPE, stderr=DEVNULL,
    )  # fmt: skip
    try:
        async with asyncio.timeout(OPEN_LIMIT_S):
            secrets, _ = await process.communicate(msgspec.json.encode(wanted))
        return codec.decode(DeviceSecrets, secrets)
    except (TimeoutError, MalformedPayload) as exc:
        raise NotOpened from exc
    finally:
        if process.returncode is None:
            process.kill()


def main() -> int:
    """Open what is on stdin."""
    from agent.point import device_secrets

    wanted = msgspec.json.decode(sys.stdin.buffer.read(), type=WantedDevice)
    try:
        secrets = device_secrets.unsealed(wanted, PointId(sys.argv[1]), Path(sys.argv[2]))
    except NotOpened:
        return _NOT_OPENED
    sys.stdout.buffer.write(codec.encode(secrets))
    return 0


if __name__ == "__main__":
    sys.exit(main())
