"""Which files of a meeting's minutes stay."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.meetings.minutes.kept_files import KeptFile, LeavingFiles, leaving


def some(count: int, needed: tuple[int, ...] = ()) -> list[KeptFile]:
    return [KeptFile(one, True, one in needed) for one in range(1, count + 1)]


@pytest.mark.parametrize(
    ("count", "needed", "contents"),
    [(3, (), ()), (4, (), (2,)), (4, (2,), (3,)), (4, (2, 3), (2,)), (6, (2,), (3, 4, 5))],
)
def test_the_first_and_the_newest_stay_and_what_is_needed_leaves_last(
    count: int, needed: tuple[int, ...], contents: tuple[int, ...]
) -> None:
    assert leaving(some(count, needed), most=3).contents == contents


def test_rows_without_content_leave_when_they_are_too_many() -> None:
    files = [KeptFile(1, True), KeptFile(2, False), KeptFile(3, False), KeptFile(4, True)]
    assert leaving(files, most=3, most_rows=3) == LeavingFiles(rows=(2,))
    full = [KeptFile(1, True), KeptFile(2, True), KeptFile(3, True)]
    assert leaving(full, most=2, most_rows=2) == LeavingFiles(rows=(2,))


@given(st.lists(st.booleans(), max_size=60))
def test_added_one_by_one_there_are_never_too_many(needed: list[bool]) -> None:
    files: list[KeptFile] = []
    for number, is_needed in enumerate(needed, start=1):
        files.append(KeptFile(number, True, is_needed))
        out = leaving(files, most=5, most_rows=12)
        files = [
            KeptFile(
                one.file_id, one.has_content and one.file_id not in out.contents, one.is_needed
            )
            for one in files
            if one.file_id not in out.rows
        ]
        assert sum(one.has_content for one in files) <= 5
        assert len(files) <= 12
        assert files[0].file_id == 1 and files[0].has_content
        assert files[-1].file_id == number and files[-1].has_content
