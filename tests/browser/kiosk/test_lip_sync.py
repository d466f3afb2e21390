"""Lip sync on the testcard, through both relays, in Chromium: the strip's time and the tone's."""

import statistics

import pytest

from contracts.floor import FloorState
from tests.browser.kiosk.test_kiosk import open_page
from tests.fakes.relay import CHAIR, B, machine_address, meeting, start_relay
from tests.fakes.rooms import start_rooms
from tests.waiting import until

pytestmark = [
    pytest.mark.browser,
    pytest.mark.alone,
    pytest.mark.skipif(
        machine_address() is None, reason="not checked: browsers play from no loopback address"
    ),
]
# ITU-R BT.1359: the sound may be so much before the picture, and so much behind it.
LEAD_MS, LAG_MS = 45, 125
PERIOD_MS = 400  # a tone begins at each multiple of it
# Notes how old each beginning of a tone is when it is played.
LISTENING = """
  globalThis.toneAges = [];
  const Native = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Native {
    constructor(...given) {
      super(...given);
      this.addEventListener("track", ({ track, transceiver }) => {
        if (track.kind === "audio") void listen(track, transceiver.mid);
      });
    }
  };
  async function listen(track, mid) {
    const reader = new MediaStreamTrackProcessor({ track }).readable.getReader();
    let quietFrames = 0, samples = new Float32Array(0);
    for (;;) {
      const { value: data, done } = await reader.read();
      if (done) return;
      if (samples.length < data.numberOfFrames) samples = new Float32Array(data.numberOfFrames);
      data.copyTo(samples, { planeIndex: 0, format: "f32-planar" });
      const loudest = samples.reduce((most, one) => Math.max(most, Math.abs(one)), 0);
      if (loudest > 0.1 && quietFrames > 5) toneAges.push([mid, Date.now() % 400]);
      quietFrames = loudest > 0.1 ? 0 : quietFrames + 1;
      data.close();
    }
  }
"""


async def test_the_sound_is_with_the_picture(tmp_path):
    async with (
        start_relay(tmp_path) as relay,
        start_rooms(tmp_path, relay, points=(CHAIR, B)) as rooms,
        open_page(rooms.b, "?measure=1", script=LISTENING) as page,
    ):
        await rooms.declare(meeting(begins_in_s=-1, floor=FloorState(epoch=1)))

        async def apart_ms():
            """How much later the sound is than the picture, of the last seconds."""
            slots = await page.evaluate("() => window.diemcau?.slots ?? {}")
            ages = slots.get("stage", {}).get("agesMs", [])[-50:]
            tones = [age for _, age in await page.evaluate("() => toneAges")][-10:]
            if len(ages) < 50 or len(tones) < 10:
                return None
            return statistics.median(tones) - statistics.median(ages)

        async def is_together():
            apart = await apart_ms()
            return apart is not None and -LEAD_MS <= apart <= LAG_MS

        await until(is_together, 30, "sound and picture are together")
