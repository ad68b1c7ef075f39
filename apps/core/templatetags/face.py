"""The components of the face as template tags and filters: `{% load face %}` (docs/face.md shows each of them)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django import template
from django.forms import BaseForm, BoundField, CheckboxInput, CheckboxSelectMultiple, NumberInput, RadioSelect, Select
from django.template.context import Context
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import localize
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import slugify
from django.utils.translation import get_language, gettext, ngettext

from apps.core.models import Job
from apps.core.templatetags import formats
from apps.core.templatetags.charts import ChartSpec, Dial, chart_table
from apps.kernel.money import Money, Rate

register = template.Library()

Value = formats.Number | Rate | Money


# --- numbers, money, moments -----------------------------------------------------------------------------------------
@register.filter
def money(value: Money | formats.Number | None, style: str = "") -> str:
    """Write an amount; styles: exact, whole, compact. Nothing known is a dash."""
    return "–" if value is None or value == "" else formats.money_text(value, style=style)


@register.filter
def percent(fraction: Rate | formats.Number | None, places: int = 1) -> str:
    """Write a proportion in per cent: 0.123 is 12.3%."""
    return "–" if fraction is None or fraction == "" else formats.percent_text(fraction, places)


@register.filter
def bps(fraction: Rate | formats.Number | None) -> str:
    """Write a proportion in basis points: 0.0125 is 125 bps."""
    if fraction is None or fraction == "":
        return "–"
    return gettext("%(number)s bps") % {"number": formats.number_text(formats.decimal_of(fraction) * 10_000)}


@register.filter
def quantity(value: formats.Number | None, places: int | None = None) -> str:
    """Write a number with thousands and the decimals it has (six at most), or with exactly `places`."""
    return "–" if value is None or value == "" else formats.number_text(value, places)


@register.filter
def step_of(job: Job | None) -> str:
    """Say what a job does; of one that waits, how many that people wait for stand before it."""
    if job and job.step:
        return job.step
    if job and (number := job.count_before()):
        message = ngettext("Waiting: %(number)s task before it", "Waiting: %(number)s tasks before it", number)
        return message % {"number": formats.number_text(number)}
    return gettext("Waiting for a worker")


@register.filter
def date_short(day: date | None) -> str:
    """Write a day: Mar 31, 2026; of a moment that of the reader's time zone."""
    return formats.date_text(_day_here(day)) if day else "–"


@register.filter
def date_long(day: date | None) -> str:
    """Write a day: March 31, 2026; of a moment that of the reader's time zone."""
    return formats.date_text(_day_here(day), "long") if day else "–"


def _day_here(day: date) -> date:
    return timezone.localtime(day).date() if isinstance(day, datetime) and timezone.is_aware(day) else day


@register.filter(name="datetime")
def datetime_(at: datetime | None) -> str:
    """Write a moment to the minute; the exact time and its zone show on hover."""
    return _timed(at, formats.moment_text)


@register.filter
def ago(at: datetime | None) -> str:
    """Write how long ago a moment was; the exact time shows on hover."""
    return _timed(at, formats.ago_text)


def _timed(at: datetime | None, text: Callable[[datetime], str]) -> str:
    if not at:
        return "–"
    exact = formats.moment_text(at, "full")
    return format_html('<time datetime="{}" title="{}">{}</time>', at.isoformat(), exact, text(at))


FIGURES: dict[str, Callable[[Any, str], str]] = {
    "money": lambda value, style: formats.money_text(value, style=style),
    "percent": lambda value, style: formats.percent_text(value, int(style or 1)),
    "points": lambda value, style: formats.points_text(value, int(style or 1)),
    "bps": lambda value, _style: bps(value),
    "quantity": lambda value, style: formats.number_text(value, int(style) if style else None),
    "count": lambda value, _style: formats.number_text(value, 0),
    "years": lambda value, style: formats.number_text(value, int(style or 0)),
    "year": lambda value, _style: str(int(value)),
}


@register.simple_tag
def figure(
    value: Value | None,
    kind: str = "money",
    passport: str = "",
    as_of: date | None = None,
    style: str = "",
    label: str = "",
) -> SafeString:
    """Show a number of the firm's books: marked with `data-figure`, and with its passport a click away.

    `kind` is one of FIGURES (another is refused with KeyError); `style` is the filter's argument (exact, whole,
    compact; decimals of a percentage); `passport` the address of the figure's passport, opened in the side panel;
    `label` what the panel is titled with.
    """
    write = FIGURES[kind]
    if value is None or value == "":
        return format_html(
            '<span data-figure="{}"><span aria-hidden="true">–</span><span class="visually-hidden">{}</span></span>',
            kind,
            gettext("not known"),
        )
    amount = formats.decimal_of(value)
    marks = format_html(
        'data-figure="{}" data-value="{}"{}{}{}',
        kind,
        f"{amount:f}",
        format_html(' data-as-of="{}"', as_of.isoformat()) if as_of else "",
        SafeString(' class="is-negative"') if amount < 0 and kind == "money" else "",
        format_html(' title="{}"', gettext("As of %(day)s") % {"day": formats.date_text(as_of)}) if as_of else "",
    )
    text = write(value, style)
    if not passport:
        return format_html("<span {}>{}</span>", marks, text)
    return format_html(
        '<a {} href="{}" hx-get="{}" hx-target="#side-panel-body" data-panel-title="{}">{}</a>',
        marks,
        passport,
        passport,
        label or gettext("Where this figure comes from"),
        text,
    )


# --- small things ----------------------------------------------------------------------------------------------------
@register.simple_tag
def icon(name: str, size: str = "") -> SafeString:
    """Draw an icon of static/src/icons.json, hidden from screen readers: the words beside it say what it means."""
    return _icon(str(name), str(size), static("icons.svg"))


@lru_cache(maxsize=512)
def _icon(name: str, size: str, sheet: str) -> SafeString:
    return format_html(
        '<svg class="icon{}" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>',
        f" icon-{size}" if size else "",
        sheet,
        name,
    )


@register.simple_tag
def badge(text: object, tone: str = "") -> SafeString:
    """Name a status; tones good, note, warn (a person is needed), bad."""
    return format_html('<span class="badge {}">{}</span>\n', f"is-{tone}" if tone else "", localize(text))


@lru_cache(maxsize=4096)
def initials(name: str) -> str:
    """Return the first letters of the first and the last name, or of the e-mail address."""
    parts = name.replace("@", " ").split()[:: max(1, len(name.split()) - 1)] if " " in name.strip() else [name.strip()]
    return "".join(part[0] for part in parts[:2] if part).upper()


@register.simple_tag
def avatar(name: object, size: str = "") -> SafeString:
    """Stand for a person by initials; the tone follows the name and is decoration only."""
    text = str(name or "?")
    return format_html(
        '<span class="avatar tone-{} {}" aria-hidden="true">{}</span>\n',
        sum(map(ord, text)) % 4,
        f"is-{size}" if size else "",
        initials(text),
    )


@dataclass(frozen=True, slots=True)
class StatOptions:
    """What a stat can say besides its value."""

    kind: str = "money"
    style: str = ""
    unit: str = ""
    passport: str = ""
    as_of: date | None = None
    delta: Any = None
    delta_kind: str = ""
    note: str = ""


@register.inclusion_tag("_components/stat.html")
def stat(label: str, value: Value | None, **options: Any) -> dict[str, object]:
    """Show one figure large: label, value, unit, as-of date, change, note. Options: StatOptions; others are refused."""
    chosen = StatOptions(**options)
    context: dict[str, object] = {"label": label, "value": value, **asdict(chosen)}
    if chosen.delta is not None:
        change = formats.decimal_of(chosen.delta)
        kind = chosen.delta_kind or chosen.kind
        text = FIGURES[kind](chosen.delta, chosen.style if kind == chosen.kind else "")
        context |= {
            "delta": chosen.delta,
            "delta_kind": kind,
            "delta_up": change > 0,
            "delta_down": change < 0,
            "delta_text": f"+{text}" if change > 0 else text,
        }
    return context


# --- blocks ----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class CardOptions:
    """What a card carries around its content."""

    title: str = ""
    subtitle: str = ""
    link_url: str = ""
    link_label: str = ""
    footer: str = ""
    id: str = ""
    css: str = ""
    flush: bool = False


@register.simple_block_tag
def card(content: str, **options: Any) -> SafeString:
    """Frame one thing: `{% card title=… %}…{% endcard %}`. Options: CardOptions; `flush` takes a table to the edge."""
    chosen = CardOptions(**options)
    # a card named by its title never takes the name that another has by its id
    title_id = f"{chosen.id}-title" if chosen.id else f"card-{slugify(chosen.title)}-title"
    return render_to_string("_components/card.html", {**asdict(chosen), "title_id": title_id, "content": content})


@dataclass(frozen=True, slots=True)
class PageHeaderOptions:
    """What the head of a page says besides its title."""

    subtitle: str = ""
    back_url: str = ""
    back_label: str = ""
    status: str = ""
    status_tone: str = ""


@register.simple_block_tag
def page_header(content: str, title: str, **options: Any) -> SafeString:
    """Head a page: the title is its only <h1>, the block holds the actions. Options: PageHeaderOptions."""
    chosen = PageHeaderOptions(**options)
    return render_to_string(
        "_components/page_header.html", {**asdict(chosen), "title": title, "content": SafeString(content.strip())}
    )


@dataclass(frozen=True, slots=True)
class TableOptions:
    """How a table behaves."""

    tall: bool = False
    wide: bool = False
    cards: bool = False
    keyboard: bool = False


@register.simple_block_tag
def table(content: str, caption: str, **options: Any) -> SafeString:
    """Frame a table whose head stays. Options: TableOptions.

    `tall` and `wide` scroll inside, `cards` stacks on a phone, `keyboard` takes j and k.
    """
    chosen = TableOptions(**options)
    return render_to_string("_components/table.html", {**asdict(chosen), "caption": caption, "content": content})


@register.inclusion_tag("_components/th.html", takes_context=True)
def th(context: Context, label: str, sort: str = "", numeric: bool = False, hidden: bool = False) -> dict[str, object]:  # noqa: FBT001, FBT002 - written as numeric=True in templates
    """Head a column; `sort` names the key of `?sort=` and makes the head a link that turns the order round."""
    if not sort:
        return {"label": label, "numeric": numeric, "hidden": hidden}
    query = context["request"].GET.copy()
    now = query.get("sort", "")
    query["sort"] = f"-{sort}" if now == sort else sort
    query.pop("page", None)
    direction = {sort: "ascending", f"-{sort}": "descending"}.get(now, "")
    return {"label": label, "numeric": numeric, "url": f"?{query.urlencode()}", "direction": direction}


@register.inclusion_tag("_components/pagination.html", takes_context=True)
def pagination(context: Context, page: Any) -> dict[str, object]:
    """Walk the pages of a Django `Page`, keeping sort and filters."""
    return {"page": page, "request": context["request"]}


@register.simple_tag
def furniture(template: str, **values: str) -> SafeString:
    """Render what is the same on every page and for every reader of a language, once: it sees nothing of the page."""
    return _furniture(template, get_language() or "", static("icons.svg"), tuple(values.items()))


@lru_cache(maxsize=64)
def _furniture(template: str, _language: str, _sheet: str, values: tuple[tuple[str, str], ...]) -> SafeString:
    return render_to_string(template, dict(values))


# --- forms -----------------------------------------------------------------------------------------------------------
@register.inclusion_tag("_components/form_fields.html")
def form_fields(form: BaseForm) -> dict[str, object]:
    """Render any Django form: a summary of errors, then each field with its label, help and errors tied to it."""
    return {"form": form}


@register.inclusion_tag("_components/form_summary.html")
def form_summary(form: BaseForm) -> dict[str, object]:
    """Say above a form what is wrong in it: nothing while nothing is. For forms that place their fields themselves."""
    return {"form": form, "n_errors": sum(len(errors) for errors in form.errors.values())}


@register.inclusion_tag("_components/form_row.html")
def field(bound: BoundField, *, in_row: bool = False) -> dict[str, object]:
    """Render one field; errors and help are named by aria-describedby.

    `in_row`: a cell of a row that may stay empty as a whole, so that no cell says of itself that it may.
    """
    widget = bound.field.widget
    optional = not bound.field.required and not in_row
    if isinstance(widget, RadioSelect | CheckboxSelectMultiple):
        return {"field": bound, "kind": "group", "widget": bound.as_widget(), "optional": optional}
    if isinstance(widget, CheckboxInput):
        shape, kind = "form-check-input", "check"
    else:
        shape, kind = ("form-select" if isinstance(widget, Select) else "form-control"), "control"
    if isinstance(widget, NumberInput):
        shape += " is-amount"
    css = f"{shape} {widget.attrs.get('class', '')}".strip()
    return {"field": bound, "kind": kind, "widget": bound.as_widget(attrs={"class": css}), "optional": optional}


# --- charts ----------------------------------------------------------------------------------------------------------
@register.inclusion_tag("_components/chart.html")
def chart(spec: ChartSpec, id: str, size: str = "", passport: str = "") -> dict[str, object]:  # noqa: A002 - the attribute's own name
    """Draw a chart specification with table, CSV and picture. `size` is low, tall, list (many lying bars) or the usual.

    `passport` is the address of what its figures are made of.
    """
    return {
        "spec": spec,
        "spec_id": f"{id}-spec",
        "id": id,
        "size": size,
        "passport": passport,
        "file_name": slugify(str(spec["title"])) or id,
        "as_of": formats.date_text(date.fromisoformat(spec["as_of"])) if spec.get("as_of") else "",
        **asdict(chart_table(spec)),
    }


@register.simple_block_tag
def dial(content: str, probability: formats.Number, label: str, **options: Any) -> SafeString:
    """Show a probability as a dial; the block says the dollars and the adjustment, without which it misleads."""
    drawn = Dial.of(probability, label, **options)
    return render_to_string("_components/dial.html", {**asdict(drawn), "content": content})
