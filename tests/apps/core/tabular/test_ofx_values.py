from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ofxtools.Types import DateTime

from apps.core.tabular.ofx_values import read_amount, read_day, read_moment
from apps.core.tabular.problems import CellError


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("19881201", datetime(1988, 12, 1)),
        ("19881201230100 [-5:EST]", datetime(1988, 12, 2, 4, 1, tzinfo=UTC)),
        ("20120412120000 [-5.5:XXX]", datetime(2012, 4, 12, 17, 30, tzinfo=UTC)),
        ("20120412120000[-3.30:NST]", datetime(2012, 4, 12, 15, 30, tzinfo=UTC)),
        ("20120412120000.000[+5.75:NPT]", datetime(2012, 4, 12, 6, 15, tzinfo=UTC)),
        ("20091217162416.000[-:EST]", datetime(2009, 12, 17, 21, 24, 16, tzinfo=UTC)),
        ("20180804093914:014", datetime(2018, 8, 4, 9, 39, 14, 14_000)),
        ("19881201230100 [-.5:XXX]", datetime(1988, 12, 1, 23, 31, tzinfo=UTC)),
        ("201201311200", datetime(2012, 1, 31, 12)),
    ],
)
def test_moments_are_read_as_banks_write_them(text: str, moment: datetime) -> None:
    assert read_moment(text) == moment


def test_a_day_stays_the_day_of_the_bank() -> None:
    assert read_day("20201231230000.000[-8:PST]") == date(2020, 12, 31)


@pytest.mark.parametrize("text", ["20120231", "201120000000", "yesterday", "", "2012", "20121301[", "20120101999999"])
def test_impossible_moments_are_refused(text: str) -> None:
    with pytest.raises(CellError, match="not a date of OFX"):
        read_moment(text)


@given(st.datetimes(datetime(1901, 1, 1), datetime(2099, 12, 31)), st.integers(-12, 12))
def test_moments_agree_with_ofxtools(naive: datetime, hours: int) -> None:
    text = f"{naive:%Y%m%d%H%M%S}.000[{hours:+d}:XXX]"
    assert read_moment(text) == DateTime().convert(text)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("-345.27", "-345.27"),
        ("+00000000001111.0000", "1111"),
        ("-10,5", "-10.5"),
        ("1.234,56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("-.5", "-0.5"),
        ("2607.1664944585727", "2607.1664944585727"),
        ("0,125", "0.125"),
    ],
)
def test_amounts_are_read_exactly(text: str, amount: str) -> None:
    assert read_amount(text) == Decimal(amount)


@pytest.mark.parametrize("text", ["$120", "1,234", "", "1e5", "12a", "--5", "nan", "1.2.3", "9" * 40])
def test_amounts_that_could_be_meant_otherwise_are_refused(text: str) -> None:
    with pytest.raises(CellError, match="not an amount of OFX"):
        read_amount(text)


@given(st.text(max_size=30))
def test_any_text_is_a_value_or_a_cell_error(text: str) -> None:
    for read in (read_amount, read_moment, read_day):
        with suppress(CellError):
            assert read(text) is not None
