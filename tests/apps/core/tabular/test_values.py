from datetime import date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.core.tabular.problems import CellError
from apps.core.tabular.values import (
    DateOrder,
    DateStyle,
    detected_order,
    is_missing,
    read_date,
    read_decimal,
    read_percent,
    text_of,
)
from apps.kernel.errors import InvalidInputError


@pytest.mark.parametrize(
    ("text", "locale", "expected"),
    [
        ("$1,234.56", "en_US", "1234.56"),
        ("(1,234.56)", "en_US", "-1234.56"),
        ("($1,234.56)", "en_US", "-1234.56"),
        ("$-0.88", "en_US", "-0.88"),
        ("-$0.88", "en_US", "-0.88"),
        ("−12", "en_US", "-12"),
        ("12.50-", "en_US", "-12.50"),
        (".5", "en_US", "0.5"),
        ("1e5", "en_US", "100000"),
        ("1234.56 USD", "en_US", "1234.56"),
        ("1\u00a0234.56", "en_US", "1234.56"),
        ("1.234,56", "pt_BR", "1234.56"),
        ("R$ 1.234,56", "pt-BR", "1234.56"),
        ("1234,5", "pt_BR", "1234.5"),
        ("1 234,56", "fr_FR", "1234.56"),
        ("1'234.56", "de_CH", "1234.56"),
    ],
)
def test_an_amount_is_read_by_the_marks_of_its_language(text: str, locale: str, expected: str) -> None:
    assert read_decimal(text, locale) == Decimal(expected)


@pytest.mark.parametrize(
    ("text", "locale"),
    [
        ("1.234,56", "en_US"),
        ("1,23", "en_US"),
        ("1,234.56", "pt_BR"),
        ("1,,2", "en_US"),
        ("--5", "en_US"),
        ("(-5)", "en_US"),
        ("((5))", "en_US"),
        ("12a", "en_US"),
        ("٣", "en_US"),
        ("9" * 40, "en_US"),
        ("=1+1", "en_US"),
        ("nan", "en_US"),
    ],
)
def test_an_amount_that_could_be_meant_otherwise_is_refused(text: str, locale: str) -> None:
    with pytest.raises(CellError) as refused:
        read_decimal(text, locale)
    assert refused.value.code == "not_a_number"
    assert refused.value.mend


@pytest.mark.parametrize("text", ["", "  ", "--", "-", "N/A", "n/a", "#N/A", "—"])
def test_a_mark_for_none_is_none_and_not_zero(text: str) -> None:
    assert is_missing(text)
    assert read_decimal(text) is None
    assert read_date(text) is None
    assert read_percent(text) is None


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=2, allow_nan=False, allow_infinity=False))
def test_what_english_writes_is_read_back_to_the_cent(value: Decimal) -> None:
    assert read_decimal(f"${abs(value):,.2f}") == abs(value)
    assert read_decimal(f"({abs(value):,.2f})") == -abs(value)
    assert read_decimal(f"{value:,.2f}") == value


@given(st.text(max_size=30))
def test_any_text_is_a_number_or_a_cell_error(text: str) -> None:
    for locale in ("en_US", "pt_BR"):
        try:
            value = read_decimal(text, locale)
        except CellError:
            continue
        assert value is None or value.is_finite()


@given(st.text(max_size=30))
def test_any_text_is_a_day_or_a_cell_error(text: str) -> None:
    try:
        day = read_date(text)
    except CellError:
        return
    assert day is None or isinstance(day, date)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-31", date(2026, 3, 31)),
        ("3/31/2026", date(2026, 3, 31)),
        ("1/5/23", date(2023, 1, 5)),
        ("06-Apr-2021", date(2021, 4, 6)),
        ("Apr 6, 2021", date(2021, 4, 6)),
        ("6 de abril de 2021", date(2021, 4, 6)),
        ("43000", date(2017, 9, 22)),
        ("20210405", date(2021, 4, 5)),
        ("2024-01-16T10:01:02.811Z", date(2024, 1, 16)),
        ("08/24/2020 13:22:52", date(2020, 8, 24)),
        ("12/03/2025 3:00 pm", date(2025, 12, 3)),
    ],
)
def test_a_day_is_read_in_the_shapes_that_exports_use(text: str, expected: date) -> None:
    assert read_date(text) == expected


@pytest.mark.parametrize("text", ["2/30/2020", "31/3/2026", "tomorrow", "06:04 PM", "0/0/0000", "13/13/2020", "1"])
def test_a_day_that_does_not_exist_is_refused(text: str) -> None:
    with pytest.raises(CellError, match="is not a date"):
        read_date(text)


def test_the_order_of_day_and_month_is_the_declared_one() -> None:
    day_first = DateStyle(DateOrder.DAY_FIRST)
    assert read_date("3/4/2026", day_first) == date(2026, 4, 3)
    assert DateStyle.of_locale("pt_BR").order is DateOrder.DAY_FIRST
    assert DateStyle.of_locale("en-US").order is DateOrder.MONTH_FIRST
    assert read_date("31.12.2025", DateStyle(strptime="%d.%m.%Y")) == date(2025, 12, 31)
    with pytest.raises(CellError):
        read_date("12/31/2025", DateStyle(strptime="%d.%m.%Y"))
    with pytest.raises(InvalidInputError, match="no known language"):
        DateStyle.of_locale("klingon")


def test_two_digit_years_need_a_declared_pivot() -> None:
    with pytest.raises(CellError) as refused:
        read_date("3/5/52", DateStyle())
    assert refused.value.code == "two_digit_year"
    assert read_date("3/5/52", DateStyle(pivot=30)) == date(1952, 3, 5)


def test_the_order_is_detected_only_when_the_days_agree() -> None:
    assert detected_order(["3/31/2026", "1/2/2026"]) is DateOrder.MONTH_FIRST
    assert detected_order(["31/3/2026"]) is DateOrder.DAY_FIRST
    assert detected_order(["1/2/2026"]) is None
    assert detected_order(["31/3/2026", "3/31/2026"]) is None


def test_cells_of_a_sheet_keep_their_type() -> None:
    assert read_decimal(Decimal("0.1")) == Decimal("0.1")
    assert read_date(datetime(2026, 3, 31, 12, 30)) == date(2026, 3, 31)
    assert read_date(Decimal(43000)) == date(2017, 9, 22)
    assert text_of(Decimal(2134)) == "2134"
    assert text_of(Decimal("10.50")) == "10.5"
    assert text_of(datetime(2026, 3, 31)) == "2026-03-31"
    with pytest.raises(CellError):
        read_decimal(date(2026, 3, 31))
    with pytest.raises(CellError):
        read_date(time(10, 30))


def test_percentages_are_proportions() -> None:
    assert read_percent("+2.68%") == Decimal("0.0268")
    assert read_percent("2,5%", "pt_BR") == Decimal("0.025")
