"""The built files: compressed where understood, kept for good where named by their hash."""

import gzip

import pytest
from playwright.sync_api import Page

from controller.web.rendering import STATIC
from tests.browser.pages.site import Site

pytestmark = pytest.mark.browser


def test_styles_come_compressed_and_stay(page: Page, shared_site: Site) -> None:
    with page.expect_response("**/static/app.css*") as found:
        page.goto(f"{shared_site.url}/sign-in")
    headers = found.value.headers
    assert headers["content-encoding"] == "gzip"
    assert headers["content-type"].startswith("text/css")
    assert "immutable" in headers["cache-control"]
    assert found.value.body() == (STATIC / "app.css").read_bytes()
    packed = (STATIC / "app.css.gz").read_bytes()
    assert len(packed) < 130_000
    assert gzip.decompress(packed) == (STATIC / "app.css").read_bytes()


def test_plain_files_for_whoever_asks_so(page: Page, shared_site: Site) -> None:
    answer = page.request.get(
        f"{shared_site.url}/static/icons.svg", headers={"Accept-Encoding": "identity"}
    )
    assert "content-encoding" not in answer.headers
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.body() == (STATIC / "icons.svg").read_bytes()


def test_nothing_but_the_built_files_is_served(page: Page, shared_site: Site) -> None:
    for path in ("/static/../app.py", "/static/%2e%2e/app.py", "/static/nix.js"):
        assert page.request.get(shared_site.url + path).status == 404


def test_pages_allow_no_foreign_script(page: Page, shared_site: Site) -> None:
    answer = page.goto(f"{shared_site.url}/sign-in")
    assert answer is not None
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'self'; ")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
