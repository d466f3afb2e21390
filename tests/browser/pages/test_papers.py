"""The office changes the invitation's template in a browser, and takes a paper home."""

import io
from pathlib import Path

import pytest
from docx import Document
from playwright.sync_api import Page, expect

from controller.roles import Role
from tests.browser.pages.conftest import sign_in
from tests.browser.pages.fitting import misfits
from tests.browser.pages.site import Site

pytestmark = pytest.mark.browser


def test_a_template_is_refused_tried_and_used(page: Page, site: Site, tmp_path: Path) -> None:
    sign_in(page, site, Role.OFFICE)
    page.goto(f"{site.url}/meetings")
    page.get_by_test_id("papers").click()
    paper, own = Document(), tmp_path / "Mẫu giấy mời của Văn phòng.docx"
    paper.add_paragraph("Kính mời {{tieu de}}")
    paper.save(str(own))
    page.set_input_files("#template-file", own)
    page.get_by_test_id("template-take").click()
    expect(page.get_by_test_id("template-problem")).to_contain_text("“{{tieu de}}”")
    found = misfits(page, "papers-problem")

    paper.paragraphs[0].text = "Kính mời dự {{tieu_de}}"
    paper.save(str(own))
    page.set_input_files("#template-file", own)
    chosen = page.locator("#template-meeting option:checked").inner_text().partition(" · ")[2]
    with page.expect_download() as tried:
        page.get_by_test_id("template-try").click()
    shown = Document(io.BytesIO(tried.value.path().read_bytes()))
    assert [one.text for one in shown.paragraphs] == [f"Kính mời dự {chosen}"]
    page.get_by_test_id("template-take").click()
    expect(page.get_by_test_id("template-used")).to_contain_text("Mẫu giấy mời của Văn phòng.docx")
    found |= misfits(page, "papers-own")
    assert found == {}
