"""The finder on planted numbers: it would be worth nothing if it could not fail."""

from __future__ import annotations

import pytest

from tests.passports.finder import Drawn, drawn, loose, marked, read
from tests.passports.passports import faults

PASSPORT = (
    '<div data-passport><p data-passport-method>Sum.</p><span data-passport-day="2026-03-31">Mar 31, 2026</span>'
    '<span data-figure="money" data-value="1250.50">$1,250.50</span></div>'
)
FIGURE = '<a data-figure="money" data-value="1250.5" data-as-of="2026-03-31" href="/p/">$1,250.50</a>'


def numbers(html: str) -> list[str]:
    return [each.number for each in loose(read(html), this_year=2026)]


@pytest.mark.parametrize(
    "planted",
    [
        "$1,250.50",
        "$0",
        "−$12",
        "€ 3",
        "US$500",
        "12 USD",
        "4.5%",
        "4.5 %",
        "25 bps",
        "25 basis points",
        "1,000,000",
        "12.50",
        "1.2M",
        "310K",
        "2061",
    ],
)
@pytest.mark.parametrize("around", ["<p>{}</p>", "<td>is {} now</td>", "<button>Pay {}</button>", "<p>x<br>{}</p>"])
def test_a_number_of_the_books_that_is_not_marked_is_found(planted, around):
    assert len(numbers(around.format(planted))) == 1


@pytest.mark.parametrize(
    "harmless",
    ["Mar 31, 2026", "2026-03-31", "3 households", "version 2", "Clause 4.1", "step 2 of 4", "2026", "A-2026-0001"],
)
def test_what_is_no_number_of_the_books_is_let_be(harmless):
    assert numbers(f"<p>{harmless}</p>") == []


@pytest.mark.parametrize(
    "html",
    [
        FIGURE,
        PASSPORT,
        "<p data-verbatim='typed'>Sold for $5,000</p>",
        "<select><option>1.00%</option></select>",
        "<textarea>$5</textarea>",
        "<time>12.50</time>",
        "<script>let a = '$5'</script>",
        "<figure data-chart='x'><p>81.5% of futures</p></figure>",
    ],
)
def test_figures_passports_charts_fields_and_words_of_people_are_not_loose(html):
    assert numbers(html) == []


def test_the_year_that_heads_a_row_of_figures_is_let_be_and_an_amount_there_is_not():
    assert numbers(f"<tr><th>2061</th><td>{FIGURE}</td></tr>") == []
    assert numbers("<tr><th>2061</th><td>soon</td></tr>") == ["2061"]
    assert numbers(f"<tr><th>$5</th><td>{FIGURE}</td></tr>") == ["$5"]


def test_what_follows_an_excluded_element_is_read_again():
    assert numbers(f"{FIGURE} and $7<p data-verbatim='typed'>x</p>$8") == ["$7", "$8"]


def test_the_drawn_number_of_a_dial_needs_its_figure_beside_it():
    reading = "<svg><text class='reading'>81.0%</text></svg>"
    assert numbers(f"<div>{reading}{FIGURE}</div>") == []
    assert numbers(f"<div>{reading}</div>") == ["81.0%"]


def test_a_figure_is_read_with_its_value_day_and_address():
    (found,) = marked(read(FIGURE + PASSPORT))
    assert (found.kind, found.value, found.day, found.address) == ("money", "1250.5", "2026-03-31", "/p/")


def test_a_chart_is_read_with_its_passport():
    page = (
        "<figure data-chart='worth'><a data-chart-passport href='/w/'>x</a></figure><figure data-chart='bare'></figure>"
    )
    assert drawn(read(page)) == [Drawn("worth", "/w/"), Drawn("bare", "")]


def test_a_passport_holds_the_digits_the_method_and_the_day():
    (figure,) = marked(read(FIGURE))
    assert faults(figure, read(PASSPORT)) == []
    assert faults(figure, read("<p>Something else</p>")) == ["is no passport"]
    assert "does not hold 1250.5" in faults(figure, read(PASSPORT.replace("1250.50", "1250.51")))[0]
    assert faults(figure, read(PASSPORT.replace("data-passport-method", "class"))) == ["names no method"]
    assert faults(figure, read(PASSPORT.replace("2026-03-31", "2026-04-30")))[0].startswith("is as of 2026-04-30")
