"""Fields of a template: those that show a page's number or a date; none that runs or fetches."""

import pytest

from controller.errors import BadEntry
from controller.papers.docx_door import opened
from controller.papers.docx_made import as_template
from tests.unit.controller.papers.sample import FORM, entries, zipped

TEMPLATE = entries(as_template(FORM))
DOCUMENT = "word/document.xml"
BEGIN, SEPARATE, END = (
    f'<w:r><w:fldChar w:fldCharType="{one}"/></w:r>' for one in ("begin", "separate", "end")
)
SHOWN = "<w:r><w:t>1</w:t></w:r>"
MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
DDE = 'c:\\\\windows\\\\system32\\\\cmd.exe "/k calc.exe"'


def code(*pieces: str) -> str:
    """Return a field's code in runs."""
    return "".join(f"<w:r><w:instrText>{one}</w:instrText></w:r>" for one in pieces)


def whole(*pieces: str) -> str:
    """Return a field."""
    return BEGIN + code(*pieces) + SEPARATE + SHOWN + END


def simple(said: str) -> str:
    """Return a field in one element."""
    return f'<w:fldSimple w:instr="{said.replace(chr(34), "&quot;")}">{SHOWN}</w:fldSimple>'


def either(choice: str, fallback: str) -> str:
    """Return what is shown in one of two ways."""
    inside = f'<mc:Choice Requires="w">{choice}</mc:Choice><mc:Fallback>{fallback}</mc:Fallback>'
    return f'<mc:AlternateContent xmlns:mc="{MC}">{inside}</mc:AlternateContent>'


def drawn(said: str) -> str:
    """Return a picture of before."""
    spaces = (
        'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
    )
    return f"<w:r><w:pict><v:shape {spaces}>{said}</v:shape></w:pict></w:r>"


def judge(inside: str, *, part: str = DOCUMENT) -> tuple[str, ...]:
    """Return which texts a template has with this in a paragraph of one of its parts."""
    paragraph = f"<w:body><w:p>{inside}</w:p>"
    text = TEMPLATE[DOCUMENT].replace(b"<w:body>", paragraph.encode(), 1)
    return opened(zipped({**TEMPLATE, part: text})).texts


@pytest.mark.parametrize(
    "said",
    [
        " PAGE   \\* MERGEFORMAT ",
        "page",
        'DATE \\@ "dd/MM/yyyy"',
        "SEQ Hình \\* ARABIC",
        "PAGEREF _Toc1234 \\h",
        'STYLEREF "Heading 1"',
        ' TOC \\o "1-3" \\h \\z \\u ',
        ' HYPERLINK "https://tphcm.gov.vn/a?b=c" \\o "trang" ',
        'HYPERLINK \\l "_Toc1234" \\h',
        "HYPERLINK mailto:vanphong@example.vn",
    ],
)
def test_fields_that_show_something_of_the_paper_may_stay(said: str) -> None:
    assert judge(simple(said))
    assert judge(whole(said.replace("&", "&amp;")))
    assert judge(whole(*said) + whole("PAGE"))
    assert judge(f"<w:ins>{whole(said)}</w:ins>" + either(whole(said), whole(said)))


def test_a_table_of_contents_has_fields_in_its_result() -> None:
    inner = whole('HYPERLINK \\l "_Toc1"') + "</w:p><w:p>" + whole("PAGEREF _Toc1 \\h")
    assert judge(BEGIN + code(' TOC \\o "1-3" ') + SEPARATE + inner + "</w:p><w:p>" + END)


@pytest.mark.parametrize("part", [DOCUMENT, "word/footnotes.xml", "word/other.bin"])
@pytest.mark.parametrize(
    ("inside", "says"),
    [
        (whole(f"DDEAUTO {DDE}"), "“DDEAUTO”"),
        (whole(f" dde {DDE}"), "“dde”"),
        (whole(" D", "DEAU", f"TO {DDE}"), "“DDEAUTO”"),
        (BEGIN + code("DD") + "</w:p><w:p>" + code(f"E {DDE}") + END, "“DDE”"),
        (whole("DDE<!-- -->AUTO a b"), "“DDEAUTO”"),
        (simple('INCLUDEPICTURE "http://10.0.0.1/x.png" \\d'), "“INCLUDEPICTURE”"),
        (simple('INCLUDETEXT "\\\\\\\\10.0.0.1\\\\x.docx"'), "“INCLUDETEXT”"),
        (whole("MACROBUTTON x y"), "“MACROBUTTON”"),
        (whole("MERGEFIELD ten"), "“MERGEFIELD”"),
        (whole("= 1 + 1"), "“=”"),
        (whole(), "“”"),
        (whole('HYPERLINK "file://10.0.0.1/x"'), "“HYPERLINK” in a way"),
        (whole('HYPERLINK \\h "file://10.0.0.1/x"'), "“HYPERLINK” in a way"),
        (whole('HYPERLINK \\o "http://x" \\\\10.0.0.1\\x'), "“HYPERLINK” in a way"),
        (whole(f"PAGE DDEAUTO {DDE}"), "“PAGE” in a way"),
    ],
)
def test_what_runs_or_fetches_is_refused_by_its_name(inside: str, says: str, part: str) -> None:
    with pytest.raises(BadEntry, match=says):
        judge(inside, part=part)


@pytest.mark.parametrize(
    "inside",
    [
        BEGIN + code("PAGE"),
        code("DDEAUTO a b"),
        END,
        SEPARATE,
        BEGIN + code("PAGE") + SEPARATE + SEPARATE + END,
        BEGIN + code("PAGE") + SEPARATE + code("DDE a") + END,
        BEGIN + whole("PAGE") + END,
        BEGIN + code("PAGE ") + simple("PAGE") + END,
        BEGIN + "<w:r><w:t>DDEAUTO a b</w:t></w:r>" + code("PAGE") + END,
        BEGIN + '<w:r><w:sym w:char="F044"/></w:r>' + code("PAGE") + END,
        BEGIN + "<w:r><w:delInstrText>PAGE </w:delInstrText></w:r>" + code("DDE") + END,
        BEGIN + either(code('HYPERLINK "http://x" \\o "'), "") + code('DDE"') + END,
        BEGIN + f"<w:del>{code('TOC ')}</w:del>" + code("DDE") + END,
        BEGIN + f'<x xmlns="urn:x">{code("TOC ")}</x>' + code("DDE") + END,
    ],
)
def test_a_field_that_can_be_read_in_two_ways_is_refused(inside: str) -> None:
    with pytest.raises(BadEntry, match="incomplete"):
        judge(inside)


@pytest.mark.parametrize(
    ("inside", "says"),
    [
        (drawn('<v:imagedata src="http://10.0.0.1/x.png"/>'), "picture from elsewhere"),
        (drawn('<v:imagedata o:href="http://10.0.0.1/x.png"/>'), "picture from elsewhere"),
        (drawn('<v:fill src="file://10.0.0.1/x"/>'), "picture from elsewhere"),
        (drawn('<v:rect href="file://10.0.0.1/x"/>'), "picture from elsewhere"),
        ('<svg xmlns="http://www.w3.org/2000/svg"><a href="file://x"/></svg>', "picture"),
        ('<x:webVideoPr xmlns:x="urn:x" embeddedHtml="a"/>', "video"),
        ("<w:mailMerge><w:query/></w:mailMerge>", "mail merge"),
        (whole("PAGE") + "<w:t/>" * 50_000, "too many pieces"),
        ("<w:sdt>" * 30 + whole("PAGE") + "</w:sdt>" * 30, "incomplete"),
    ],
)
def test_pictures_by_address_videos_and_mail_merges_are_refused(inside: str, says: str) -> None:
    with pytest.raises(BadEntry, match=says):
        judge(inside)


def test_links_of_drawings_may_stay() -> None:
    assert judge(drawn('<v:rect href="https://tphcm.gov.vn" o:title="a" src=""/>'))


@pytest.mark.parametrize(
    "said", ["PAGE " + "\\a b " * 20_000 + '"', "HYPERLINK " + "\\h " * 30_000 + '"']
)
def test_a_long_code_is_not_slow(said: str) -> None:
    with pytest.raises(BadEntry, match="in a way"):
        judge(whole(said))
