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
from copy import copy
from dataclasses import dataclass, replace

from lxml import etree

from controller.errors import BadEntry
from controller.papers.docx_fields import refuse_running
from controller.papers.docx_relations import are_relations, refuse_fetched
from controller.papers.refusal import bad_xml, refused

MAX_FILE_BYTES = 768 * 1024
MAX_WHOLE_BYTES, MAX_XML_BYTES, MAX_ENTRIES = 8 * 1024 * 1024, 2 * 1024 * 1024, 200
_TYPES = "[Content_Types].xml"
_TYPE = "{http://schemas.openxmlformats.org/package/2006/content-types}"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml."
_MAIN = f"{_WORD}document.main+xml"
_TEXT_TYPES = (_MAIN, f"{_WORD}header+xml", f"{_WORD}footer+xml")
_RUNS = ("macroenabled", "vbaproject", "activex", "oleobject", "vbadata")
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
    types = _kinds(entries)
    texts = _texts(entries, types)
    for name, one in entries.items():
        if are_relations(name) or _is_xml(name, one, types):
            parsed = xml(one)
            refuse_running(parsed)
            if are_relations(name):
                refuse_fetched(parsed)
    return Package(entries, texts)


def packed(package: Package) -> bytes:
    """Return a file of it; of the same entries the same bytes."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in package.entries.items():
            target.writestr(zipfile.ZipInfo(name, _MADE), content, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def xml(content: bytes) -> etree._Element:
    """Return a part's XML without comments, read with no entity, no network, within the limit.

    Raises:
        BadEntry: it cannot be read, or declares what no Word file does.
    """
    if len(content) > MAX_XML_BYTES:
        raise too_large()
    declared = _DECLARED.match(content)
    encoding = declared.group(1).lower() if declared else b"utf-8"
    if encoding not in (b"utf-8", b"us-ascii") or b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise bad_xml()
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as exc:
        raise bad_xml() from exc
    if root.getroottree().docinfo.doctype:
        raise bad_xml()
    return root


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
    folded: set[str] = set()  # ISO/IEC 29500-2, 6.2.2.3: names that differ by case are the same
    with zipfile.ZipFile(io.BytesIO(content)) as source:
        listed = [one for one in source.infolist() if not one.is_dir()]
        whole = sum(one.file_size for one in listed)
        if len(listed) > MAX_ENTRIES or whole > MAX_WHOLE_BYTES:
            raise too_large()
        for one in listed:
            if one.filename.lower() in folded or one.flag_bits & 1 or not _is_plain(one.filename):
                raise zipfile.BadZipFile(one.filename)
            if one.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise zipfile.BadZipFile(one.filename)
            folded.add(one.filename.lower())
            found[one.filename] = _inflated(source, one)
    return found


def _inflated(source: zipfile.ZipFile, one: zipfile.ZipInfo) -> bytes:
    """Return an entry that holds what it declares; of one that holds more, a byte more is read.

    `ZipFile.read` inflates an entry to its end, whatever it declares, and cuts it then.
    """
    wanted = copy(one)
    wanted.file_size += 1
    with source.open(wanted) as entry:  # its CRC is checked at its end
        content = entry.read(wanted.file_size)
    if len(content) != one.file_size:
        raise zipfile.BadZipFile(one.filename)
    return content


def _is_plain(name: str) -> bool:
    """Return whether a name is one for everybody: not escaped, not a piece of another."""
    has_other = any(one in name for one in ("\\", "..", "//", "%"))
    is_piece = name.lower().endswith(".piece")
    return name.isprintable() and not has_other and not is_piece and name[:1] != "/"


def _kinds(entries: Mapping[str, bytes]) -> dict[str, str]:
    """Return what kind each part is of: by its name as `/word/document.xml`, or by its ending."""
    if _TYPES not in entries:
        raise refused("không phải tệp Word .docx", "is no Word file (.docx)")
    found: dict[str, str] = {}
    for one in xml(entries[_TYPES]).iter(f"{_TYPE}Override", f"{_TYPE}Default"):
        part = one.get("PartName") or "." + one.get("Extension", "")
        if found.setdefault(part.lower(), one.get("ContentType", "")) != one.get("ContentType", ""):
            raise bad_xml()
    return found


def _is_xml(name: str, content: bytes, types: Mapping[str, str]) -> bool:
    """Return whether a part is XML, to anybody: by its name, its kind, or what it begins with."""
    lower = name.lower()
    kind = types.get(f"/{lower}") or types.get("." + lower.rpartition(".")[2], "")
    begins = content[:64].removeprefix(b"\xef\xbb\xbf").lstrip()
    return (
        lower.endswith((".xml", ".rels"))
        or kind.lower().rstrip().endswith("xml")
        or begins.startswith(b"<")
    )


def _texts(entries: Mapping[str, bytes], types: Mapping[str, str]) -> tuple[str, ...]:
    declared = [one.lower() for one in types.values()]
    runs = any(bad in one for one in declared for bad in _RUNS)
    if runs or any(bad in name.lower() for name in entries for bad in _RUNS):
        raise refused(
            "có macro hoặc đối tượng nhúng chạy được. Lưu lại dạng Word Document (.docx), không "
            "dùng .docm",
            "holds macros or embedded objects. Save it as Word Document (.docx), not .docm",
        )
    found = {name: types.get(f"/{name.lower()}", "") for name in entries}
    texts = tuple(name for name, kind in found.items() if kind in _TEXT_TYPES)
    if [found[name] for name in texts].count(_MAIN) != 1:
        raise refused(
            "không phải văn bản Word .docx. Trong Word, lưu dạng Word Document (.docx)",
            "is no Word document (.docx). In Word, save it as Word Document (.docx)",
        )
    return texts
