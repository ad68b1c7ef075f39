"""The plan on paper: read back from the PDF, held against the pages' figures."""

import io
import logging
import time
from decimal import Decimal

import pytest
from django.core.files.base import ContentFile
from django.template.loader import render_to_string
from django.utils import translation
from pypdf import PdfReader

from apps.accounts.models import FirmProfile, User
from apps.clients.models import Person, Relationship
from apps.money.models import BankAccount
from apps.plans.models import Plan, PlanStep
from apps.plans.selectors.overviews import plan_overview
from apps.plans.selectors.reports import REPORTER
from apps.plans.services import _reports
from apps.plans.services._reports import report_context, report_pdf
from apps.plans.services.errors import NoResultError
from apps.plans.services.plans import draft_plan
from tests.factories import clients, compliance, plans

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000" "1f15c4890000000d49444154789c6360606060000000050001"
    "a5f645400000000049454e44ae426082"
)  # fmt: skip


def given(ada, plan):
    plans.computed(plan, ada)
    plans.published(plan, ada)
    return Plan.objects.select_related("household__advisor").get(pk=plan.pk)


def pages(content):
    """The text of each page, line ends as spaces."""
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(content)).pages]


def titles(outline):
    found = []
    for entry in outline:
        found += titles(entry) if isinstance(entry, list) else [entry.title]
    return found


def test_a_plan_without_a_result_has_no_paper(ada):
    with pytest.raises(NoResultError, match="no result"):
        report_pdf(plans.drafted(ada))


def test_the_paper_says_the_pages_figures_in_order_and_is_tagged(ada, caplog, monkeypatch):
    household = plans.invested_household(ada)
    partner = household.people.get(relationship=Relationship.PARTNER)
    clients.portal_user(partner)
    compliance.in_force(partner, ada)
    plan = plans.drafted(ada, household)
    plan.goals.filter(kind="retirement").update(annual_amount=130_000)
    plan = given(ada, plan)
    with caplog.at_level(logging.WARNING, logger="weasyprint"):
        content = report_pdf(plan)
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]
    now = time.time
    monkeypatch.setattr(time, "time", lambda: now() + 3_600.0)
    assert report_pdf(plan) == content
    monkeypatch.undo()
    reader, texts = PdfReader(io.BytesIO(content)), pages(content)
    whole, shown = " ".join(texts), plan_overview(household, REPORTER, plan)

    first = texts[0]
    for figure in (shown.success, shown.success_error, shown.target, shown.wealth_at_end, shown.shortfall):
        assert figure.text in first
    after, before = shown.together.effect.success_after.text, shown.together.effect.success_before.text
    assert f"With all that is agreed, the chance of success is {after} instead of {before}." in first
    assert "You are not on track yet." in first
    assert shown.savings.monthly_extra.text in first
    step = PlanStep.objects.filter(recommendation__key=shown.recommendations[0].key).order_by("due_on", "id").first()
    assert step.words in first
    for goal in shown.goals:
        assert goal.name in texts[1]
        assert all(figure.text in texts[1] for figure in (goal.amount, goal.success, goal.error, goal.unpaid))
    for line in shown.flows:
        assert all(figure.text in whole for figure in (line.wages, line.withdrawals, line.spending, line.taxes))
    for line in shown.allocation.lines:
        assert all(text in whole for text in (line.name, line.now.text, line.then.text))
    assert all(step.words in whole for step in PlanStep.objects.filter(household=household))
    assert all(text in whole for text in (*shown.caveats, *shown.disclosures))
    assert "November 2007 to February 2009" in whole
    assert f"Page {len(texts)} of {len(texts)}" in texts[-1]

    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert reader.trailer["/Root"]["/Lang"].startswith("en")
    assert titles(reader.outline)[1:] == [
        "You are not on track yet.", "Your next moves", "Your goals", "What helps most",
        "The mix that serves each goal best", "Cash flow", "What you own and owe", "Wealth year by year",
        "Taxes, year by year", "How your money is invested", "What could go wrong",
        "What to do, who does it, and until when", "What we advise, and why",
        *("".join(part if isinstance(part, str) else part.text for part in line.title)
          for line in shown.recommendations),
        "Assumptions", "Rules and sources", "What had to be assumed", "What this plan leaves out", "Disclosures",
    ]  # fmt: skip
    assert float(reader.pages[0].mediabox.width) == pytest.approx(612)  # Letter, where dollars are read in English


def test_the_paper_of_a_version_stays_as_it_was_given(ada):
    plan = given(ada, plans.drafted(ada))
    before = render_to_string("_pdf/plans/financial_plan.html", report_context(plan))
    BankAccount.objects.filter(household=plan.household).update(balance=Decimal(1))
    assert render_to_string("_pdf/plans/financial_plan.html", report_context(plan)) == before


def test_one_person_without_goals_and_steps_in_portuguese_has_a_whole_paper(ada):
    """A long name, a logo, A4: the first page still holds the answer, the chart and the moves."""
    household = plans.household_with_facts(ada)
    household.people.exclude(relationship=Relationship.HEAD).delete()
    name = "Wolfeschlegelsteinhausenbergerdorff-Montgomery e Albuquerque de Vasconcelos"
    type(household).objects.filter(pk=household.pk).update(name=name)
    head = household.people.get(relationship=Relationship.HEAD)
    user = clients.portal_user(head)
    User.objects.filter(pk=user.pk).update(locale="pt-br")
    Person.objects.filter(pk=head.pk).update(last_name=name)
    profile = FirmProfile.current()
    profile.logo.save("logo.png", ContentFile(PIXEL))
    plan = draft_plan(household=household, by=ada.as_actor())
    plan.goals.all().delete()
    plan = given(ada, plan)
    PlanStep.objects.all().delete()
    content = report_pdf(plan)
    texts, reader = pages(content), PdfReader(io.BytesIO(content))
    assert reader.trailer["/Root"]["/Lang"] == "pt-br"
    assert float(reader.pages[0].mediabox.height) == pytest.approx(841.89, abs=1)
    assert "Vasconcelos" in texts[0]
    assert "Seus próximos passos" in texts[0]
    assert f"Página 1 de {len(texts)}" in texts[0]
    assert "Nenhum objetivo" in " ".join(texts)
    assert all(text not in " ".join(texts) for text in ("not on track", "Your goals", "None", "Page "))


def test_the_logo_takes_the_place_of_the_name_and_what_never_moves_has_no_column(ada):
    plan = given(ada, plans.drafted(ada))
    assert report_context(plan)["logo_url"] == ""
    FirmProfile.current().logo.save("logo.png", ContentFile(PIXEL))
    with translation.override("pt-br"):
        context = report_context(plan)
    assert context["logo_url"].startswith("data:image/png;base64,")
    assert context["letter"] is False
    flows = context["overview"].flows
    moving = [name for _label, name in _reports.FLOW_COLUMNS if any(getattr(line, name).number for line in flows)]
    assert len(context["flows"]["heads"]) == len(moving) < len(_reports.FLOW_COLUMNS)
    assert all(len(cells) == len(moving) for _line, cells in context["flows"]["rows"])


def test_lines_under_the_first_moves_take_their_room_from_the_chart_above():
    assert [_reports.wealth_height(lines) for lines in (0, 1, 2, 9)] == pytest.approx([2.3, 2.05, 1.8, 1.5])
