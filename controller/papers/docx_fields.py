"""What a part of a Word file may do when the paper is opened: show a page's number, a date, a link.

A field's code stands in pieces between two marks, in a paragraph or in several (ECMA-376 part 1,
section 17.16). Word leaves out some of what a file holds (what was deleted, what it has another
way of showing): a field is read only where all its pieces are shown together, or not at all.
"""

import re
from dataclasses import dataclass, field

from lxml import etree

from controller.errors import BadEntry
from controller.papers.docx_relations import LINKS
from controller.papers.refusal import refused, shown

MAX_PIECES, MAX_AROUND = 50_000, 24
ALLOWED = (
    "PAGE", "NUMPAGES", "SECTION", "SECTIONPAGES", "DATE", "TIME", "CREATEDATE", "SAVEDATE",
    "PRINTDATE", "REF", "PAGEREF", "NOTEREF", "STYLEREF", "SEQ", "TOC", "HYPERLINK",
)  # fmt: skip
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
# What is shown if what it stands in is shown.
_THROUGH = frozenset(
    _W + one for one in ("p", "r", "hyperlink", "sdt", "sdtContent", "smartTag", "customXml", "bdo")
)
_TEXTS = ("t", "delText", "sym", "noBreakHyphen", "softHyphen")
_CODES = tuple(f"{{*}}{one}" for one in ("fldChar", "fldSimple", "instrText", "delInstrText"))
_PIECES = (*_CODES, *(f"{{*}}{one}" for one in _TEXTS))
_NAME = re.compile(r'\s*([^\s"\\]{0,40})')
_VALUE = r'(?:"[^"\\“”]*"|[^\s"\\“”]+)'
# Each turn of the repeated group begins with a backslash, which no value holds: none is slow.
_CODE = re.compile(rf"\s*[A-Za-z]+(?:\s+{_VALUE})?(?:\s*\\[A-Za-z*#@!](?:\s*{_VALUE})?)*\s*")
_ADDRESS = r'(?:"(?:https?:|mailto:|tel:|#)[^"\\“”]*"|(?:https?:|mailto:|tel:|#)[^\s"\\“”]*)'
_LINK = re.compile(
    rf"\s*HYPERLINK(?:\s+{_ADDRESS})?(?:\s*\\(?:[lot]\s*{_VALUE}|[nmh]|\*\s*[A-Za-z]+))*\s*",
    re.IGNORECASE,
)
_SVG = "{http://www.w3.org/2000/svg}"
_ADDRESSES = etree.XPath(
    "//*[starts-with(namespace-uri(), 'urn:schemas-microsoft-com:') "
    "or namespace-uri() = 'http://www.w3.org/2000/svg']"
    "/@*[(local-name() = 'src' or local-name() = 'href' or local-name() = 'althref') "
    "and normalize-space()]"
)


@dataclass(slots=True)
class _Field:
    """One that has begun, and what stands together with it; its result comes after its code."""

    shown_in: etree._Element | None
    code: list[str] = field(default_factory=list)
    is_result: bool = False


def refuse_running(root: etree._Element) -> None:
    """Refuse what would run, or fetch something, once Word opens or updates the paper.

    Raises:
        BadEntry: there is some, and which.
    """
    if next(root.iter("{*}mailMerge"), None) is not None:
        raise refused(
            "là thư trộn (mail merge). Trong Word: Mailings, Start Mail Merge, Normal Word "
            "Document, rồi lưu lại",
            "is a mail merge. In Word: Mailings, Start Mail Merge, Normal Word Document; save it",
        )
    if next(root.iter("{*}webVideoPr"), None) is not None:
        raise refused("có video trên mạng. Gỡ ra rồi lưu lại", "holds a video of the web")
    _refuse_drawn(root)
    _refuse_fields(root)


def _refuse_drawn(root: etree._Element) -> None:
    """Refuse pictures by address, in drawings of before (VML, part 4 section 19) and in SVG."""
    for value in _ADDRESSES(root):
        one, name = value.getparent(), value.attrname
        allowed: tuple[str, ...] = ("#", "data:image/")
        if not one.tag.startswith(_SVG):
            allowed = () if name.startswith("{") else LINKS
        if _local(name) != "href" or not value.lower().startswith(allowed):
            raise refused(
                f"lấy hình từ bên ngoài ({shown(value)}). Nhúng hình vào tệp rồi lưu lại",
                f"fetches a picture from elsewhere ({shown(value)}). Embed it and save again",
            )


def _refuse_fields(root: etree._Element) -> None:
    open_ones: list[_Field] = []
    if next(root.iter(*_CODES), None) is None:
        return
    count = 0
    for piece in root.iter(*_PIECES):
        count += 1
        if count > MAX_PIECES:
            raise refused("có quá nhiều trường và chữ bị cắt rời", "has too many pieces of fields")
        kind = _local(piece.tag)
        last = open_ones[-1] if open_ones else None
        is_in_code = last is not None and not last.is_result
        if kind in _TEXTS:
            if is_in_code and (piece.text or kind not in ("t", "delText")):
                raise _broken()
            continue
        if kind == "fldSimple":
            if is_in_code:
                raise _broken()
            for name, value in piece.attrib.items():
                if _local(name) == "instr":
                    _refuse_code(value)
        elif kind == "fldChar":
            _mark(piece, open_ones)
        elif kind == "instrText" and last and is_in_code and last.shown_in is _shown_in(piece):
            last.code.append("".join(piece.itertext()))
        else:
            raise _broken()
    if open_ones:
        raise _broken()


def _mark(piece: etree._Element, open_ones: list[_Field]) -> None:
    """Begin a field, go on to its result, or end it."""
    kinds = [value for name, value in piece.attrib.items() if _local(name) == "fldCharType"]
    last = open_ones[-1] if open_ones else None
    if kinds == ["begin"]:
        if last is not None and not last.is_result:
            raise _broken()
        open_ones.append(_Field(_shown_in(piece)))
        return
    is_end = kinds == ["end"]
    if (
        last is None
        or last.shown_in is not _shown_in(piece)
        or not (is_end or kinds == ["separate"])
    ):
        raise _broken()
    if not last.is_result:
        _refuse_code("".join(last.code))
        last.is_result = True
    elif not is_end:
        raise _broken()
    if is_end:
        open_ones.pop()


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _shown_in(piece: etree._Element) -> etree._Element | None:
    around = piece.getparent()
    for _ in range(MAX_AROUND):
        if around is None or around.tag not in _THROUGH:
            return around
        around = around.getparent()
    raise _broken()


def _refuse_code(code: str) -> None:
    """Refuse a field by its code, as `PAGE \\* MERGEFORMAT`."""
    found = _NAME.match(code)
    name = shown(found.group(1)) if found else ""
    if name.upper() not in ALLOWED:
        there = ", ".join(ALLOWED)
        raise refused(
            f"có trường “{name}” của Word; trong mẫu chỉ dùng được {there}. Bấm vào trường đó, "
            "bấm Ctrl+Shift+F9 để giữ chữ mà bỏ trường; chỗ điền thì gõ như {{tieu_de}}",
            f"has the field “{name}”; a template may have {there}. Click it and press "
            "Ctrl+Shift+F9, which keeps its text; placeholders are typed as {{tieu_de}}",
        )
    if not (_LINK if name.upper() == "HYPERLINK" else _CODE).fullmatch(code):
        raise refused(
            f"có trường “{name}” viết theo cách không dùng được ({shown(code)}). Bấm vào trường "
            "đó, bấm Ctrl+Shift+F9 để giữ chữ mà bỏ trường",
            f"has the field “{name}” in a way that cannot be used ({shown(code)}). Click it and "
            "press Ctrl+Shift+F9, which keeps its text",
        )


def _broken() -> BadEntry:
    return refused(
        "có trường của Word bị dở dang, lồng nhau hoặc đang theo dõi sửa đổi. Chấp nhận mọi sửa "
        "đổi (Review, Accept All Changes), hoặc chọn hết rồi bấm Ctrl+Shift+F9, rồi lưu lại",
        "has a field that is incomplete, in the code of another, or in tracked changes. Accept all "
        "changes (Review, Accept All Changes), or select all and press Ctrl+Shift+F9; save it",
    )
