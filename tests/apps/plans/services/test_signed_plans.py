import hashlib
import re
from decimal import Decimal

import pytest
from django.urls import reverse

from apps.clients.models import SignatureRequest
from apps.clients.services.signatures import decline_signature
from apps.core.models import AuditEvent, Job
from apps.desk.selectors.today import today as desk_today
from apps.kernel.errors import InvalidInputError
from apps.money.models import ExpenseLine, IncomeSource
from apps.notices.models import Mail
from apps.plans.models import Plan, PlanStatus
from apps.plans.selectors.held_plans import confirmed_of, plans_held
from apps.plans.services.errors import FactsMovedError, StatusNotPossibleError
from apps.plans.services.moved_facts import digest_of, moved_of
from apps.plans.services.plans import draft_plan
from apps.plans.services.publishing import request_plan_signature
from apps.plans.services.signed_plans import confirm_facts
from apps.plans.services.statuses import move_plan
from tests.days import today
from tests.factories import clients, plans

WHY = "The raise goes into the emergency fund."


@pytest.fixture
def ready(ada):
    plan = plans.drafted(ada)
    plans.computed(plan, ada)
    return plan


@pytest.fixture
def client(ready):
    return clients.portal_user(ready.household.people.get(relationship="head"))


@pytest.fixture
def asked(ada, ready, client, system):
    return plans.asked_to_sign(ready, ada, system)


@pytest.fixture
def held(asked, client):
    """A plan that all have signed, with an income that changed after it was published."""
    raised(asked)
    return plans.signed(asked, client)


def raised(plan, amount=40_000):
    IncomeSource.objects.filter(household=plan.household, name="Social Security").update(annual_amount=Decimal(amount))


def confirmed(plan, ada, reason=WHY):
    """Confirm what moved, having looked at it."""
    return confirm_facts(plan=plan, reason=reason, seen=digest_of(moved_of(plan)), by=ada.as_actor())


def actions():
    return list(AuditEvent.objects.filter(action__startswith="plans.").order_by("id").values_list("action", flat=True))


def test_a_signed_plan_is_in_force_and_replaces_the_one_before(ada, ready, client, system):
    first = plans.asked_to_sign(ready, ada, system)
    plans.signed(first, client)
    first.refresh_from_db()
    assert first.status == PlanStatus.IN_FORCE
    assert Job.objects.get(name="plans.monitor_plans").arguments["plan_ids"] == [first.pk]
    second = draft_plan(household=first.household, by=ada.as_actor())
    plans.computed(second, ada)
    plans.asked_to_sign(second, ada, system)
    first.refresh_from_db()
    assert first.status == PlanStatus.IN_FORCE
    plans.signed(second, client)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, second.status) == (PlanStatus.SUPERSEDED, PlanStatus.IN_FORCE)
    kept = SignatureRequest.objects.get(pk=second.signature_request_id)
    content = kept.sealed_version.content()
    assert hashlib.sha256(content).hexdigest() == kept.signatures.get().sha256_after


def test_a_declined_plan_stays_with_the_client_and_can_be_asked_for_again(ada, ready, client, system):
    plan = plans.asked_to_sign(ready, ada, system)
    signature = plan.signature_request.signatures.get()
    decline_signature(signature=signature, reason="Too much saving", by=client.as_actor())
    plan.refresh_from_db()
    assert plan.status == PlanStatus.PUBLISHED
    again = request_plan_signature(plan=plan, by=ada.as_actor())
    assert again.signature_request_id != signature.request_id
    assert again.signature_request.state == "open"


def test_a_signature_on_facts_that_moved_is_kept_and_the_plan_held(ada, held):
    assert held.status == PlanStatus.PUBLISHED
    assert held.in_force_at is None
    assert held.signature_request.state == "completed"
    event = AuditEvent.objects.get(action="plans.hold_plan")
    assert event.after["facts"] == [{"kind": "incomes", "names": "Social Security"}]
    mail = Mail.objects.get(kind="plans/plan_held")
    assert mail.to == ada.email
    assert "income" in mail.text
    assert not Job.objects.filter(name="plans.monitor_plans").exists()
    assert list(plans_held(ada.as_actor())) == [held]


def test_it_comes_into_force_when_the_advisor_says_why_it_holds(ada, held, client):
    older = Plan.objects.filter(status=PlanStatus.IN_FORCE)
    assert not older.exists()
    plan = confirmed(held, ada, f" {WHY} ")
    plan.refresh_from_db()
    assert plan.status == PlanStatus.IN_FORCE
    assert (confirmed_of(plan).reason, confirmed_of(plan).by) == (WHY, ada.as_actor().label)
    assert actions()[-2:] == ["plans.confirm_facts", "plans.put_in_force"]
    assert AuditEvent.objects.get(action="plans.confirm_facts").reason == WHY
    assert Mail.objects.get(kind="plans/plan_in_force").to == "ana.rivera@example.com"
    assert Job.objects.get(name="plans.monitor_plans").arguments["plan_ids"] == [plan.pk]
    assert not plans_held(ada.as_actor()).exists()
    with pytest.raises(StatusNotPossibleError, match="nothing to confirm"):
        confirmed(plan, ada)


def test_what_was_confirmed_before_the_signature_does_not_hold_it(ada, asked, client):
    raised(asked)
    confirmed(asked, ada)
    asked.refresh_from_db()
    assert moved_of(asked) == ()
    assert asked.status == PlanStatus.PUBLISHED
    assert plans.signed(asked, client).status == PlanStatus.IN_FORCE


def test_facts_that_move_on_after_they_were_confirmed_hold_it_again(ada, asked, client):
    raised(asked)
    confirmed(asked, ada)
    raised(asked, 55_000)
    assert plans.signed(asked, client).status == PlanStatus.PUBLISHED
    assert AuditEvent.objects.filter(action="plans.hold_plan").count() == 1


def test_facts_that_moved_back_are_confirmed_all_the_same(ada, held, client, sign_in):
    raised(held, 32_000)
    assert moved_of(held) == ()
    text = sign_in(ada).get(reverse("plans:plan-confirm", args=[held.public_id])).content.decode()
    assert "The facts say again what they said" in text
    assert confirmed(held, ada).status == PlanStatus.IN_FORCE


@pytest.mark.parametrize("reason", ["", "   "])
def test_without_a_reason_nothing_is_confirmed(ada, held, reason):
    with pytest.raises(InvalidInputError, match="Say why the plan still holds") as refused:
        confirmed(held, ada, reason)
    assert refused.value.field == "reason"
    held.refresh_from_db()
    assert (held.status, held.facts_confirmed) == (PlanStatus.PUBLISHED, None)


def test_there_is_nothing_to_confirm_while_no_fact_moved(ada, asked, ready):
    with pytest.raises(StatusNotPossibleError, match="nothing to confirm"):
        confirmed(asked, ada)


def test_facts_that_make_no_plan_cannot_be_confirmed(ada, held):
    ExpenseLine.objects.all().delete()
    with pytest.raises(FactsMovedError, match="With today's facts no plan can be made"):
        confirmed(held, ada)


def test_signatures_are_not_asked_for_twice(ada, held):
    with pytest.raises(StatusNotPossibleError, match="All have signed version 1 already. Confirm the facts"):
        request_plan_signature(plan=held, by=ada.as_actor())


def test_a_held_plan_gives_way_to_the_next_version(ada, held, client, system):
    later = draft_plan(household=held.household, by=ada.as_actor())
    plans.computed(later, ada)
    plans.signed(plans.asked_to_sign(later, ada, system), client)
    held.refresh_from_db()
    assert (held.status, later.status) == (PlanStatus.SUPERSEDED, PlanStatus.IN_FORCE)


def test_by_the_name_of_the_status_a_reason_is_needed_too(ada, held):
    with pytest.raises(InvalidInputError, match="Say why the plan still holds"):
        move_plan(plan=held, status=PlanStatus.IN_FORCE, by=ada.as_actor())
    told = {"status": PlanStatus.IN_FORCE, "reason": WHY, "by": ada.as_actor()}
    with pytest.raises(FactsMovedError, match="changed again since you looked: income .Social Security."):
        move_plan(plan=held, **told)
    assert move_plan(plan=held, facts_digest=digest_of(moved_of(held)), **told).in_force_at


def test_only_what_was_looked_at_is_confirmed(ada, held):
    seen = digest_of(moved_of(held))
    ExpenseLine.objects.update(monthly_amount=Decimal(9_000))
    with pytest.raises(FactsMovedError, match=r"you looked: income \(Social Security\), living costs") as refused:
        confirm_facts(plan=held, reason=WHY, seen=seen, by=ada.as_actor())
    assert refused.value.field == "facts_digest"
    held.refresh_from_db()
    assert (held.status, held.facts_confirmed) == (PlanStatus.PUBLISHED, None)


def test_the_client_reads_what_changed_where_they_sign_and_the_form_goes_to_its_own_page(asked, client, sign_in):
    signature = SignatureRequest.objects.get(pk=asked.signature_request_id).signatures.get()
    page = reverse("portal:signature", args=[signature.public_id])
    text = sign_in(client).get(page).content.decode()
    assert f'<form method="post" action="{page}"' in text
    assert "Facts have changed" not in text
    raised(asked)
    text = sign_in(client).get(page).content.decode()
    assert "Facts have changed since this plan was worked out: income (Social Security). Talk to Ada" in text


def test_advisor_and_client_follow_it_from_page_to_page(ada, held, client, sign_in):
    page = reverse("plans:household-plan", args=[held.household.public_id])
    confirm = reverse("plans:plan-confirm", args=[held.public_id])
    staff, own = sign_in(ada), reverse("portal:plan")
    text = staff.get(page).content.decode()
    assert "All have signed, but facts have changed since this was worked out: income (Social Security)." in text
    assert confirm in text
    assert "Ask for signatures" not in text
    assert "Signed, to be confirmed" in staff.get(reverse("plans:plan-list")).content.decode()
    assert confirm in {item.url for item in desk_today(ada.as_actor(), today()).items}
    form = staff.get(confirm).content.decode()
    assert "<li>income (Social Security)<ul><li>Social Security, amount a year, before tax: $32,000 → $40,000" in form
    assert "Confirm and put in force" in form
    assert "This field is required" in staff.post(confirm, {"reason": ""}).content.decode()
    assert sign_in(client).get(confirm).status_code in {302, 403, 404}
    assert "looks at it once more before it comes into force" in sign_in(client).get(own).content.decode()
    stale = sign_in(ada).post(confirm, {"reason": WHY, "facts_digest": "0"}, follow=True).content.decode()
    assert "The facts have changed again since you looked: income (Social Security)." in stale
    seen = re.search(r'name="facts_digest" value="([0-9a-f]{64})"', form)[1]
    answered = sign_in(ada).post(confirm, {"reason": WHY, "facts_digest": seen}, follow=True).content.decode()
    assert "The plan is in force, and the client hears of it." in answered
    assert WHY in answered
    text = sign_in(client).get(own).content.decode()
    assert "Signed by all and in force since" in text
    assert WHY in text
