"""The pages of portfolios: those of the firm, of a household and of an account, by what the actor may open."""

from __future__ import annotations

from typing import Any

from django import template
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.accounts.policies import Permission
from apps.portfolios.models import Account
from apps.portfolios.selectors.distributions import WITH_DISTRIBUTIONS

register = template.Library()

# name of the address, label, what one needs; pages of the same group stand in a row of their own
Page = tuple[str, Any, Permission]
Group = tuple[Any, tuple[Page, ...]]
SEE, EDIT, SEE_ALL = Permission.VIEW_PORTFOLIOS, Permission.EDIT_PORTFOLIOS, Permission.VIEW_ALL_HOUSEHOLDS

FIRM: tuple[Group, ...] = (
    (_("Accounts"), (("account-list", "", SEE),)),
    (_("Models"), (("model-list", "", SEE),)),
    (_("Services"), (("service-list", "", SEE),)),
    (_("Benchmarks"), (("benchmark-list", "", SEE),)),
    (_("Composites"), (("composite-list", "", SEE_ALL),)),
    (_("Firm performance"), (("firm-performance", "", SEE_ALL),)),
    (_("Opportunities"), (("opportunity-list", "", SEE),)),
    (
        _("Trades"),
        (
            ("trade-list", _("Proposals"), SEE),
            ("order-list", _("Orders"), SEE),
            ("commissions", _("Commissions"), Permission.MANAGE_FIRM),
        ),
    ),
    (_("Reconciliation"), (("break-list", "", SEE),)),
    (_("Reports"), (("report-list", "", SEE),)),
    (
        _("Securities"),
        (
            ("security-list", _("Securities"), SEE),
            ("market-actions", _("Corporate actions"), SEE),
            ("exchange-rate-list", _("Rates of exchange"), SEE),
        ),
    ),
    (
        _("Tax"),
        (
            ("equivalence-list", _("Identical securities"), SEE),
            ("firm-tax-rates", _("Tax rates"), Permission.MANAGE_FIRM),
        ),
    ),
)
_PERFORMANCE: tuple[Group, ...] = (
    (
        _("Performance"),
        (
            ("{}-performance", _("Returns"), SEE),
            ("{}-sleeves", _("By sleeve"), SEE),
            ("{}-benchmark", _("Benchmark"), SEE),
        ),
    ),
    (_("Attribution"), (("{}-attribution", _("Against the benchmark"), SEE), ("{}-sources", _("Sources"), SEE))),
    (_("Risk"), (("{}-risk", _("Risk"), SEE), ("{}-concentration", _("Concentration"), SEE))),
)
HOUSEHOLD: tuple[Group, ...] = (
    (_("Holdings"), (("{}-portfolio", "", SEE),)),
    (_("Services"), (("{}-services", "", SEE),)),
    (_("Valued by hand"), (("{}-assets", "", SEE),)),
    (_("Targets and drift"), (("{}-targets", "", SEE),)),
    *_PERFORMANCE,
    (
        _("Gains and losses"),
        (
            ("{}-gains", _("Realised"), SEE),
            ("{}-harvest", _("Losses to take"), SEE),
            ("{}-tax-rates", _("Tax rates"), EDIT),
        ),
    ),
    (_("Trades"), (("{}-trades", "", SEE),)),
    (_("Reports"), (("{}-reports", "", SEE),)),
)
ACCOUNT: tuple[Group, ...] = (
    (_("Holdings"), (("{}-detail", "", SEE),)),
    (_("Lots"), (("{}-lots", _("Open lots"), SEE), ("lot-methods", _("Lot methods"), EDIT))),
    *_PERFORMANCE,
)
DISTRIBUTIONS: Group = (_("Required distributions"), (("account-distributions", "", SEE),))


@register.simple_tag(takes_context=True)
def firm_portfolio_pages(context: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the pages of the firm's portfolios: url, label, active, and the pages of the group that is open."""
    return _groups(context, FIRM, "")


@register.simple_tag(takes_context=True)
def household_portfolio_pages(context: dict[str, Any], household_id: object) -> list[dict[str, Any]]:
    """Return the pages of a household's portfolio."""
    return _groups(context, HOUSEHOLD, "household", household_id)


@register.simple_tag(takes_context=True)
def account_pages(context: dict[str, Any], account: Account) -> list[dict[str, Any]]:
    """Return the pages of an account."""
    has_distributions = account.registration in WITH_DISTRIBUTIONS
    groups = (*ACCOUNT, DISTRIBUTIONS) if has_distributions else ACCOUNT
    return _groups(context, groups, "account", account.public_id)


def _groups(context: dict[str, Any], groups: tuple[Group, ...], owner: str, *args: object) -> list[dict[str, Any]]:
    actor, path = context["actor"], context["request"].path
    shown: list[dict[str, Any]] = []
    for label, pages in groups:
        links = [
            {"url": url, "label": name, "active": path == url}
            for page, name, permission in pages
            if actor.can(permission)
            for url in [reverse(f"portfolios:{page.format(owner)}", args=args)]
        ]
        if links:
            # the page of one of the firm's things stands beneath its list; the first page of all is above everything
            is_within = any(path.startswith(str(link["url"])) for link in links) and bool(shown)
            is_open = is_within or any(link["active"] for link in links)
            inner = links if is_open and len(links) > 1 else []
            shown.append({"url": links[0]["url"], "label": label, "active": is_open, "pages": inner})
    return shown
