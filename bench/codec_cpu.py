"""`python -m bench.codec_cpu [SECONDS]`: what Chromium's encoder costs, VP8 beside H.264.

One page publishes a moving picture of 1280x720 at 25 pictures a second to a relay engine in
this process, in each codec in turn, three rounds. Printed are the processor time of all of
Chromium's processes, as a share of one core, the encoder's name and what it made. The same
with nothing sent is measured beside it: the page's own drawing. Run it on a quiet machine.
"""

import asyncio
import statistics
import sys
from collections.abc import Iterable

import psutil
from playwright.async_api import Page, async_playwright

from contracts.participants import ParticipantKind
from media.sfu.engine import EngineSettings, RelayEngine
from media.sfu.router import Router
from media.sfu.slots import Viewer
from media.wire.sdp_answer import Rates
from media.wire.video_codec import CodecName
from tests.conftest import CHROMIUM
from tests.fakes.relay import machine_address

ROUNDS = 3
WARM_UP_S = 8.0
RATES = Rates(video_start_bps=1_500_000, video_max_bps=1_500_000)
PAGE = """async (codec) => {
  window.stream ??= await navigator.mediaDevices.getUserMedia(
    { video: { width: 1280, height: 720, frameRate: 25 } });
  window.pc?.close();
  if (!codec) return "";
  window.pc = new RTCPeerConnection();
  pc.addTrack(stream.getVideoTracks()[0], stream);
  await pc.setLocalDescription(await pc.createOffer());
  const answer = await window.publish(pc.localDescription.sdp, codec);
  await pc.setRemoteDescription({ type: "answer", sdp: answer });
  return "";
}"""
SENT = """async () => [...(await pc.getStats()).values()]
  .find((one) => one.type === "outbound-rtp" && one.kind === "video")"""
FLAGS = [
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream=fps=25",
    "--disable-features=WebRtcHideLocalIpsWithMdns",
    "--enable-features=AcceleratedVideoEncoder,VaapiVideoEncoder",
    "--no-sandbox",
]


def _cpu_s(processes: Iterable[psutil.Process]) -> float:
    times = [process.cpu_times() for process in processes if process.is_running()]
    return float(sum(one.user + one.system for one in times))


def _browsers() -> list[psutil.Process]:
    found: list[psutil.Process] = psutil.Process().children(recursive=True)
    return found


async def _measured(page: Page, codec: CodecName | None, seconds: float) -> tuple[float, str]:
    await page.evaluate(PAGE, codec)
    await asyncio.sleep(WARM_UP_S)
    before = await page.evaluate(SENT) if codec else {}
    began = _cpu_s(_browsers())
    await asyncio.sleep(seconds)
    share = (_cpu_s(_browsers()) - began) / seconds
    if not codec:
        return share, "nothing sent"
    after = await page.evaluate(SENT)
    frames = (after["framesEncoded"] - before["framesEncoded"]) / seconds
    bps = (after["bytesSent"] - before["bytesSent"]) * 8 / seconds
    size = f"{after['frameWidth']}x{after['frameHeight']}"
    made = f"{size}, {frames:.1f} pictures/s, {bps / 1e6:.2f} Mbit/s"
    return share, f"{after['encoderImplementation']}, {made}"


async def _compare(page: Page, seconds: float) -> None:
    codecs: tuple[CodecName | None, ...] = (None, "VP8", "H264")
    shares: dict[CodecName | None, list[float]] = {codec: [] for codec in codecs}
    for _ in range(ROUNDS):
        for codec in codecs:
            share, words = await _measured(page, codec, seconds)
            shares[codec].append(share)
            sys.stdout.write(f"{codec or '-':5} {share:6.1%}  {words}\n")
            sys.stdout.flush()
    idle, vp8, h264 = (statistics.median(shares[codec]) for codec in codecs)
    sys.stdout.write(f"median  VP8 {vp8:.1%}, H264 {h264:.1%} of a core; ")
    sys.stdout.write(
        f"without the page's own {idle:.1%}: ratio {(h264 - idle) / (vp8 - idle):.2f}\n"
    )


async def _run(seconds: float) -> None:
    address = machine_address() or "127.0.0.1"
    engine = RelayEngine(EngineSettings(port=0, candidates=(address,), rates=RATES))
    engine.open()
    router: Router = engine.open_router("bench", lambda viewer: {})
    viewer = Viewer("camera", ParticipantKind.POINT)

    def publish(offer: str, codec: CodecName) -> str:
        return engine.publish(router, viewer, offer, codecs=(codec,))[1]

    running = asyncio.create_task(engine.run(), name="engine")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        context = await browser.new_context()
        await context.route("http://localhost/**", lambda route: route.fulfill(body="<body>"))
        page = await context.new_page()
        await page.expose_function("publish", publish)
        await page.goto("http://localhost/")
        await _compare(page, seconds)
        await browser.close()
    running.cancel()
    await asyncio.wait({running})
    await engine.close()


if __name__ == "__main__":
    asyncio.run(_run(float(sys.argv[1]) if len(sys.argv) > 1 else 20.0))
