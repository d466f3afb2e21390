"""Vietnam's public holidays as the library has them: named, moved, made up for, years ahead."""

from datetime import date, timedelta

from controller.public_holidays import of_year


def test_a_year_has_tet_the_kings_and_the_days_that_were_moved():
    off = of_year(2024).off
    tet = [day for day, name in off.items() if "Tết Nguyên Đán" in name]
    assert tet == [date(2024, 2, day) for day in range(9, 15)], "the last one made up for Saturday"
    assert off[date(2024, 4, 18)] == "Ngày Giỗ Tổ Hùng Vương"
    assert off[date(2024, 4, 29)] == "Ngày nghỉ (thay cho ngày 04/05/2024)"
    assert date(2024, 5, 4) in of_year(2024).worked
    assert {date(2024, 4, 30), date(2024, 5, 1), date(2024, 9, 2), date(2024, 9, 3)} <= off.keys()
    assert of_year(2024, "en").off[date(2024, 4, 18)] == "Hung Kings' Commemoration Day"


def test_a_day_that_is_worked_for_one_of_the_next_year_is_known_in_its_own():
    assert date(2014, 12, 27) in of_year(2014).worked
    assert all(day.year == 2015 for day in of_year(2015).worked)


def test_years_ahead_have_their_holidays_too_and_beyond_the_calendar_there_is_none():
    for year in range(2026, 2061):
        off = of_year(year).off
        assert sum("Tết Nguyên Đán" in name for name in off.values()) >= 5, year
        hung_kings = [day for day, name in off.items() if "Hùng Vương" in name]
        assert date(year, 3, 20) < hung_kings[0] < date(year, 5, 10), year
        assert all(date(year, 1, 1) <= day < date(year, 1, 1) + timedelta(days=366) for day in off)
    assert not any("Nguyên Đán" in name for name in of_year(2150).off.values())
