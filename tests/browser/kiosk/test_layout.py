"""The room's screen in every state and size: nothing lies over anything else."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from playwright.async_api import async_playwright

from agent.room.content import SharesEnded
from agent.room.kiosk import app
from agent.room.screen import MeetingLines, Microphone, Screen
from scripts import build_web
from tests.conftest import CHROMIUM

pytestmark = pytest.mark.browser

SIZES = ((1920, 1080), (1366, 768), (1366, 682), (390, 844))
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
LONG_NAME = "Uỷ ban nhân dân xã Nghĩa Phương, huyện Lục Nam, tỉnh Bắc Giang (điểm cầu số 2)"
MEETING = MeetingLines(
    "m1",
    "Hội nghị trực tuyến triển khai nhiệm vụ trọng tâm của Uỷ ban nhân dân tỉnh năm 2026",
    NOW,
    NOW + timedelta(hours=2),
    False,
)
CLOSED = Microphone(False, "Micro đang tắt", "Nơi khác không nghe thấy phòng này")
FLOOR = Microphone(True, "Mời phát biểu, micro đang mở", "Các điểm cầu đang nghe phòng này")
FLOOR_ENGLISH = Microphone(
    True, "Please speak: microphone on", "The other rooms are listening to this room"
)
UNHEARD = Microphone(False, "Đang nối lại, xin chờ", "Nơi khác chưa nghe thấy phòng này")
IN_MEETING = Screen(
    kind="meeting",
    meeting=MEETING,
    microphone=CLOSED,
    stage_caption="Điểm cầu chủ trì",
    speaker_caption=LONG_NAME,
    own_caption="Phòng này",
    link="good",
    link_text="Đã kết nối với trung tâm",
)
change = msgspec.structs.replace
LOST = {
    "link": "lost",
    "lost_since": NOW,
    "fault": "Phòng này chưa liên lạc được với trung tâm. Cuộc họp vẫn chạy.",
    "guide": "Rút dây mạng sau hộp máy, cắm lại thật chặt. Màn hình tự báo khi xong."
    " Trực kỹ thuật Uỷ ban nhân dân huyện: gọi 0204 123 456 hoặc 0912 345 678.",
}
CHAIR = Microphone(True, "Micro đang mở", "Các điểm cầu nghe thấy phòng này")
TOLD = {
    "message": "Kỹ thuật viên của phòng gọi về trung tâm ngay trước 15 giờ 30",
    "message_ends_at": NOW + timedelta(minutes=3),
}
DUTY = " Trực kỹ thuật Uỷ ban nhân dân huyện: gọi 0204 123 456 hoặc 0912 345 678."
STATES = {
    "idle": Screen(kind="idle", microphone=CLOSED),
    "ended-next": Screen(kind="idle", microphone=CLOSED, meeting=MEETING),
    "wrong-clock": Screen(
        kind="distrust",
        microphone=CLOSED,
        meeting=MEETING,
        fault="Đồng hồ của máy chưa đúng, phòng này chưa tự vào họp.",
        guide="Kiểm tra dây mạng sau hộp máy, máy tự lấy lại giờ." + DUTY,
    ),
    "in-meeting": IN_MEETING,
    "chair": change(IN_MEETING, microphone=CHAIR, stage_caption="Phòng này, điểm cầu chủ trì"),
    "floor": change(IN_MEETING, has_floor=True, microphone=FLOOR),
    "floor-soon-over": change(
        IN_MEETING,
        has_floor=True,
        microphone=FLOOR,
        speech_ends_at=NOW + timedelta(seconds=29),
    ),
    "floor-over": change(
        IN_MEETING,
        has_floor=True,
        microphone=FLOOR,
        speech_ends_at=NOW - timedelta(minutes=12),
    ),
    "floor-english": change(IN_MEETING, has_floor=True, microphone=FLOOR_ENGLISH),
    "recorded": change(IN_MEETING, recorded="Đang ghi hình"),
    "recorded-floor": change(
        IN_MEETING, has_floor=True, microphone=FLOOR, recorded="Đang ghi hình"
    ),
    "recorded-trouble": change(IN_MEETING, recorded="Đang ghi hình", **LOST),
    "trouble": change(IN_MEETING, **LOST),
    "overloaded": change(
        IN_MEETING, link_text="Máy chủ chuyển tiếp quá tải: chỉ có nội dung và tiếng"
    ),
    "held-back": change(
        IN_MEETING,
        link_text="Máy chủ chuyển tiếp quá tải: chỉ nghe tiếng",
        withheld=["stage", "speaker"],
        withheld_why="Máy chủ chuyển tiếp quá tải: chỉ nghe tiếng",
    ),
    "revoked": change(
        IN_MEETING,
        link="lost",
        lost_since=NOW,
        fault="Trung tâm chưa nhận phòng này: Chứng thư của điểm cầu này đã bị thu hồi.",
        guide=DUTY.strip(),
    ),
    "floor-in-trouble": change(IN_MEETING, has_floor=True, microphone=UNHEARD, **LOST),
    "content": IN_MEETING,
    "content-floor": change(IN_MEETING, has_floor=True, microphone=FLOOR),
    "content-in-trouble": change(IN_MEETING, **LOST),
    "content-recorded-trouble": change(IN_MEETING, recorded="Đang ghi hình", **LOST),
    "message": change(IN_MEETING, **TOLD),
    "message-recorded-floor": change(
        IN_MEETING, has_floor=True, microphone=FLOOR, recorded="Đang ghi hình", **TOLD
    ),
    "message-in-trouble": change(IN_MEETING, **TOLD, **LOST),
    "waiting": change(IN_MEETING, kind="waiting"),
    "waiting-in-trouble": change(IN_MEETING, kind="waiting", **LOST),
}
# The page without its server: what the server would send is there at once.
SENT = """
window.EventSource = class {{
  constructor() {{ setTimeout(() => this.onmessage({{ data: JSON.stringify({event}) }})); }}
}};
window.RTCPeerConnection = class {{ constructor() {{ throw new Error("no pictures here"); }} }};
"""
OVERLAPS = """() => {
  const parts = [...document.querySelectorAll(
    ".tile, .mic, .unmute, .message, .recorded, .spoken, .link, .clock-state, .trouble, .beside,"
    + ".next")]
    .filter((e) => e.checkVisibility() && e.getClientRects().length);
  const found = [];
  for (const [index, a] of parts.entries()) for (const b of parts.slice(index + 1)) {
    const x = a.getBoundingClientRect(), y = b.getBoundingClientRect();
    // A message of the office's lies over the pictures, and nothing else does but the sign.
    if ([a, b].some((e) => e.matches(".message, .recorded"))
        && [a, b].some((e) => e.matches(".tile, .beside"))) continue;
    if (Math.min(x.right, y.right) - Math.max(x.left, y.left) > 1
        && Math.min(x.bottom, y.bottom) - Math.max(x.top, y.top) > 1)
      found.push(`${a.id || a.className} over ${b.id || b.className}`);
  }
  return found;
}"""
COVERED = """() => [...document.querySelectorAll(".tile figcaption")]
  .filter((e) => e.checkVisibility() && e.offsetHeight > e.parentElement.offsetHeight / 4)
  .map((e) => `${e.textContent} covers its picture`)"""
# A screen that is read at 4 m wastes no fifth of its height.
EMPTY = """() => {
  const rows = [...document.querySelectorAll(".pictures, .state, .trouble")]
    .filter((e) => e.checkVisibility()).map((e) => e.getBoundingClientRect());
  return rows.slice(1).map((row, index) => row.top - rows[index].bottom)
    .filter((gap) => gap > innerHeight / 5);
}"""
BELOW = """() => [...document.querySelectorAll(".state, .trouble, .tile")]
  .filter((e) => e.checkVisibility() && e.getBoundingClientRect().bottom > innerHeight + 1)
  .map((e) => `${e.id || e.className} ends below the screen`)"""


@pytest.fixture(scope="module", autouse=True)
def _built():
    build_web.build()


async def serve(route):
    """Answer from the files of the room's page."""
    path = route.request.url.split("localhost:1/", 1)[1]
    if path.startswith("api/"):  # what the page tells its server
        await route.fulfill(status=204)
    else:
        await route.fulfill(path=app.HERE / (path or "pages/index.html"))


def event_of(state: str) -> str:
    screen = STATES[state]
    event = app.ScreenEvent(
        now=NOW,
        run_id="r",
        language="vi",
        point_name=LONG_NAME,
        filled=[
            "own",
            *([] if screen.withheld else ["stage", "speaker"]),
            *(["content"] if "content" in state else []),
        ],
        only_sound=[],
        capture="none",
        sizes=[],
        may_share=False,
        shares_ended=SharesEnded(),
        floor_since=NOW - timedelta(minutes=3) if screen.has_floor else None,
        screen=screen,
    )
    return msgspec.json.encode(event).decode()


@pytest.mark.parametrize("state", STATES)
async def test_nothing_lies_over_anything_else(state):
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--disable-gpu", *sandbox]
        )
        page = await browser.new_page()
        await page.add_init_script(SENT.format(event=event_of(state)))
        await page.route("http://localhost:1/**", serve)
        await page.goto("http://localhost:1/")
        await page.wait_for_selector(f"body[data-kind='{STATES[state].kind}']")
        for sound in ("muted", "sound"):
            is_hidden = str(sound == "sound").lower()
            await page.evaluate(f"document.getElementById('unmute').hidden = {is_hidden}")
            for width, height in SIZES:
                await page.set_viewport_size({"width": width, "height": height})
                if folder := os.environ.get("SCREENSHOTS"):
                    name = f"{state}-{sound}-{width}x{height}.png"
                    await page.screenshot(path=Path(folder) / name)
                for wrong in (OVERLAPS, COVERED, *((BELOW, EMPTY) if width > height else ())):
                    assert await page.evaluate(wrong) == [], f"{sound} at {width} x {height}"
                assert await page.locator("#mic-text").is_visible()
        await browser.close()
