"""Search over everything a person may see: the palette's answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.accounts.policies import Permission
from apps.billing.models import Invoice
from apps.clients.models import Household, Person
from apps.core.actors import Actor
from apps.portfolios.models import Account
from apps.portfolios.selectors.securities import security_list

HITS = 6
SHORTEST = 2
LONGEST = 80


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found, and its page."""

    url: str
    label: str
    sub: str = ""
    icon: str = "arrow-right"


@dataclass(frozen=True, slots=True)
class HitGroup:
    """Hits of one kind."""

    label: str
    hits: tuple[Hit, ...]


# what can be done from anywhere: url name, label, permission, icon
COMMANDS: tuple[tuple[str, str | Promise, str, str], ...] = (
    ("clients:household-new", _("Take a household on"), Permission.EDIT_HOUSEHOLDS, "plus"),
    ("clients:import-list", _("Import a file"), Permission.IMPORT_FILES, "upload"),
    ("accounts:approval-queue", _("Approvals"), Permission.APPROVE, "check"),
    ("accounts:invite", _("Invite somebody to the firm"), Permission.INVITE_STAFF, "people"),
    ("portfolios:break-list", _("Differences from custodians"), Permission.VIEW_PORTFOLIOS, "chart-pie"),
    ("portfolios:firm-tax-rates", _("Tax rates of the firm"), Permission.MANAGE_FIRM, "chart-pie"),
    ("billing:run-new", _("Start a billing run"), Permission.EDIT_BILLING, "receipt"),
    ("billing:invoice-list", _("Invoices"), Permission.VIEW_BILLING, "receipt"),
    ("compliance:trail", _("Read the trail"), Permission.VIEW_COMPLIANCE, "history"),
    ("compliance:risk-groups", _("Groups of like risk"), Permission.VIEW_FINANCES, "users"),
    ("integrations:partner-list", _("Partners of the API"), Permission.MANAGE_PARTNERS, "link"),
    ("integrations:language-model", _("Language model"), Permission.MANAGE_FIRM, "link"),
    ("accounts:account", _("Your account"), "", "person"),
)


def search(actor: Actor, text: str) -> list[HitGroup]:
    """Return what is found for a text, one query a kind; commands alone for a text that is too short."""
    # the database takes no control characters
    words = "".join(sign for sign in text if sign.isprintable()).strip()[:LONGEST]
    groups = [] if len(words) < SHORTEST else [source(actor, words) for source in SOURCES]
    return [group for group in (*groups, _commands(actor, words)) if group.hits]


def _households(actor: Actor, text: str) -> HitGroup:
    rows = Household.objects.visible_to(actor).filter(Q(name__icontains=text) | Q(external_id__iexact=text))
    return HitGroup(
        gettext("Households"),
        tuple(
            Hit(_household_url(row), row.name, str(row.get_status_display()), "users")
            for row in rows.order_by("name", "id")[:HITS]
        ),
    )


def _people(actor: Actor, text: str) -> HitGroup:
    rows = Person.objects.visible_to(actor).select_related("household")
    for word in text.split()[:4]:
        rows = rows.filter(Q(first_name__icontains=word) | Q(last_name__icontains=word) | Q(email__istartswith=word))
    return HitGroup(
        gettext("People"),
        tuple(
            Hit(_household_url(row.household), str(row), row.household.name, "person")
            for row in rows.order_by("last_name", "first_name", "id")[:HITS]
        ),
    )


def _accounts(actor: Actor, text: str) -> HitGroup:
    none = HitGroup(gettext("Accounts"), ())
    if not actor.can(Permission.VIEW_PORTFOLIOS):
        return none
    number = "".join(sign for sign in text if sign.isalnum())
    if len(number) < SHORTEST:
        return none
    rows = Account.objects.visible_to(actor).select_related("household")
    found = rows.filter(Q(last_four__iendswith=number[-4:]) | Q(name__icontains=text)).order_by("name", "id")
    return HitGroup(
        gettext("Accounts"),
        tuple(
            Hit(
                reverse("portfolios:account-detail", kwargs={"account_id": row.public_id}),
                f"{row.name} {row.masked_number}".strip(),
                row.household.name,
                "chart-pie",
            )
            for row in found[:HITS]
        ),
    )


def _commands(actor: Actor, text: str) -> HitGroup:
    places = [(name, label, permission, icon) for name, label, permission, icon in settings.NAVIGATION]
    return HitGroup(
        gettext("Go to"),
        tuple(
            Hit(reverse(name), str(label), icon=icon)
            for name, label, permission, icon in (*places, *COMMANDS)
            if (not permission or actor.can(permission)) and text.casefold() in str(label).casefold()
        ),
    )


def _household_url(household: Household) -> str:
    return reverse("desk:household", kwargs={"household_id": household.public_id})


def _invoices(actor: Actor, text: str) -> HitGroup:
    rows = Invoice.objects.visible_to(actor).filter(number__icontains=text).select_related("household")
    return HitGroup(
        gettext("Invoices"),
        tuple(
            Hit(row.get_absolute_url(), row.number, row.household.name, "receipt")
            for row in rows.order_by("-issued_on", "-id")[:HITS]
        ),
    )


def _securities(actor: Actor, text: str) -> HitGroup:
    rows = security_list(actor, text=text)[:HITS] if actor.can(Permission.VIEW_PORTFOLIOS) else ()
    return HitGroup(
        gettext("Securities"),
        tuple(
            Hit(reverse("portfolios:security-detail", args=[row.public_id]), row.symbol, row.name, "chart-pie")
            for row in rows
        ),
    )


SOURCES: tuple[Callable[[Actor, str], HitGroup], ...] = (
    _households,
    _people,
    _accounts,
    _securities,
    _invoices,
)
