"""Jobs of the public site."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from apps.accounts.selectors.firm_days import firm_today
from apps.core.actors import Actor
from apps.core.jobs import job
from apps.firms.models import Registration
from apps.firms.services import provisioning
from apps.firms.services.demo.billing import bill_quarters
from apps.firms.services.demo.bookkeeping import keep_books
from apps.firms.services.demo.fill import build_numbered
from apps.firms.services.demo.nights import ask_for_first_night, ask_for_trades
from apps.firms.services.demo.plans import move_plans_on
from apps.firms.services.demo.reports import report_quarter
from apps.firms.services.demo.trading import trade


@job("firms.provision_firm")
def provision_firm(task: Any, registration_id: int, attempt: int) -> None:
    """Set one registered firm up."""
    registration = Registration.objects.get(pk=registration_id)
    by = Actor.system("firms.provision_firm")
    provisioning.provision_firm(registration=registration, attempt=attempt, tell=task.progress, by=by)


@job("firms.build_demo_household", title=_("The demo firm is being filled with households."))
def build_demo_household(_task: Any, number: int) -> None:
    """Build one household of the demo firm."""
    build_numbered(number=number, by=Actor.system("firms.build_demo_household"))


@job("firms.move_demo_plans")
def move_demo_plans(_task: Any) -> None:
    """Give the demo firm's plans to their clients, as far as they are ready."""
    move_plans_on()


@job("firms.bill_demo_firm", title=_("The demo firm's fees are being billed, its quarter reported."))
def bill_demo_firm(_task: Any) -> None:
    """Bill the demo firm's last quarters."""
    bill_quarters(today=firm_today())
    move_plans_on()
    report_quarter(today=firm_today())
    ask_for_trades(by=Actor.system("firms.bill_demo_firm"))
    ask_for_first_night(by=Actor.system("firms.bill_demo_firm"))


@job("firms.trade_demo_firm", title=_("The demo firm's books are being kept and its trades made."))
def trade_demo_firm(_task: Any) -> None:
    """Bring the demo firm's books and trades into every state that an advisor meets."""
    keep_books()
    trade(by=Actor.system("firms.trade_demo_firm"))


@job("firms.send_link_again")
def send_link_again(_task: Any, registration_id: int) -> None:
    """Mail a principal's link again."""
    registration = Registration.objects.select_related("firm").get(pk=registration_id)
    provisioning.send_link_again(registration=registration, by=Actor.system("firms.send_link_again"))
