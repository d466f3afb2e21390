"""What the parts of a template may be to each other."""

import pytest

from controller.errors import BadEntry
from controller.papers.docx_door import opened
from controller.papers.docx_made import as_template
from tests.unit.controller.papers.sample import FORM, entries, zipped

TEMPLATE = entries(as_template(FORM))
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
MICROSOFT = "http://schemas.microsoft.com/office/2011/relationships/"
SPACE = "http://schemas.openxmlformats.org/package/2006/relationships"


def judge(
    kind: str, target: str, mode: str = "", name: str = "word/_rels/settings.xml.rels"
) -> tuple[str, ...]:
    """Return which texts a template has with this relation in a part of this name."""
    said = f' TargetMode="{mode}"' if mode else ""
    one = f'<Relationship Id="x" Type="{kind}" Target="{target}"{said}/>'
    content = f'<Relationships xmlns="{SPACE}"><!-- a -->{one}</Relationships>'
    return opened(zipped({**TEMPLATE, name: content.encode()})).texts


@pytest.mark.parametrize(
    ("kind", "target", "mode"),
    [
        (f"{OFFICE}image", "media/image1.png", ""),
        (f"{OFFICE}header", "/word/header1.xml", "Internal"),
        (f"{OFFICE}hyperlink", "https://tphcm.gov.vn", "External"),
        (f"{OFFICE}hyperlink", "#_Toc1", ""),
        (f"{MICROSOFT}people", "people.xml", ""),
        ("http://schemas.microsoft.com/office/2020/02/relationships/classificationlabels", "a", ""),
    ],
)
def test_what_a_paper_is_made_of_may_be_there(kind: str, target: str, mode: str) -> None:
    assert judge(kind, target, mode) == ("word/document.xml",)


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        *((OFFICE + one, one) for one in ("aFChunk", "subDocument", "frame", "attachedTemplate")),
        *((OFFICE + one, one) for one in ("oleObject", "package", "chart", "transform", "Image")),
        (f"{MICROSOFT}webextension", "webextension"),
        ("http://x/image", "image"),
        ("", "other"),
    ],
)
def test_what_brings_something_else_is_refused_by_its_name(kind: str, says: str) -> None:
    with pytest.raises(BadEntry, match=rf"no template may have \({says if kind else ''}\)"):
        judge(kind, "a.html")


@pytest.mark.parametrize(
    ("target", "mode"),
    [
        ("http://10.0.0.1/x.png", "External"),
        ("a.png", " External "),
        ("a.png", "EXTERNAL"),
        ("http://10.0.0.1/x.png", ""),
        ("//10.0.0.1/x.png", "Internal"),
        ("\\\\10.0.0.1\\x.png", "Internal"),
    ],
)
def test_a_picture_is_in_the_file(target: str, mode: str) -> None:
    with pytest.raises(BadEntry, match="fetches something"):
        judge(f"{OFFICE}image", target, mode)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("word/_rels/settings.xml.RELS", "no template may have"),
        ("word/_RELS/settings.xml.rels", "no template may have"),
        ("_rels/settings.xml.rels", "no template may have"),
        ("word/settings.xml.rels", "XML"),
        ("word/_rels/a/settings.xml.rels", "XML"),
        ("word/_rels/settings.xml", "XML"),
        ("word/_rels/settings.xml.%72els", "damaged"),
        ("word/_rels/settings.xml.rels/[0].last.piece", "damaged"),
    ],
)
def test_relations_are_found_by_any_name_they_can_have(name: str, says: str) -> None:
    with pytest.raises(BadEntry, match=says):
        judge(f"{OFFICE}attachedTemplate", "http://10.0.0.1/t.dotm", "External", name)


@pytest.mark.parametrize(
    "content", ["<a/>", f'<Relationships xmlns="{SPACE}"><a/></Relationships>', "<Relationships/>"]
)
def test_relations_are_only_that(content: str) -> None:
    with pytest.raises(BadEntry, match="XML"):
        opened(zipped({**TEMPLATE, "word/_rels/a.xml.rels": content.encode()}))
