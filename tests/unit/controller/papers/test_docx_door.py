"""A Word file that somebody brings is opened within limits, or refused with the reason."""

import io
import tracemalloc
import zipfile
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.errors import BadEntry
from controller.papers import docx_door
from controller.papers.docx_made import as_template
from tests.unit.controller.papers.sample import FORM, entries, zipped

TEMPLATE = as_template(FORM)
TYPES, DOCUMENT = "[Content_Types].xml", "word/document.xml"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONS = "word/_rels/document.xml.rels"
BOMB = b"<a>" + b" " * docx_door.MAX_XML_BYTES + b"</a>"


def as_binary(document: bytes) -> bytes:
    """Return the template with a text whose name does not say that it is XML."""
    content = {**entries(TEMPLATE), "word/document.bin": document}
    content[TYPES] = content[TYPES].replace(b"/word/document.xml", b"/word/document.bin")
    content["_rels/.rels"] = content["_rels/.rels"].replace(b"document.xml", b"document.bin")
    return zipped(content)


def changed(**named: tuple[str, bytes, bytes]) -> bytes:
    """Return the template with something replaced in some of its parts."""
    content = entries(TEMPLATE)
    for name, old, new in named.values():
        assert old in content[name]
        content[name] = content[name].replace(old, new)
    return zipped(content)


def added(name: str, content: bytes) -> bytes:
    """Return the template with one more part."""
    return zipped({**entries(TEMPLATE), name: content})


def lying(content: bytes, declared: int, name: str = "word/media/big.png") -> bytes:
    """Return the template with a part that says it were shorter than it is, its sum as it says."""
    file = io.BytesIO(TEMPLATE)
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as target:
        target.writestr(name, content)
        last = target.filelist[-1]
        last.file_size, last.CRC = declared, zlib.crc32(content[:declared])
        target.fp.seek(last.header_offset)  # type: ignore[union-attr]
        target.fp.write(last.FileHeader())  # type: ignore[union-attr]
        target.fp.seek(target.start_dir)  # type: ignore[union-attr]
    return file.getvalue()


def related(kind: str, target: str) -> bytes:
    """Return the template with a relation to something elsewhere."""
    one = f'<Relationship Id="x" Type="{OFFICE}/{kind}" Target="{target}" TargetMode="External"/>'
    end = b"</Relationships>"
    return changed(one=(RELATIONS, end, one.encode() + end))


def test_what_was_opened_is_packed_as_it_was() -> None:
    package = docx_door.opened(TEMPLATE)
    assert package.texts == (DOCUMENT,)
    assert docx_door.packed(package) == TEMPLATE


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "không phải tệp Word"),
        (b"%PDF-1.7", "không phải tệp Word"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 600, "kiểu cũ (.doc) hoặc có mật khẩu"),
        (b"PK\x03\x04" + b"\0" * 900, "bị hỏng"),
        (TEMPLATE[:-300], "bị hỏng"),
        (TEMPLATE + b"x" * docx_door.MAX_FILE_BYTES, "quá lớn"),
        (zipped({"a.txt": b"x"}), "không phải tệp Word"),
        (added("word/big.xml", BOMB), "quá lớn"),
        (as_binary(BOMB), "quá lớn"),
        (added("word/media/big.png", b"\0" * docx_door.MAX_WHOLE_BYTES), "quá lớn"),
        (zipped({**entries(TEMPLATE), **{f"a{one}": b"" for one in range(200)}}), "quá lớn"),
        (added("word/../../etc/passwd", b""), "bị hỏng"),
        (added("word/Document.XML", b"<a/>"), "bị hỏng"),
        (added("word/vbaProject.bin", b"x"), "macro"),
        (added("word/activeX/activeX1.xml", b"<a/>"), "macro"),
        (changed(one=(TYPES, b"document.main+xml", b"template.main+xml")), "Word Document"),
        (related("attachedTemplate", "file:///C:/x.dotm"), "attachedTemplate"),
        (related("image", "http://10.0.0.1/x.png"), "image"),
        (related("hyperlink", "file://10.0.0.1/x"), "hyperlink"),
        (changed(one=(DOCUMENT, b"<w:body>", b"<w:body")), "XML"),
    ],
)
def test_what_no_template_may_be_is_refused_with_the_reason(content: bytes, says: str) -> None:
    with pytest.raises(BadEntry) as refused:
        docx_door.opened(content)
    assert says in refused.value.message_vi


def test_a_macro_file_of_words_is_refused_by_its_kind() -> None:
    plain = b"vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    macro = b"vnd.ms-word.document.macroEnabled.main+xml"
    with pytest.raises(BadEntry, match="macros"):
        docx_door.opened(changed(one=(TYPES, plain, macro)))


@pytest.mark.parametrize(
    "declared",
    [
        b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
        b'<!DOCTYPE a [<!ENTITY b "xxxxxxxxxx"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>',
        b'<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE a+AD4 <a/>',
        '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a []><a/>'.encode("utf-16"),
        b"<a>" * 300 + b"</a>" * 300,
        b"",
    ],
)
def test_xml_that_declares_entities_or_hides_is_refused(declared: bytes) -> None:
    with pytest.raises(BadEntry, match="XML"):
        docx_door.opened(added("word/extra.xml", declared))


def test_two_parts_of_one_name_are_refused() -> None:
    content = io.BytesIO(TEMPLATE)
    with zipfile.ZipFile(content, "a") as target, pytest.warns(UserWarning, match="Duplicate"):
        target.writestr(DOCUMENT, b"<a/>")
    with pytest.raises(BadEntry, match="damaged"):
        docx_door.opened(content.getvalue())


@pytest.mark.parametrize("declared", [0, 1000])
def test_a_part_that_holds_more_than_it_says_is_refused_before_it_is_unpacked(
    declared: int,
) -> None:
    content = lying(b"\0" * 60_000_000, declared)
    assert len(content) < docx_door.MAX_FILE_BYTES
    tracemalloc.start()
    try:
        with pytest.raises(BadEntry, match="damaged"):
            docx_door.opened(content)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert most < 10_000_000


@pytest.mark.parametrize("more", [-1, 1])
def test_a_part_is_as_long_as_it_says(more: int) -> None:
    with pytest.raises(BadEntry, match="damaged"):
        docx_door.opened(lying(b"abc" * 50, 150 + more))


@pytest.mark.parametrize(
    ("name", "before"),
    [(TYPES, b"<Default"), (RELATIONS, b"<Relationship "), (DOCUMENT, b"<w:p>")],
)
def test_remarks_in_xml_are_read_over(name: str, before: bytes) -> None:
    content = entries(TEMPLATE)
    content[name] = content[name].replace(before, b"<!-- a --><?b c?>" + before, 1)
    assert docx_door.opened(zipped(content)).texts == (DOCUMENT,)


def test_a_text_is_found_whatever_its_name_says() -> None:
    document = entries(TEMPLATE)[DOCUMENT]
    assert docx_door.opened(as_binary(document)).texts == ("word/document.bin",)


def test_a_link_to_a_page_may_stay() -> None:
    assert docx_door.opened(related("hyperlink", "mailto:vanphong@example.vn")).texts


@given(st.integers(0, len(TEMPLATE) - 1), st.binary(min_size=1, max_size=8))
def test_damaged_bytes_are_opened_or_refused(at: int, damage: bytes) -> None:
    try:
        found = docx_door.opened(TEMPLATE[:at] + damage + TEMPLATE[at + len(damage) :])
    except BadEntry:
        return
    assert found.texts == (DOCUMENT,)
