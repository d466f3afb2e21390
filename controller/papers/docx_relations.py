"""What the parts of a Word file may be to each other: only what neither runs nor is fetched.

ISO/IEC 29500-2, section 6.5 (relationships); ECMA-376 part 1, sections 11.3 and 15.2.
"""

import re

from lxml import etree

from controller.papers.refusal import bad_xml, refused, shown

LINKS = ("http:", "https:", "mailto:", "tel:", "#")
_TAG = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_NAME = re.compile(r"(?:[^/]+/)*_rels/[^/]*\.rels")
_OFFICE = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships/",
    "http://purl.oclc.org/ooxml/officeDocument/relationships/",
)
_METADATA = (
    "http://schemas.openxmlformats.org/package/2006/relationships/metadata/",
    "http://schemas.openxmlformats.org/officedocument/2006/relationships/metadata/",
)
_MICROSOFT = re.compile(
    r"http://schemas\.microsoft\.com/office/[0-9]{4}(?:/[0-9]{2})?/relationships/"
)
_HYPERLINK = tuple(f"{base}hyperlink" for base in _OFFICE)
_OF_OFFICE = frozenset(
    "officeDocument extended-properties extendedProperties custom-properties customProperties "
    "styles settings webSettings fontTable font theme themeOverride numbering footnotes endnotes "
    "comments header footer image hyperlink customXml customXmlProps glossaryDocument "
    "diagramData diagramLayout diagramQuickStyle diagramColors".split()
)
_OF_METADATA = frozenset(("core-properties", "thumbnail"))
_OF_MICROSOFT = frozenset(
    "stylesWithEffects commentsExtended commentsIds commentsExtensible people diagramDrawing "
    "hdphoto classificationlabels intelligence documenttasks".split()
)


def are_relations(name: str) -> bool:
    """Return whether a part says what others are to each other, by its name in any capitals.

    Raises:
        BadEntry: its name is only somewhat like that.
    """
    lower = name.lower()
    if not lower.endswith(".rels") and "_rels/" not in lower:
        return False
    if not _NAME.fullmatch(lower):
        raise bad_xml()
    return True


def refuse_fetched(relations: etree._Element) -> None:
    """Refuse what would run, or be fetched by whoever opens the paper; links may stay.

    Raises:
        BadEntry: there is some, and which.
    """
    if relations.tag != f"{_TAG}s":
        raise bad_xml()
    for one in relations.iterdescendants():
        if one.tag != _TAG:
            raise bad_xml()
        kind, target = one.get("Type", ""), one.get("Target", "")
        _refuse_kind(kind)
        if kind in _HYPERLINK and target.lower().startswith(LINKS):
            continue
        is_inside = one.get("TargetMode", "Internal") == "Internal" and kind not in _HYPERLINK
        if is_inside and not (":" in target or "\\" in target or target.startswith("//")):
            continue
        said = f"{shown(kind.rpartition('/')[2], 40)}: {shown(target)}"
        raise refused(
            f"lấy nội dung từ bên ngoài ({said}). Nhúng hình vào tệp, gỡ mẫu gắn "
            "kèm (Developer, Document Template: Normal) rồi lưu lại",
            f"fetches something from elsewhere ({said}). Embed pictures, detach the "
            "attached template (Developer, Document Template: Normal) and save it again",
        )


def _refuse_kind(kind: str) -> None:
    base, slash, name = kind.rpartition("/")
    base += slash
    if (
        (base in _OFFICE and name in _OF_OFFICE)
        or (base in _METADATA and name in _OF_METADATA)
        or (_MICROSOFT.fullmatch(base) and name in _OF_MICROSOFT)
    ):
        return
    said = shown(name, 40)
    raise refused(
        f"gắn kèm thứ không dùng được trong mẫu ({said}), như mẫu gắn kèm (Developer, Document "
        "Template: Normal), tệp hay đối tượng nhúng, biểu "
        "đồ. Gỡ ra hoặc dán lại thành hình (Paste Special, Picture) rồi lưu lại",
        f"has something with it that no template may have ({said}), such as an attached template "
        "(Developer, Document Template: Normal), an embedded file or object, a chart. "
        "Take it out or paste it as a picture, and save again",
    )
