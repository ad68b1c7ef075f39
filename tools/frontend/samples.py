"""What the gallery shows: an invented household, one chart of each kind, a form of each field."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.core.paginator import Paginator


class HouseholdForm(forms.Form):
    """One field of each shape."""

    name = forms.CharField(label="Name of the household", help_text="As it will read on letters.")
    state = forms.ChoiceField(label="State", choices=[("", "Choose one"), ("NY", "New York")])
    income = forms.DecimalField(label="Income a year", required=False, min_value=0)
    note = forms.CharField(label="Note", widget=forms.Textarea(attrs={"rows": 2}), required=False)
    risk = forms.ChoiceField(
        label="If markets fell by a fifth",
        choices=[("a", "I would sell"), ("b", "I would wait"), ("c", "I would buy")],
        widget=forms.RadioSelect,
    )
    consent = forms.BooleanField(label="They agreed to electronic delivery", help_text="Kept with date and wording.")


def fan() -> dict[str, Any]:
    """Return a fan of forty years."""
    years = list(range(2026, 2066))
    median = [1_200_000 * 1.045**i - 2_250 * i * max(0, i - 20) for i in range(40)]

    def band(width: float) -> list[float]:
        return [max(0.0, value * (1 + width * math.sqrt(i) / 6)) for i, value in enumerate(median)]

    return {
        "kind": "fan",
        "title": "The money lasts to 92 in 81 of 100 futures",
        "unit": "US dollars of today",
        "format": "money",
        "as_of": "2026-03-31",
        "note": "returns simulated",
        "x": {"label": "Year", "values": years},
        "series": [
            {"name": "Median", "values": median, "meaning": "main"},
            {
                "name": "Steady returns",
                "values": [v * 1.01**i for i, v in enumerate(median)],
                "meaning": "target",
                "style": "dashed",
            },
        ],
        "bands": [
            {"name": "10 to 90 of 100", "low": band(-0.6), "high": band(0.9)},
            {"name": "25 to 75 of 100", "low": band(-0.3), "high": band(0.4)},
        ],
        "markers": [{"x": 2035, "label": "College", "met": True}, {"x": 2046, "label": "Retirement", "met": False}],
    }


def flows(year: str, wages: float) -> dict[str, Any]:
    """Return one year of the cash-flow chart."""
    shares = {"Tax": 0.23, "Spending": 0.46, "Saving": 0.31}
    parts = [{"source": "Income", "target": name, "value": wages * share} for name, share in shares.items()]
    return {"label": year, "flows": [{"source": "Wages", "target": "Income", "value": wages}, *parts]}


def charts() -> dict[str, Any]:
    """Return a specification of each kind."""
    same = {"format": "money", "as_of": "2026-03-31"}
    months = [f"{year}-{month:02}" for year in (2023, 2024, 2025) for month in range(1, 13)]
    return {
        "fan": fan(),
        "allocation": {
            "kind": "allocation",
            "title": "Equity is 4 points over its target",
            "format": "percent",
            "as_of": "2026-03-31",
            "x": {"label": "Class", "values": ["US equity", "Intl equity", "Bonds", "Cash"]},
            "series": [
                {"name": "Now", "values": [0.44, 0.18, 0.33, 0.05]},
                {"name": "Target", "values": [0.40, 0.18, 0.37, 0.05]},
            ],
            "bands": [{"name": "Tolerance", "low": [0.35, 0.13, 0.32, 0.02], "high": [0.45, 0.23, 0.42, 0.08]}],
        },
        "donut": {
            **same,
            "kind": "donut",
            "title": "Two funds hold three quarters of the money",
            "x": {"label": "Holding", "values": ["VTI", "VXUS", "BND", "Cash"]},
            "series": [{"name": "Value", "values": [520_000, 210_000, 390_000, 60_000]}],
        },
        "lines": {
            **same,
            "kind": "lines",
            "title": "Grew 31% in three years, 2 points behind its benchmark",
            "x": {"label": "Month", "values": months},
            "series": [
                {
                    "name": "Portfolio, net",
                    "values": [900_000 * 1.0075**i + 8_000 * math.sin(i) for i in range(36)],
                    "meaning": "portfolio",
                },
                {"name": "Benchmark", "values": [900_000 * 1.008**i for i in range(36)], "meaning": "benchmark"},
            ],
            "lines": [{"y": 1_000_000, "label": "Goal"}],
        },
        "waterfall": {
            **same,
            "kind": "waterfall",
            "title": "Markets brought more than new clients",
            "x": {"label": "Step", "values": ["Last year", "Markets", "New", "Left", "This year"]},
            "series": [{"name": "Revenue", "values": [1_200_000, 140_000, 90_000, -60_000, 1_370_000]}],
        },
        "bars": {
            **same,
            "kind": "bars",
            "title": "Withdrawals start in 2031",
            "x": {"label": "Year", "values": list(range(2026, 2038))},
            "series": [
                {"name": "Wages", "values": [180_000] * 5 + [0] * 7, "meaning": "wages", "stack": "a"},
                {
                    "name": "Social Security",
                    "values": [0] * 7 + [52_000] * 5,
                    "meaning": "social_security",
                    "stack": "a",
                },
                {
                    "name": "Withdrawals",
                    "values": [0] * 5 + [120_000] * 2 + [70_000] * 5,
                    "meaning": "withdrawal",
                    "stack": "a",
                },
            ],
        },
        "sankey": {
            **same,
            "kind": "sankey",
            "title": "A third of the income is saved",
            "frames": [flows("2026", 210_000), flows("2027", 215_000)],
        },
    }


def people() -> list[dict[str, Any]]:
    """Return the rows of the table."""
    names = ["Okafor-Reyes", "Lindgren", "Abara", "Whitfield", "Castellano", "Nguyen-Hart", "Bello", "Marsh"]
    states = [("Active", "good"), ("Review due", "warn"), ("Onboarding", "note")]
    return [
        {
            "name": name,
            "people": "2 partners",
            "advisor": "Ada Lindqvist",
            "status": states[i % 3][0],
            "tone": states[i % 3][1],
            "value": Decimal(2_412_880 - i * 231_411),
            "gain": Decimal("0.0431") - Decimal(i) / 100,
            "next": "Quarterly review",
        }
        for i, name in enumerate(names)
    ]


def sample() -> dict[str, Any]:
    """Return the context of the gallery's template."""
    sent_back = HouseholdForm({"name": "", "income": "-5"}, auto_id="bad_%s")
    sent_back.is_valid()
    now = datetime.now(UTC)
    stats = {
        "net_worth": "3481220.55",
        "change": "-42110.10",
        "probability": "0.812",
        "portfolio": "2412880",
        "ytd": "0.0431",
        "fee": "4824.76",
        "shortfall": "-212400",
        "more": "640",
        "total": "12834220.20",
    }
    places = ["Today", "Households", "Plans", "Portfolios", "Billing", "Compliance", "Reports", "Settings"]
    tabs = ["Overview", "Plan", "Portfolio", "Money", "Documents", "Messages", "Billing", "Compliance", "History"]
    return {
        "day": date(2026, 3, 31),
        "stats": {name: Decimal(value) for name, value in stats.items()},
        "charts": charts(),
        "rows": people(),
        "page": Paginator(range(412), 50).page(2),
        "tabs": [{"url": "#", "label": name, "active": name == "Overview"} for name in tabs],
        "navigation": [
            {"url": "#", "label": name, "icon": name.lower(), "active": name == "Households"} for name in places
        ],
        "steps": [
            {"name": "Agreement", "state": "done", "who": "Signed Mar 2"},
            {"name": "Questionnaire", "state": "now", "who": "Tomás Reyes"},
            {"name": "Plan", "state": "blocked", "who": "Needs the questionnaire"},
            {"name": "Review", "state": "next"},
        ],
        "events": [
            {"icon": "sign", "what": "Clay Okafor signed the plan", "who": "Clay Okafor", "at": now, "url": "#"},
            {
                "icon": "warning",
                "what": "Tolerance and capacity disagree",
                "at": now - timedelta(days=1),
                "tone": "warn",
            },
        ],
        "changes": [
            {"field": "Savings a month", "before": "$1,200", "after": "$1,840"},
            {"field": "Reason", "before": "", "after": "Regular bonus"},
        ],
        "facts": [
            {"label": "Client since", "value": "Mar 2, 2021"},
            {"label": "Agreement", "value": "Advisory 2024-B, clause 4.2"},
        ],
        "form": HouseholdForm(),
        "form_with_errors": sent_back,
        "file_errors": ["Line 14 has no amount. Add one or delete the line."],
        "firm": {"name": "Harbor Advisory"},
    }
