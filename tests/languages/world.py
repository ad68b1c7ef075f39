"""A firm that speaks the pseudo language, in which everything with a page, a mail or a paper exists.

The product's own services make it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from functools import cached_property
from typing import Any

import weasyprint
from django.apps import apps
from django.db import connection
from django.db.models import CharField, TextField
from django.test.signals import template_rendered
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import ApprovalRequest, Delegation, FirmProfile, Invitation
from apps.accounts.policies import Role
from apps.accounts.services.approval_rules import RuleTerms, delegate_approvals, set_approval_rule
from apps.accounts.services.approvals import escalate_overdue, request_approval
from apps.accounts.services.credentials import confirm_change, request_email_change, request_password_change
from apps.accounts.services.invitations import Guest, Subject, invite_staff, invite_to_portal
from apps.accounts.services.proofs import Proof
from apps.accounts.services.team import add_principal
from apps.billing.models import FeeSchedule
from apps.billing.services.invoices import issue_invoice
from apps.clients.services.agreement_texts import FeeSummary, FeeTier
from apps.clients.services.agreements import AgreementDraft, draft_agreement, ensure_standard_template
from apps.clients.services.signatures import Signing, current_consent, sign, view_for_signing
from apps.compliance.models import ExportFormat, MethodTable
from apps.compliance.selectors.trail import TrailQuery
from apps.compliance.services.exports import build_export, request_export
from apps.core.actors import Actor
from apps.firms.services.demo.households import sample_paper
from apps.integrations.services.partners import register_partner
from apps.kernel.money import Money
from apps.money.models import IncomeSource
from apps.money.services.suggestions import Accepted, Suggested, accept_suggestion, decline_suggestion, suggest_fact
from apps.notices.models import Mail
from apps.notices.services.digests import choose_digest, ending_key
from apps.plans.selectors import overview_builders as build
from apps.plans.selectors.calculations import Words
from apps.plans.selectors.figures import figures_in
from apps.plans.services.calculations import Asked, tell_calculation
from apps.plans.services.digests import send_digests
from apps.plans.services.moved_facts import digest_of, moved_of
from apps.plans.services.publishing import file_report
from apps.plans.services.questions import answer_question, ask_question
from apps.plans.services.signed_plans import confirm_facts
from apps.plans.services.step_reminders import remind_of_steps
from apps.plans.services.watches import judge_contributions
from apps.portfolios.services.trade_verification import confirmation_paper
from config.env import ROOT
from tests.cast import SiteClient, person
from tests.days import today
from tests.factories import billing, clients, compliance, plans, portfolios, trades
from tests.isolation.objects import MARKER, World, maker
from tests.isolation.routes import Route
from tests.languages.pseudo import CODE

PASSWORD = "correct horse battery"  # of the cast
FEES = FeeSummary(tiers=(FeeTier(None, Decimal("0.01")),), minimum_annual=Money(Decimal(2_000), "USD"))
SYSTEM = Actor.system("tests.languages")
PAPERS = sorted(
    str(path.relative_to(ROOT / "templates"))
    for path in (ROOT / "templates/_pdf").glob("*/*.html")
    if not path.name.startswith("_")
)


def silent(_fraction: float, _step: str = "") -> None:
    """A progress nobody watches."""


@contextmanager
def noting(papers: dict[str, str]) -> Iterator[None]:
    """Note the HTML of each paper, by its template, on its way to WeasyPrint."""
    original, latest = weasyprint.HTML, ""

    def rendered(*, template: Any, **_more: Any) -> None:
        nonlocal latest
        latest = template.name if template.name in PAPERS else latest

    def drawing(*, string: str, **more: Any) -> Any:
        papers[latest] = string
        return original(string=string, **more)

    template_rendered.connect(rendered)
    weasyprint.HTML = drawing
    try:
        yield
    finally:
        weasyprint.HTML = original
        template_rendered.disconnect(rendered)


class Firm(World):
    """The world of the isolation walk, with what that does not need."""

    def __init__(self) -> None:
        super().__init__()
        FirmProfile.objects.update(locale=CODE, address="1 Harbor Street", website="https://alpha.example")
        self.papers: dict[str, str] = {}
        with noting(self.papers):
            self._fill()

    @cached_property
    def answered(self) -> Any:
        """A second questionnaire of the partner, who has an account since the plan."""
        return compliance.answered(self.household.people.get(relationship="partner"), by=self.ada)

    @cached_property
    def invoice(self) -> Any:
        """The household's invoice, in a run that owes another household something."""
        by, terms = self.ada.as_actor(), billing.version(self.paul)
        other = clients.household(self.ada, name="Tamarind")
        for billed in (self.household, other):
            billing.cash_account(billed, self.ada, "500000", name=f"{billed.name} fund")
            billing.assigned(billed, self.ada, terms)
        self.run = billing.locked(self.ada, self.paul)
        owed = self.run.fees.get(household=other)
        owed.total = -owed.total
        owed.save()
        issue_invoice(fee=owed, by=by)
        return issue_invoice(fee=self.run.fees.get(household=self.household), by=by)

    def _fill(self) -> None:
        assert self.client
        self.connie, self.sue = person(Role.COMPLIANCE, "Connie"), person(Role.SUPPORT, "Sue")
        self._advise()
        # what the isolation walk makes when an address first asks for it
        assert all(getattr(self, name) for name, made in vars(World).items() if isinstance(made, cached_property))
        # a month ends without what was agreed, and steps come due
        judge_contributions(on=today() + dt.timedelta(days=70), by=SYSTEM)
        self._remind()
        self._agree()
        self._trade()
        self._decide()
        self._let_in()
        self._come_back()
        self.partner = register_partner(
            name="Ledger Bridge", contact_email="it@bridge.example", scopes=["clients:read"], by=self.paul.as_actor()
        ).partner
        self.export = request_export(query=TrailQuery(), format=ExportFormat.PAPER, by=self.connie.as_actor())
        build_export(export=self.export, progress=silent, by=SYSTEM)

    def _advise(self) -> None:
        """Publish a plan on a risk profile, file its report, ask and answer."""
        by = self.ada.as_actor()
        funded = portfolios.account(self.household, self.ada, name="Reserve", number="55-1")
        portfolios.entry(funded, self.ada, "deposit", today(), cash="180000")
        clients.portal_user(self.household.people.get(relationship="partner"))
        self.head.refresh_from_db()
        for member in self.household.people.filter(relationship__in=["head", "partner"]):
            compliance.in_force(member, self.ada)
        published = plans.drafted(self.ada, self.household)
        plans.computed(published, self.ada)
        plans.published(published, self.ada)
        file_report(plan=published, by=SYSTEM)
        published.refresh_from_db()
        asked = ask_question(plan=published, text="Will it last?", by=self.client.as_actor())
        answer_question(question=asked, text="It will.", by=by)
        self.published = published
        owed = {"principal": Decimal(9_000), "annual_rate": Decimal("0.06"), "years": 5, "extra": Decimal(0)}
        words = Words({"years": "5"}, (("Tamarind", "$174"),))
        more = Suggested(
            "expense", "add", "Tamarind", after={"name": "Tamarind", "monthly_amount": "90"}, note="Tamarind"
        )
        suggest_fact(person=self.head, suggested=more, by=self.client.as_actor())
        self._decide_on_facts(more)
        told = Asked("loan", owed, words)
        tell_calculation(person=self.head, asked=told, note="Tamarind?", by=self.client.as_actor())
        self._hold()

    def _hold(self) -> None:
        """Have a plan signed though a fact moved, and confirm it: both mails go out."""
        household = plans.household_with_facts(self.ada, name="Haddad")
        plan = plans.drafted(self.ada, household)
        plans.computed(plan, self.ada)
        user = clients.portal_user(household.people.get(relationship="head"))
        plans.asked_to_sign(plan, self.ada, SYSTEM)
        IncomeSource.objects.filter(household=household).update(annual_amount=Decimal(40_000))
        plan = plans.signed(plan, user)
        seen = digest_of(moved_of(plan))
        confirm_facts(plan=plan, reason=plans.WANTED, seen=seen, by=self.ada.as_actor())

    def _decide_on_facts(self, more: Suggested) -> None:
        """Decide on three like it, so that each answer is mailed: declined, accepted, corrected."""
        fields = {"name": "Tamarind", "category": "other", "monthly_amount": Decimal(80), "as_of": today()}
        for note, texts in (("no", None), ("yes", {"monthly_amount": "90"}), ("so", {"monthly_amount": "80"})):
            row = suggest_fact(person=self.head, suggested=replace(more, note=note), by=self.client.as_actor())
            if texts is None:
                decline_suggestion(suggestion=row, reason="Tamarind", by=self.ada.as_actor())
            else:
                accept_suggestion(suggestion=row, accepted=Accepted(fields, texts), by=self.ada.as_actor())

    def _agree(self) -> None:
        """Draft an agreement on paper; sign another paper, so that its certificate is filed."""
        by = self.ada.as_actor()
        template = ensure_standard_template(by=by)
        draft_agreement(
            household=self.household,
            template=template,
            draft=AgreementDraft(fees=FEES, effective_on=today()),
            by=by,
        )
        signature = self.signature_request.signatures.get()
        assert self.client
        own = self.client.as_actor()
        view_for_signing(signature=signature, by=own)
        sign(
            signature=signature,
            signing=Signing(str(self.head), current_consent().version, Proof("password", timezone.now())),
            by=own,
        )
        sample_paper.cache_clear()  # another test may have drawn it
        sample_paper(MARKER)

    def _trade(self) -> None:
        """Execute an order, and confirm it to the client on paper."""
        assert self.order_file  # it is in the market
        trades.fill(self.order, self.ada, "2", "20", "E1")
        confirmation_paper(self.ordered_trade, SYSTEM)

    def _decide(self) -> None:
        """Leave an approval overdue under a rule, and a colleague in Paul's place."""
        by = self.paul.as_actor()
        self.rule = set_approval_rule(
            terms=RuleTerms(kind="tests.paper", approver_role=Role.PRINCIPAL, escalate_to=self.paul), by=by
        )
        self.approval = request_approval(
            kind="tests.paper", target=self.household, title=f"{MARKER} letter", by=self.ada.as_actor()
        )
        ApprovalRequest.objects.filter(pk=self.approval.pk).update(due_at=timezone.now() - dt.timedelta(hours=1))
        assert escalate_overdue(by=SYSTEM)
        self.delegation: Delegation = delegate_approvals(
            delegate=self.connie, starts_on=today(), ends_on=today(), reason="Harbor holiday", by=by
        )

    def _let_in(self) -> None:
        """Invite, and change an address and a password."""
        by = self.paul.as_actor()
        self.invitation: Invitation = invite_staff(guest=Guest("nora@alpha.test", "Nora"), role=Role.ADVISOR, by=by)
        self.invitation_key = self.key_in_mail("/invitations/")
        child = clients.household(self.ada, name="Okonkwo").people.get(relationship="head")
        subject = Subject("clients.person", str(child.public_id))
        invite_to_portal(guest=Guest("ike@okonkwo.example", "Ike"), subject=subject, by=self.ada.as_actor())
        add_principal(email="petra@alpha.test", full_name="Petra", by=SYSTEM)
        request_password_change(
            user=self.sue, current_password=PASSWORD, new_password="a long and plain sentence", by=self.sue.as_actor()
        )
        request_email_change(
            user=self.sue, current_password=PASSWORD, new_email="susan@alpha.test", by=self.sue.as_actor()
        )
        confirm_change(key=self.key_in_mail("/account/changes/"), by=self.sue.as_actor())
        request_email_change(
            user=self.connie, current_password=PASSWORD, new_email="constance@alpha.test", by=self.connie.as_actor()
        )
        self.change_key = self.key_in_mail("/account/changes/")

    def _remind(self) -> None:
        """Remind an advisor of each step by a mail of its own, then of all by the digest."""
        later, by = today() + dt.timedelta(days=400), self.ada.as_actor()
        choose_digest(user=self.ada, rhythm="never", by=by)
        remind_of_steps(on=later, by=SYSTEM)
        choose_digest(user=self.ada, rhythm="daily", by=by)
        send_digests(on=later, by=SYSTEM)

    def _come_back(self) -> None:
        """Forget a password and choose another; sign in with an address that nobody confirmed."""
        site = SiteClient(headers={"host": "alpha.localhost"})
        site.post("/accounts/password/reset/", {"email": self.mallory.email})
        link = Mail.objects.get(kind="account/password_reset_key")
        found = re.search(r"/accounts/password/reset/key/[^\s]+", link.text)
        assert found
        self.reset_path = found[0]
        form = site.get(found[0], follow=True).redirect_chain[-1][0]
        chosen = {"password1": "a long and plain sentence", "password2": "a long and plain sentence"}
        site.post(form, chosen)
        SiteClient(headers={"host": "alpha.localhost"}).post(
            "/accounts/login/", {"login": self.ada.email, "password": PASSWORD}
        )

    def key_in_mail(self, path: str) -> str:
        """Return the key of the newest link of its kind."""
        found = re.search(rf"{path}([\w-]+)/", Mail.objects.filter(text__contains=path).order_by("-id")[0].text)
        assert found
        return found[1]


# objects of addresses that the isolation walk need not make: there a stranger's answer is the same for any id
OBJECTS: dict[str, Callable[[Firm], object]] = {
    "approval_id": lambda firm: firm.approval.public_id,
    "invitation_id": lambda firm: firm.invitation.public_id,
    "run_id": lambda firm: firm.run.public_id,
    "schedule_id": lambda _firm: FeeSchedule.objects.earliest("pk").public_id,
    "table_id": lambda _firm: MethodTable.objects.earliest("pk").public_id,
    "export_id": lambda firm: firm.export.public_id,
    "partner_id": lambda firm: firm.partner.public_id,
    "app_label": lambda _firm: "clients",
    "accounts:confirm-change.key": lambda firm: firm.change_key,
    "accounts:accept-invitation.key": lambda firm: firm.invitation_key,
    "notices:end-digest.key": lambda firm: ending_key(firm.ada),
    "portal:receipt.fee_id": lambda firm: firm.fee.accounts.earliest("pk").public_id,
    "portal:passport.figure": lambda _firm: "net_worth",
    "portal:closer-figure.key": lambda _firm: "total",
    "portal:what-if-figure.key": lambda _firm: "success",
    "portal:plan-passport.key": lambda firm: next(iter(figures_in(build.own_goals(firm.published)))).key,
}


def path_of(route: Route, firm: Firm) -> str:
    """Return the address with an object behind each keyword."""
    filled = {
        keyword: (OBJECTS.get(f"{route.name}.{keyword}") or OBJECTS.get(keyword) or maker(route.name, keyword)[0])(firm)
        for keyword in route.keywords
    }
    return reverse(route.name, urlconf="config.urls.tenant", kwargs=filled)


def texts_of_the_firm() -> Iterator[str]:
    """Yield what stands in the free text fields of the firm's tables and of the market's, which it may read."""
    own = set(connection.introspection.table_names())
    for model in apps.get_models():
        if model._meta.db_table not in own and model._meta.app_label != "market":
            continue
        fields = [
            field.attname
            for field in model._meta.concrete_fields
            if isinstance(field, CharField | TextField) and not field.choices
        ]
        for row in model._default_manager.values_list(*fields) if fields else ():
            yield from (str(value) for value in row if value)
