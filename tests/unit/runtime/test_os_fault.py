"""Why a file cannot be used is said in both languages, with its name."""

import errno
import os
from pathlib import Path

import pytest

from runtime.os_fault import reasons, sentences


def test_a_file_that_is_not_there_is_named_in_both_languages(tmp_path: Path) -> None:
    path = tmp_path / "none"
    with pytest.raises(OSError) as caught:
        path.read_bytes()
    assert sentences(caught.value) == (
        f"{path}: không có tệp hay thư mục này; kiểm tra đường dẫn.\n"
        f"{path}: No such file or directory."
    )


def test_what_is_no_text_and_what_is_no_known_error_are_told_too() -> None:
    with pytest.raises(UnicodeDecodeError) as caught:
        b"\xff".decode()
    assert sentences(caught.value) == "không phải văn bản UTF-8.\nis not UTF-8 text."
    odd = OSError(errno.ELOOP, os.strerror(errno.ELOOP))
    assert reasons(odd)[0] == "máy báo lỗi ELOOP"
    assert reasons(OSError("odd")) == ("máy báo lỗi odd", "odd")
