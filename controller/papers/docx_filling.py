"""A Word file's placeholders: what is wrong with them, and filling them.

Word cuts a paragraph's text into runs wherever it likes, also within `{{tieu_de}}`: a placeholder
is looked for in the text of its whole paragraph, and what is put in has the looks of its first
letter. ECMA-376 part 1, section 17.3 (paragraphs and runs), 17.4 (tables).
"""

from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy

from lxml import etree

from controller.errors import BadEntry
from controller.papers import placeholders
from controller.papers.docx_door import Package, xml
from controller.papers.placeholders import Filling
from controller.papers.refusal import refused

MAX_PLACEHOLDERS = 500
MAX_ADDED_BYTES = 6 * 1024 * 1024
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_P, _T, _TR, _PPR = (f"{_W}{one}" for one in ("p", "t", "tr", "pPr"))
_ROOTS = tuple(f"{_W}{one}" for one in ("document", "hdr", "ftr"))
_STRICT = "{http://purl.oclc.org/ooxml/wordprocessingml/main}"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
# What has to be there once: a copied row has none of it.
_ONCE = (f"{_W}bookmarkStart", f"{_W}bookmarkEnd")
_ONCE_NAMED = ("paraId", "textId")
Entry = Mapping[str, str] | None


class Growth:
    """How much filling may add, whatever the template repeats."""

    def __init__(self, most: int = MAX_ADDED_BYTES) -> None:
        self._left = most

    def spend(self, count: int) -> None:
        """Count what is added.

        Raises:
            BadEntry: it was too much.
        """
        self._left -= count
        if self._left < 0:
            raise refused(
                "khi điền xong sẽ quá dài: có quá nhiều chỗ lặp lại danh sách",
                "would be too long once it is filled: too much of it repeats a list",
            )


def wrong_places(package: Package, known: Iterable[str]) -> list[str]:
    """Return what in a template's braces cannot be filled, as it stands there, each once.

    Raises:
        BadEntry: it cannot be read, has no placeholder at all, or too many.
    """
    names, found, count = frozenset(known), dict[str, None](), 0
    for part in package.texts:
        for paragraph in _root(package, part).iter(_P):
            text = _text(paragraph)
            count += len(placeholders.marks(text))
            found.update(dict.fromkeys(placeholders.faults(text, names)))
    if count > MAX_PLACEHOLDERS:
        raise refused(
            f"có {count} chỗ điền, chỉ được tối đa {MAX_PLACEHOLDERS}",
            f"has {count} placeholders, at most {MAX_PLACEHOLDERS} are filled",
        )
    if not count and not found:
        raise refused(
            "không có chỗ điền nào như {{tieu_de}}. Tải mẫu đang dùng về để xem cách viết",
            "has no placeholder such as {{tieu_de}}. Download the one in use to see how it is done",
        )
    return list(found)


def filled(package: Package, filling: Filling) -> Package:
    """Return a template filled; what is put in is text, whatever it looks like.

    Raises:
        BadEntry: it would become too long.
    """
    growth, changed = Growth(), {}
    for part in package.texts:
        root = _root(package, part)
        _repeat(root, filling, growth)
        for paragraph in list(root.iter(_P)):
            _fill(paragraph, filling, None, growth)
        changed[part] = etree.tostring(
            root, xml_declaration=True, encoding="UTF-8", standalone=True
        )
    return package.with_entries(changed)


def _root(package: Package, part: str) -> etree._Element:
    root = xml(package.entries[part])
    if root.tag in _ROOTS:
        return root
    if root.tag.startswith(_STRICT):
        raise refused(
            "lưu ở dạng Strict. Trong Word, lưu dạng Word Document (.docx) thường",
            "is saved as Strict. In Word, save it as a plain Word Document (.docx)",
        )
    raise refused(
        "có phần văn bản không đúng dạng Word. Mở bằng Word rồi lưu lại dạng .docx",
        "holds a text that is not as Word writes it. Open it in Word and save it as .docx",
    )


def _texts(paragraph: etree._Element) -> list[etree._Element]:
    """Return the pieces of a paragraph's own text: not of a text box that stands in it."""
    return [one for one in paragraph.iter(_T) if next(one.iterancestors(_P)) is paragraph]


def _text(paragraph: etree._Element) -> str:
    return "".join(one.text or "" for one in _texts(paragraph))


def _repeat(root: etree._Element, filling: Filling, growth: Growth) -> None:
    """Put as many rows (or paragraphs) as a list has entries where its placeholders stand."""
    wanted: dict[etree._Element, str] = {}
    for paragraph in root.iter(_P):
        lists = [one.of_list for one in placeholders.marks(_text(paragraph)) if one.of_list]
        if lists:
            row = next(paragraph.iterancestors(_TR), None)
            wanted.setdefault(paragraph if row is None else row, lists[0])
    for element, name in wanted.items():
        entries = filling.lists.get(name) or [{}]
        growth.spend(len(etree.tostring(element)) * len(entries))
        for entry in entries:
            copy = _copied(element)
            element.addprevious(copy)
            inside = [copy] if copy.tag == _P else list(copy.iter(_P))
            for paragraph in inside:
                _fill(paragraph, filling, entry, growth)
        _remove(element)


def _copied(element: etree._Element) -> etree._Element:
    copy = deepcopy(element)
    copy.tail = None
    for one in list(copy.iter(*_ONCE)):
        _remove(one)
    for one in copy.iter(_P, _TR):
        for name in list(one.attrib):
            if name.rpartition("}")[2] in _ONCE_NAMED:
                del one.attrib[name]
    return copy


def _fill(paragraph: etree._Element, filling: Filling, entry: Entry, growth: Growth) -> None:
    pieces = _texts(paragraph)
    whole = "".join(one.text or "" for one in pieces)
    found = placeholders.marks(whole)
    if not found:
        return
    if placeholders.is_left_out(whole, filling, entry):
        _leave_out(paragraph)
        return
    spans = list(_spans(pieces))
    for mark in reversed(found):
        value = _speakable(placeholders.put(mark, filling, entry))
        growth.spend(len(value))
        for piece, (start, end) in zip(pieces, spans, strict=True):
            if mark.start >= end or mark.end <= start:
                continue
            # Only what stands behind it in this piece was filled before.
            low, high = max(mark.start - start, 0), min(mark.end, end) - start
            text, is_first = piece.text or "", start <= mark.start
            piece.text = text[:low] + (value if is_first else "") + text[high:]
            piece.set(_SPACE, "preserve")


def _spans(pieces: list[etree._Element]) -> Iterator[tuple[int, int]]:
    at = 0
    for one in pieces:
        start, at = at, at + len(one.text or "")
        yield start, at


def _leave_out(paragraph: etree._Element) -> None:
    """Take a paragraph away; what has to have one, or ends a section with it, keeps it empty."""
    parent = paragraph.getparent()
    is_alone = parent is None or len(parent.findall(_P)) == 1
    if is_alone or paragraph.find(f"{_PPR}/{_W}sectPr") is not None:
        for one in list(paragraph):
            if one.tag != _PPR:
                paragraph.remove(one)
        return
    _remove(paragraph)


def _remove(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _speakable(text: str) -> str:
    """Return text without what XML 1.0 cannot hold (section 2.2) and without line breaks."""
    return "".join(
        char
        for char in text.replace("\n", " ")
        if char == "\t" or "\x20" <= char <= "\ud7ff" or "\ue000" <= char <= "\ufffd"
        or "\U00010000" <= char
    )  # fmt: skip


def refuse_wrong(found: list[str], known: Iterable[str]) -> None:
    """Refuse a template for its placeholders, and name those there are.

    Raises:
        BadEntry: any was found.
    """
    if not found:
        return
    shown = ", ".join(f"“{one}”" for one in found[:10]) + (", …" if len(found) > 10 else "")
    there = ", ".join("{{" + one + "}}" for one in known)
    raise BadEntry(
        f"Tệp mẫu có chỗ điền không dùng được: {shown}. Chỉ điền được: {there}.",
        f"The template has placeholders that cannot be filled: {shown}. These can: {there}.",
    )
