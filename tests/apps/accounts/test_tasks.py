import datetime as dt

from django.utils import timezone
from django_tenants.utils import tenant_context

from apps.accounts.models import ApprovalRequest, ApprovalRule
from apps.accounts.policies import Role
from apps.accounts.services.approvals import request_approval
from apps.accounts.tasks import escalate_approvals
from apps.core.tenancy.names import current_schema
from apps.notices.models import Mail
from tests.cast import person


def overdue_request():
    principal, officer = person(Role.PRINCIPAL, "Pat"), person(Role.COMPLIANCE, "Cody")
    ApprovalRule.objects.create(kind="tests.run", approver_role=Role.COMPLIANCE, escalate_to=officer)
    request_approval(kind="tests.run", target=principal, title="Run 7", by=principal.as_actor())
    ApprovalRequest.objects.update(due_at=timezone.now() - dt.timedelta(hours=1))


def test_overdue_requests_of_every_firm_are_escalated_in_their_own_schema(firm_a, firm_b):
    for firm in (firm_a, firm_b):
        with tenant_context(firm):
            overdue_request()
    assert escalate_approvals() == 2
    assert current_schema() == "public"
    assert escalate_approvals() == 0
    for firm in (firm_a, firm_b):
        with tenant_context(firm):
            assert Mail.objects.filter(kind="accounts/approval_overdue").count() == 1
