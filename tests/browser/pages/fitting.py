"""Whether a page fits its screen: nothing scrolls sideways, is cut, or sticks out.

With DIEMCAU_SHOTS set to a folder each page is kept there as a picture, in every size.
"""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from playwright.sync_api import Page

SIZES = [(1920, 1080), (1366, 768), (390, 844)]
SHOTS = os.environ.get("DIEMCAU_SHOTS")

# Text is cut where a box with words of its own hides what does not fit. What only a
# screen reader is meant to hear is one pixel wide on purpose; what ends in an ellipsis and has
# its whole text as its title is cut on purpose, too.
CLIPPED = """() => [...document.querySelectorAll('body *')].filter((box) => {
  const style = getComputedStyle(box);
  if (style.display === 'inline' || box.closest('.visually-hidden, .skip, svg')) return false;
  if (!box.checkVisibility() || box.clientWidth === 0) return false;
  const words = [...box.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
  const isClosed = box.matches('option, script, textarea');
  const isSaid = style.textOverflow === 'ellipsis' && box.title === box.textContent.trim();
  return words && !isClosed && !isSaid && box.scrollWidth > box.clientWidth;
}).map((box) => `${box.tagName}.${box.className}: ${box.textContent.trim().slice(0, 60)}`)"""

# What sticks out of its panel is as wrong as what scrolls.
OUTSIDE = """() => [...document.querySelectorAll('.panel')].flatMap((panel) => {
  const right = panel.getBoundingClientRect().right + 0.5;
  return [...panel.querySelectorAll('*')].filter((box) =>
    box.checkVisibility() && !box.closest('.scroller, .visually-hidden, svg')
    && box.getBoundingClientRect().right > right
    && !box.closest('table.cards thead'));
}).map((box) => `${box.tagName}.${box.className}: ${box.textContent.trim().slice(0, 60)}`)"""

# A bar whose words stand two by two has grown by a page too many.
BROKEN = """() => [...document.querySelectorAll('.mainnav a, .brand-name')].filter((one) => {
  const range = document.createRange();
  range.selectNodeContents(one);
  return range.getClientRects().length > 1;
}).map((one) => one.textContent.trim())"""


def misfits(
    page: Page,
    name: str,
    sizes: Sequence[tuple[int, int]] = SIZES,
    ready: Callable[[Page], object] = lambda page: None,
) -> dict[str, object]:
    """Return what does not fit, by name and width.

    Args:
        name: of the pictures.
        sizes: of the screen, in pixels of the page.
        ready: waits until the page is as it is to be seen, in each size.
    """
    found: dict[str, object] = {}
    page.evaluate("document.fonts.ready.then(() => true)")
    for width, height in sizes:
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate("new Promise((next) => requestAnimationFrame(() => setTimeout(next)))")
        ready(page)
        if SHOTS:
            page.screenshot(path=Path(SHOTS) / f"{name}-{width}.png", full_page=True)
        scrolled = page.evaluate("document.documentElement.scrollWidth")
        wrong = [scrolled - width, *(page.evaluate(one) for one in (CLIPPED, OUTSIDE, BROKEN))]
        if wrong != [0, [], [], []]:
            found[f"{name} {width}"] = wrong
    return found


def name_of(path: str) -> str:
    """Return what a page's pictures are called."""
    return path.strip("/").replace("/", "-") or "overview"
