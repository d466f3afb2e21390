"""A Word file that somebody brings: opened within limits, or refused by a sentence that says why.

It is judged before anything of it is understood: how much there is, that nothing in it runs, that
nothing in it is fetched from elsewhere by whoever opens it, that its XML declares no entities.
ISO/IEC 29500-2 (packages), ECMA-376 part 1, section 11 (what a document has).
"""

import io
import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace

from lxml import etree

from controller.errors import BadEntry

MAX_FILE_BYTES = 768 * 1024
MAX_WHOLE_BYTES, MAX_XML_BYTES, MAX_ENTRIES = 8 * 1024 * 1024, 2 * 1024 * 1024, 200
_TYPES = "[Content_Types].xml"
_TYPE = "{http://schemas.openxmlformats.org/package/2006/content-types}"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml."
_MAIN = f"{_WORD}document.main+xml"
_TEXT_TYPES = (_MAIN, f"{_WORD}header+xml", f"{_WORD}footer+xml")
_RUNS = ("macroenabled", "vbaproject", "activex", "oleobject", "vbadata")
_LINKS = ("http:", "https:", "mailto:", "tel:")
_HYPERLINK = "/hyperlink"
_DECLARED = re.compile(rb'^<\?xml[^>]{0,100}encoding\s*=\s*["\']([A-Za-z0-9._-]{1,40})["\']')
# A zip's entries carry a time: always this one, so that the same paper is the same file.
_MADE = (2020, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Package:
    """A Word file: its entries by name, and which of them are text that is filled."""

    entries: Mapping[str, bytes]
    texts: tuple[str, ...]

    def with_entries(self, changed: Mapping[str, bytes]) -> "Package":
        """Return it with other content under some names."""
        return replace(self, entries={**self.entries, **changed})


def refused(vi: str, en: str) -> BadEntry:
    """Return the refusal of a template, in sentences that go on after its name."""
    return BadEntry(f"Tệp mẫu {vi}.", f"The template {en}.")


def opened(content: bytes) -> Package:
    """Return what a Word file holds.

    Raises:
        BadEntry: it is none, too large, or holds what a template may not.
    """
    _check_kind(content)
    try:
        entries = _entries(content)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError,
            ValueError, OSError, OverflowError) as exc:  # fmt: skip
        raise refused(
            "bị hỏng hoặc không phải tệp Word. Mở bằng Word rồi lưu lại dạng .docx",
            "is damaged or no Word file. Open it in Word and save it as .docx",
        ) from exc
    texts = _texts(entries)
    for name, one in entries.items():
        if name.endswith((".xml", ".rels")):
            parsed = xml(one)
            if name.endswith(".rels"):
                _refuse_fetched(parsed)
    return Package(entries, texts)


def packed(package: Package) -> bytes:
    """Return a file of it; of the same entries the same bytes."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in package.entries.items():
            target.writestr(zipfile.ZipInfo(name, _MADE), content, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def xml(content: bytes) -> etree._Element:
    """Return a part's XML, read with no entity, no network and no size beyond the limit.

    Raises:
        BadEntry: it cannot be read, or declares what no Word file does.
    """
    declared = _DECLARED.match(content)
    encoding = declared.group(1).lower() if declared else b"utf-8"
    if encoding not in (b"utf-8", b"us-ascii") or b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise _bad_xml()
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as exc:
        raise _bad_xml() from exc
    if root.getroottree().docinfo.doctype:
        raise _bad_xml()
    return root


def _bad_xml() -> BadEntry:
    return refused(
        "có phần XML không đọc được hoặc không được dùng. Mở bằng Word rồi lưu lại dạng .docx",
        "holds XML that cannot be read or used. Open it in Word and save it as .docx",
    )


def _check_kind(content: bytes) -> None:
    if len(content) > MAX_FILE_BYTES:
        raise too_large()
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise refused(
            "là tệp Word kiểu cũ (.doc) hoặc có mật khẩu. Trong Word, bỏ mật khẩu và lưu lại "
            "dạng .docx",
            "is an old Word file (.doc) or has a password. Save it as .docx without one",
        )
    if not content.startswith(b"PK\x03\x04"):
        raise refused("không phải tệp Word .docx", "is no Word file (.docx)")


def too_large() -> BadEntry:
    """Return the refusal of a file that holds too much."""
    most = MAX_FILE_BYTES // 1024
    return refused(
        f"quá lớn (tối đa {most} KB, nội dung bung ra tối đa {MAX_WHOLE_BYTES // 2**20} MB). "
        "Bỏ bớt hình hoặc nén hình rồi thử lại",
        f"is too large (at most {most} KB, {MAX_WHOLE_BYTES // 2**20} MB unpacked). "
        "Take pictures out or compress them",
    )


def _entries(content: bytes) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    with zipfile.ZipFile(io.BytesIO(content)) as source:
        listed = [one for one in source.infolist() if not one.is_dir()]
        whole = sum(one.file_size for one in listed)
        if len(listed) > MAX_ENTRIES or whole > MAX_WHOLE_BYTES:
            raise too_large()
        for one in listed:
            is_xml = one.filename.endswith((".xml", ".rels"))
            if is_xml and one.file_size > MAX_XML_BYTES:
                raise too_large()
            if one.filename in found or one.flag_bits & 1 or not _is_plain(one.filename):
                raise zipfile.BadZipFile(one.filename)
            if one.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise zipfile.BadZipFile(one.filename)
            found[one.filename] = source.read(one)  # no more than `file_size`, its CRC checked
    return found


def _is_plain(name: str) -> bool:
    return name.isprintable() and "\\" not in name and ".." not in name and name[:1] != "/"


def _texts(entries: Mapping[str, bytes]) -> tuple[str, ...]:
    if _TYPES not in entries:
        raise refused("không phải tệp Word .docx", "is no Word file (.docx)")
    types = xml(entries[_TYPES])
    declared = [one.get("ContentType", "").lower() for one in types]
    runs = any(bad in one for one in declared for bad in _RUNS)
    if runs or any(bad in name.lower() for name in entries for bad in _RUNS):
        raise refused(
            "có macro hoặc đối tượng nhúng chạy được. Lưu lại dạng Word Document (.docx), không "
            "dùng .docm",
            "holds macros or embedded objects. Save it as Word Document (.docx), not .docm",
        )
    found = {
        one.get("PartName", "").removeprefix("/"): one.get("ContentType", "")
        for one in types.iter(f"{_TYPE}Override")
        if one.get("ContentType", "") in _TEXT_TYPES
    }
    texts = tuple(name for name in entries if name in found)
    if [found[name] for name in texts].count(_MAIN) != 1:
        raise refused(
            "không phải văn bản Word .docx. Trong Word, lưu dạng Word Document (.docx)",
            "is no Word document (.docx). In Word, save it as Word Document (.docx)",
        )
    return texts


def _refuse_fetched(relations: etree._Element) -> None:
    """Refuse what would be fetched from elsewhere by whoever opens the paper; links may stay."""
    for one in relations:
        if one.get("TargetMode", "").lower() != "external":
            continue
        kind, target = one.get("Type", ""), one.get("Target", "")
        if kind.endswith(_HYPERLINK) and target.lower().startswith(_LINKS):
            continue
        name = kind.rpartition("/")[2][:40]
        raise refused(
            f"lấy nội dung từ bên ngoài ({name}: {target[:60]}). Nhúng hình vào tệp, gỡ mẫu gắn "
            "kèm (Developer, Document Template: Normal) rồi lưu lại",
            f"fetches something from elsewhere ({name}: {target[:60]}). Embed pictures, detach the "
            "attached template (Developer, Document Template: Normal) and save it again",
        )
