"""The relay's engine as a process of its own, for the bench: offers come on stdin as JSON lines.

{"direction": "publish" | "play", "offer": SDP, "subject": who}  ->  {"answer": SDP}
"""

import asyncio
import json
import sys

from bench._load import HOST
from media.sfu.engine import EngineSettings, RelayEngine
from media.sfu.slots import Viewer
from runtime import memory

OWN = "own"  # who plays, as in a rehearsal


async def main() -> None:
    """Serve until stdin is closed; the argument says which source fills each slot, or OWN."""
    slots: dict[str, str] = json.loads(sys.argv[1])
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=1 << 20)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    engine = RelayEngine(EngineSettings(host=HOST, port=0, candidates=(HOST,)))
    engine.open()
    router = engine.open_router(
        "bench",
        lambda viewer: {s: viewer.source if of == OWN else of for s, of in slots.items()},
    )
    running = asyncio.create_task(engine.run(), name="engine")
    memory.settle()
    while line := await reader.readline():
        asked = json.loads(line)
        accept = engine.publish if asked["direction"] == "publish" else engine.play
        _, answer = accept(router, Viewer(asked["subject"]), asked["offer"])
        print(json.dumps({"answer": answer}), flush=True)
    running.cancel()
    await asyncio.wait({running})
    await engine.close()


if __name__ == "__main__":
    asyncio.run(main())
