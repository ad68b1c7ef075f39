"""The components of the face: how numbers read, what a figure says, and that every component renders."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.template import engines
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import timezone, translation

from apps.core.passports import Amount, Passport, PassportLine
from apps.core.templatetags.charts import ChartSpec
from apps.core.templatetags.face import figure, initials
from apps.kernel.money import Money, Rate
from apps.plans.selectors.figures import Figure
from apps.plans.selectors.overview_parts import GivenLine

ROOT = Path(settings.ROOT)


def rendered(source: str, **context: Any) -> str:
    template = engines["django"].from_string("{% load i18n face %}" + source)
    return str(template.render(context, RequestFactory().get("/households/?sort=name&page=3&advisor=ada")))


class Tags(HTMLParser):
    """Every start tag with its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.found if name == tag]


# --- filters ---------------------------------------------------------------------------------------------------------
def test_filters_write_rates_quantities_and_what_is_not_known() -> None:
    assert rendered("{{ r|percent }} {{ r|bps }}", r=Rate.from_bps(125)) == "1.3% 125 bps"
    assert (
        rendered("{{ q|quantity }} {{ n|quantity:2 }}", q=Decimal("1234.500100"), n=Decimal("3.14159"))
        == "1,234.5001 3.14"
    )
    assert (
        rendered("{{ x|money }}{{ x|percent }}{{ x|bps }}{{ x|quantity }}{{ x|date_short }}{{ x|datetime }}", x=None)
        == "–" * 6
    )


def test_a_moment_shows_its_exact_time_and_zone_on_hover() -> None:
    at = datetime(2026, 3, 31, 18, 5, 9, tzinfo=UTC)
    with timezone.override("America/New_York"):
        html = rendered("{{ at|datetime }}", at=at)
    assert 'datetime="2026-03-31T18:05:09+00:00"' in html
    assert "Mar 31, 2026, 2:05" in html
    assert "2:05:09" in html
    assert "EDT" in html


# --- figures ---------------------------------------------------------------------------------------------------------
def test_a_figure_is_marked_and_opens_its_passport_in_the_side_panel() -> None:
    html = figure(Money(Decimal("3481220.55")), passport="/passports/7/", as_of=date(2026, 3, 31), label="Net worth")
    [link] = Tags(html).named("a")
    assert link["data-figure"] == "money"
    assert link["data-value"] == "3481220.55"
    assert link["data-as-of"] == "2026-03-31"
    assert link["href"] == link["hx-get"] == "/passports/7/"
    assert link["hx-target"] == "#side-panel-body"
    assert link["title"] == "As of Mar 31, 2026"
    assert html.endswith(">$3,481,221</a>")


def test_a_figure_without_a_passport_is_marked_all_the_same() -> None:
    [mark] = Tags(figure(Decimal("-0.02"), kind="percent")).named("span")
    assert mark["data-figure"] == "percent"
    assert "class" not in mark


def test_a_negative_amount_says_so_by_its_sign_and_not_only_by_colour() -> None:
    html = figure(Money(Decimal(-5)))
    assert 'class="is-negative"' in html
    assert "−$5" in html


def test_a_figure_that_is_not_known_is_said_to_screen_readers() -> None:
    html = figure(None)
    assert "not known" in html
    assert "data-value" not in html


def test_a_figure_of_an_unknown_kind_is_refused() -> None:
    with pytest.raises(KeyError):
        figure(Decimal(1), kind="monney")


def test_a_figure_escapes_what_it_is_given() -> None:
    html = figure(Decimal(1), passport='/x/"><script>', label="<b>")
    assert "<script>" not in html
    assert "<b>" not in html


def test_a_stat_shows_value_change_and_date_and_refuses_unknown_options() -> None:
    html = rendered(
        "{% stat 'Net worth' worth delta=change as_of=day passport='/p/' %}",
        worth=Money(Decimal(3481220)),
        change=Money(Decimal(1250)),
        day=date(2026, 3, 31),
    )
    assert "+$1,250" in html
    assert "as of Mar 31, 2026" in html
    with pytest.raises(TypeError):
        rendered("{% stat 'Net worth' 1 colour='red' %}")


# --- tables, tabs, people --------------------------------------------------------------------------------------------
def test_a_sortable_head_turns_the_order_round_and_goes_back_to_the_first_page() -> None:
    html = rendered("{% th 'Household' sort='name' %}{% th 'Value' sort='value' numeric=True %}")
    heads, links = Tags(html).named("th"), Tags(html).named("a")
    assert heads[0]["aria-sort"] == "ascending"
    assert links[0]["href"] == "?sort=-name&advisor=ada"
    assert "aria-sort" not in heads[1]
    assert links[1]["href"] == "?sort=value&advisor=ada"
    assert heads[1]["class"] == "num"


def test_pages_keep_the_filters() -> None:
    html = rendered("{% pagination page %}", page=Paginator(range(412), 50).page(2))
    assert "51–100 of 412" in html
    assert "advisor=ada" in html
    assert "page=3" in html


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Ada Lindqvist", "AL"), ("Tomás de la Reyes", "TR"), ("mallory@example.com", "M"), ("Cher", "C"), ("?", "?")],
)
def test_an_avatar_shows_first_and_last_initial(name: str, letters: str) -> None:
    assert initials(name) == letters


# --- forms -----------------------------------------------------------------------------------------------------------
class HouseholdForm(forms.Form):
    name = forms.CharField(label="Name", help_text="As on letters.")
    income = forms.DecimalField(label="Income", required=False)
    risk = forms.ChoiceField(label="Risk", choices=[("a", "Sell"), ("b", "Wait")], widget=forms.RadioSelect)
    consent = forms.BooleanField(label="Consent")
    token = forms.CharField(widget=forms.HiddenInput, required=False)


def test_every_error_is_tied_to_its_field_and_listed_above_the_form() -> None:
    form = HouseholdForm({"income": "abc"})
    html = rendered("{% form_fields form %}", form=form)
    tags = Tags(html)
    inputs = {str(field["name"]): field for field in tags.named("input")}
    ids = {attributes.get("id") for _, attributes in tags.found}
    for name in ("name", "income", "consent"):
        assert inputs[name]["aria-invalid"] == "true"
        described = str(inputs[name]["aria-describedby"]).split()
        assert f"id_{name}_error" in described
        assert set(described) <= ids
    [group] = tags.named("fieldset")
    assert "id_risk_error" in str(group["aria-describedby"])
    assert {str(link["href"])[1:] for link in tags.named("a")} <= ids
    assert "4 things need mending" in html
    assert inputs["token"]["type"] == "hidden"


def test_a_form_that_places_its_fields_itself_has_the_same_summary() -> None:
    assert "form-summary" not in rendered("{% form_summary form %}", form=HouseholdForm())
    form = HouseholdForm({"income": "abc"})
    alone = rendered("{% form_summary form %}", form=form)
    assert "4 things need mending" in alone
    assert alone.strip() in rendered("{% form_fields form %}", form=form)


def test_every_visible_field_has_a_label() -> None:
    tags = Tags(rendered("{% form_fields form %}", form=HouseholdForm()))
    labelled = {label.get("for") for label in tags.named("label")}
    controls = {field["id"] for field in tags.named("input") if field["type"] != "hidden"}
    assert controls <= labelled


def test_optional_fields_say_so_and_numbers_align_right() -> None:
    html = rendered("{% form_fields form %}", form=HouseholdForm())
    assert html.count("(optional)") == 1
    assert "is-amount" in html


# --- charts ----------------------------------------------------------------------------------------------------------
FAN: ChartSpec = {
    "kind": "fan",
    "title": "The money lasts in 81 of 100 futures",
    "format": "money",
    "as_of": "2026-03-31",
    "x": {"label": "Year", "values": [2026, 2027]},
    "series": [{"name": "Median", "values": [1000.0, None], "meaning": "main"}],
    "bands": [{"name": "10 to 90", "low": [900.0, 950.0], "high": [1100.0, 1200.5]}],
}


def test_a_chart_hands_its_specification_to_the_script_without_inline_code() -> None:
    html = rendered("{% chart spec 'fan' %}", spec={**FAN, "title": "</script><b>"})
    [data] = Tags(html).named("script")
    assert data == {"id": "fan-spec", "type": "application/json"}
    body = html.split('type="application/json">')[1].split("</script>")[0]
    assert json.loads(body)["title"] == "</script><b>"


# --- all of them -----------------------------------------------------------------------------------------------------
LEVER = {
    "key": "extra_saving",
    "label": "Saved more a month",
    "unit": "USD",
    "value": "0",
    "now": "0",
    "low": "0",
    "high": "9",
}
INCLUDES: dict[str, dict[str, Any]] = {
    "calculator_row": {"field": next(iter(HouseholdForm({})))},
    "calculator_unanswered": {"form": HouseholdForm({}), "view": {"is_broken": False}},
    "goal_given": {
        "given": GivenLine(
            *(Figure(share, "percent", "k", "Share") for share in (0.6, 0.2, 0.1)),
            years_later=Figure(1.4, "years", "k", "Years later", "1"),
            part=Figure(0.8, "percent", "k", "Part"),
        )
    },
    "definition_list": {"facts": [{"label": "Since", "value": "2021"}, ("State", "NY")]},
    "diff": {"changes": [{"field": "Savings", "before": 0, "after": ""}]},
    "empty_state": {"title": "No plan yet", "action_url": "/x/", "action_label": "Generate the plan"},
    "error_state": {"retry_url": "/x/", "request_id": "7f3a"},
    "facts_confirmed": {
        "confirmed": {"by": "Priya", "at": datetime(2026, 3, 31, tzinfo=UTC), "reason": "The raise is saved."}
    },
    "file_drop": {"id": "f", "name": "f", "label": "File", "errors": ["Line 14 has no amount."]},
    "form": {"form": HouseholdForm(), "csrf_token": "t"},
    "no_permission": {"who": "Priya"},
    "notice": {"text": "Prices are simulated.", "tone": "note"},
    "offline_state": {},
    "passport": {
        "links": True,
        "passport": Passport(
            title="Net worth",
            value=Amount.of_money(Decimal("1250.50"), "USD"),
            method="Sum.",
            as_of=date(2026, 3, 31),
            source="Ledger",
            basis="Before taxes.",
            version="1",
            notes=("Prices are simulated.",),
            lines=(
                PassportLine(
                    "Savings",
                    "as stated",
                    Amount.of_money(Decimal(5), "USD"),
                    (("Share", Amount(0.5, "percent")),),
                    "/x/",
                ),
                PassportLine("A sentence.", "", None),
            ),
        ),
    },
    "palette": {"search_url": "/search/"},
    "progress": {
        "id": "job",
        "topic": "plan:1",
        "percent": 42,
        "step": "Drawing",
        "title": "Plan",
        "cancel_url": "/x/",
    },
    "search_results": {"groups": [{"label": "People", "hits": [{"url": "/x/", "label": "Clay"}]}]},
    "side_panel": {"title": "Net worth"},
    "skeleton": {"lines": "4"},
    "stepper": {"label": "Onboarding", "steps": [{"name": "Agreement", "state": "now", "who": "Tomás"}]},
    "subnav": {"label": "Portfolio", "pages": [{"url": "/x/", "label": "Risk", "active": True, "pages": []}]},
    "tabs": {"label": "Household", "tabs": [{"url": "/x/", "label": "Plan", "active": True, "count": 2}]},
    "timeline": {"events": [{"what": "Signed", "who": "Clay", "at": datetime(2026, 3, 31, tzinfo=UTC)}]},
    "toast": {"text": "Saved.", "level": "error"},
    "typed_unreadable": {},
    "what_if_lever": {"row": LEVER, "n": 0, "g": 0},
    "what_if_levers": {"groups": [{"title": "Decisions", "rows": [LEVER]}]},
    "what_if_reach": {
        "lines": [{"label": "Saved more", "figure": Figure(100, "count", "k", "More"), "outcome": "already_reached"}],
        "figures": "/x/",
        "query": "",
    },
    "tour": {"tour": {"id": "advisor", "done_url": "/x/", "steps": [{"title": "Today", "text": "What needs you."}]}},
}
FILLED_BY_TAGS = {
    "card",
    "chart",
    "dial",
    "form_errors",
    "form_fields",
    "form_row",
    "form_summary",
    "page_header",
} | {
    "pagination",
    "stat",
    "table",
    "th",
}


@pytest.mark.parametrize("name", sorted(INCLUDES))
def test_every_component_renders_without_inline_style_or_code(name: str) -> None:
    html = render_to_string(f"_components/{name}.html", INCLUDES[name])
    for tag, attributes in Tags(html).found:
        assert "style" not in attributes
        assert not [key for key in attributes if key.startswith("on")]
        assert tag != "script" or attributes.get("type") == "application/json"
    assert html.strip()


def test_no_component_is_left_out_of_these_tests() -> None:
    there = {path.stem for path in (ROOT / "templates" / "_components").glob("*.html")} - {"gallery"}
    assert there == set(INCLUDES) | FILLED_BY_TAGS


def test_every_icon_that_a_template_names_exists() -> None:
    icons = json.loads((ROOT / "static" / "src" / "icons.json").read_text())
    named = {
        part.split('"')[0]
        for path in (ROOT / "templates").rglob("*.html")
        for part in path.read_text().split('{% icon "')[1:]
    }
    assert named <= set(icons)


def test_every_entry_of_the_rail_has_its_icon() -> None:
    icons = json.loads((ROOT / "static" / "src" / "icons.json").read_text())
    assert {entry[3] for entry in settings.NAVIGATION} <= set(icons)


@pytest.mark.parametrize("layout", ["staff", "portal", "public", "auth"])
def test_every_layout_has_one_main_a_skip_link_and_no_inline_code(layout: str) -> None:
    context = {
        "navigation": [{"url": "/", "label": "Today", "icon": "today", "active": True}],
        "brand_css_url": "/brand.css",
    }
    html = render_to_string(f"_layouts/{layout}.html", context, request=RequestFactory().get("/"))
    tags = Tags(html)
    assert len(tags.named("main")) == 1
    assert {"href": "#main", "class": "skip-link"} in tags.named("a")
    assert "/brand.css" in {link["href"] for link in tags.named("link")}
    assert all("src" in script for script in tags.named("script"))
    assert not [attributes for _, attributes in tags.found if "style" in attributes]


@pytest.mark.parametrize("page", ["400", "403", "404", "500", "403_csrf", "_errors/503", "_errors/refused"])
def test_error_pages_say_what_happened_and_name_the_request(page: str) -> None:
    html = render_to_string(f"{page}.html", {"request_id": "7f3a-51c2", "message": "Locked.", "mend": "Unlock it."})
    assert "7f3a-51c2" in html
    assert "data-error-message" in html
    assert "href=" in html


@pytest.mark.parametrize("mail", ["email_confirmation", "email_confirmation_signup", "password_reset_key"])
def test_account_mails_carry_their_link_in_both_parts(mail: str) -> None:
    link = "https://harbor.example/confirm/?key=a&next=/"
    context = {"activate_url": link, "password_reset_url": link, "firm": {"name": "Harbor & Sons"}, "user": None}
    text = render_to_string(f"account/email/{mail}_message.txt", context)
    html = render_to_string(f"account/email/{mail}_message.html", context)
    assert link in text
    assert "Harbor & Sons" in text
    assert {"href": link} in [{"href": anchor["href"]} for anchor in Tags(html).named("a")]
    assert "Harbor &amp; Sons" in html


def test_badge_and_avatar_escape_what_they_are_given() -> None:
    assert rendered("{% badge text tone=tone %}", text="<b>&", tone='x" y') == (
        '<span class="badge is-x&quot; y">&lt;b&gt;&amp;</span>\n'
    )
    assert rendered("{% badge text %}", text=1.5) == '<span class="badge ">1.5</span>\n'
    assert "&lt;" in rendered("{% avatar name %}", name="<b> <i>")


def test_furniture_is_rendered_once_for_each_language_and_sees_nothing_of_the_page() -> None:
    source = '{% furniture "_components/palette.html" search_url=url %}'
    english = rendered(source, url="/search/?a&b", user="Ada")
    assert "/search/?a&amp;b" in english
    with translation.override("pt-br"):
        portuguese = rendered(source, url="/search/?a&b")
    assert "Buscar" in portuguese or "Pesquisar" in portuguese
    assert rendered(source, url="/search/?a&b") == english
