"""What a machine says of a file that it cannot use, in Vietnamese first and in English."""

import errno

_VIETNAMESE = {
    errno.ENOENT: "không có tệp hay thư mục này; kiểm tra đường dẫn",
    errno.EACCES: "không có quyền; chạy bằng sudo",
    errno.EPERM: "không có quyền; chạy bằng sudo",
    errno.EISDIR: "đây là thư mục, không phải tệp",
    errno.ENOTDIR: "trong đường dẫn có phần không phải thư mục",
    errno.EEXIST: "đã có rồi",
    errno.ENOTEMPTY: "thư mục không trống",
    errno.ENAMETOOLONG: "tên quá dài",
    errno.ENOSPC: "đĩa đã đầy",
    errno.EDQUOT: "đã dùng hết dung lượng được cấp",
    errno.EFBIG: "tệp quá lớn",
    errno.EROFS: "ổ đĩa này chỉ đọc được",
    errno.EIO: "ổ đĩa bị lỗi",
}


def reasons(fault: OSError | UnicodeDecodeError) -> tuple[str, str]:
    """Return why a file cannot be used, in Vietnamese and in English, without its name."""
    if isinstance(fault, UnicodeDecodeError):
        return "không phải văn bản UTF-8", "is not UTF-8 text"
    number, said = fault.errno or 0, fault.strerror or str(fault)
    name = errno.errorcode.get(number, "")
    return _VIETNAMESE.get(number, f"máy báo lỗi {name or said}"), said


def sentences(fault: OSError | UnicodeDecodeError) -> str:
    """Return the same for people, a line in each language, with the file where it is known."""
    named = getattr(fault, "filename", None)
    return "\n".join(f"{named}: {one}." if named else f"{one}." for one in reasons(fault))
