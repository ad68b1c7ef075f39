"""Words of required distributions."""

from __future__ import annotations

from django import template

from apps.portfolios.selectors.distribution_pages import table_text

register = template.Library()
register.filter("life_table", table_text)
