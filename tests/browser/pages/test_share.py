"""A shared page: pressed on one person's page, legible and heard on another's, and ended again."""

import base64
import io
from collections.abc import Callable

import av
import numpy as np
import pytest
from playwright.async_api import Page, expect

from contracts.relay import MeetingState
from controller.meetings.attendance import Attendance
from controller.roles import Role
from tests.browser.pages.seed import LIVE
from tests.browser.pages.test_player import FLAGS, Stage, staged
from tests.fakes.relay import RELAY, B, machine_address
from tests.waiting import until

pytestmark = [
    pytest.mark.browser,
    pytest.mark.alone,
    pytest.mark.skipif(machine_address() is None, reason="not checked: no address but loopback"),
]
TITLE = "Bang so lieu"
# Where a fake is asked for, the browser shares a screen of its own and no page.
SHARING = [
    *(flag for flag in FLAGS if "fake-ui" not in flag),
    f"--auto-select-tab-capture-source-by-title={TITLE}",
    "--autoplay-policy=no-user-gesture-required",
]
WIDTH, HEIGHT = 1920, 1080
LINE = "Biểu 07: Xã Púng Luông, 1.284 hộ, đạt 97,3 % kế hoạch; còn 35 hộ ở bản Nả Háng Tủa Chử."
TEXT = f"""<!doctype html><title>{TITLE}</title>
<body style="margin:0;font:12px/16px sans-serif;background:#fff;color:#111;overflow:hidden">
<div style="columns:3;padding:8px">{"<p style='margin:0'>" + LINE + "</p>" * 1}
{"".join(f"<p style='margin:0'>{i}. {LINE}</p>" for i in range(150))}</div>
<i id=tick style="position:fixed;right:4px;bottom:4px">0</i>
<script>setInterval(() => tick.textContent = Number(tick.textContent) + 1, 50);
const sound = new AudioContext(), tone = new OscillatorNode(sound, {{ frequency: 440 }});
tone.connect(sound.destination); tone.start();</script>"""
# How much sound the page has received in the slot of what is shared.
ENERGY = """async () => {
  const own = document.querySelector('#sounds [data-slot=sound-content]').srcObject;
  for (const peer of globalThis.__peers)
    for (const one of peer.getReceivers())
      if (own && one.track.id === own.getAudioTracks()[0].id)
        for (const row of (await one.getStats()).values())
          if (row.type === 'inbound-rtp') return row.totalAudioEnergy ?? 0;
  return 0;
}"""
# The decoded picture in grey, as the page paints it.
GREY = """() => {
  const video = document.getElementById('video-content');
  const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight);
  const pen = canvas.getContext('2d');
  pen.drawImage(video, 0, 0);
  const { data } = pen.getImageData(0, 0, canvas.width, canvas.height);
  let text = '';
  for (let at = 0; at < data.length; at += 4) text += String.fromCharCode(data[at + 1]);
  return [canvas.width, canvas.height, btoa(text)];
}"""


def grey_of(png: bytes) -> np.ndarray:
    with av.open(io.BytesIO(png), "r") as picture:
        return next(picture.decode(video=0)).to_ndarray(format="rgb24")[:, :, 1]


async def shown(page: Page) -> np.ndarray:
    width, height, data = await page.evaluate(GREY)
    return np.frombuffer(base64.b64decode(data), np.uint8).reshape(height, width)


def edges(picture: np.ndarray) -> float:
    """Return how strong the edges of letters are."""
    return float(np.abs(np.diff(picture.astype(np.int16), axis=1)).mean())


def psnr_db(one: np.ndarray, other: np.ndarray) -> float:
    error = np.mean(np.square(one.astype(np.float64) - other))
    return float(10 * np.log10(255**2 / max(error, 1e-9)))


async def told(stage: Stage, condition: Callable[[MeetingState], bool]) -> None:
    """Hand the relay's word on to the site, once it says something."""
    centre = stage.relay.centre

    def is_said() -> bool:
        state = centre.meeting_state(LIVE)
        return state is not None and condition(state)

    await centre.hears(is_said)
    assert centre.state is not None
    stage.site.web.part(Attendance).note_state(RELAY, centre.state)
    stage.site.publish("attendance", {"meeting_id": LIVE})


async def test_a_shared_page_of_small_text_is_legible_on_the_other_side(tmp_path):
    async with staged(tmp_path, flags=SHARING) as stage:
        await stage.declare(1, B)
        viewer = await stage.console(user=Role.VIEWER)
        await expect(viewer.get_by_test_id("player-state")).to_have_attribute(
            "data-state", "playing", timeout=20_000
        )
        await expect(viewer.locator("#figure-content")).to_be_hidden()
        office = await stage.console()
        text = await office.context.new_page()
        await text.set_viewport_size({"width": WIDTH, "height": HEIGHT})
        await text.set_content(TEXT)
        await office.bring_to_front()
        await office.get_by_test_id("share").click()
        await expect(office.get_by_test_id("share-state")).to_have_attribute(
            "data-state", "sharing", timeout=15_000
        )
        await text.bring_to_front()
        await told(stage, lambda state: "share" in {one.direction for one in state.attendees})
        await expect(viewer.get_by_test_id("content-caption")).to_contain_text("Lê Thu Hà")
        original = grey_of(await text.screenshot())

        async def frames() -> int:
            return int(
                await viewer.evaluate(
                    "() => document.getElementById('video-content')"
                    ".getVideoPlaybackQuality().totalVideoFrames"
                )
            )

        async def is_legible() -> bool:
            picture = await shown(viewer)
            if picture.shape != original.shape:
                return False
            return psnr_db(picture, original) > 28 and edges(picture) > 0.8 * edges(original)

        await until(frames, 20, "the first picture")
        await until(is_legible, 20, "12 px text is legible")
        await expect(office.get_by_test_id("share-state")).to_contain_text("nghe tiếng")

        async def is_heard() -> bool:
            return float(await viewer.evaluate(ENERGY)) > 0.01

        await until(is_heard, 10, "the sound of what is shared is heard")
        assert await office.evaluate(ENERGY) == 0, "who shares hears it anyway"
        before = await frames()
        await viewer.wait_for_timeout(2000)
        assert await frames() - before >= 10, "5 frames a second"

        await office.get_by_test_id("share").click()
        await expect(office.get_by_test_id("share-state")).to_have_attribute("data-state", "idle")
        await told(stage, lambda state: "share" not in {one.direction for one in state.attendees})
        await expect(viewer.locator("#figure-content")).to_be_hidden()
