"""What every page of the portal shares."""

from __future__ import annotations

from typing import Any

from django.utils.functional import cached_property
from django.views.generic import TemplateView

from apps.accounts.policies import Permission
from apps.core.access import RequiresMixin, actor_of
from apps.portal.selectors.memberships import Membership, membership


class MemberMixin(RequiresMixin):
    """A client of the firm, signed in; staff have their own pages."""

    permission = Permission.USE_PORTAL
    request: Any

    @cached_property
    def member(self) -> Membership:
        """Who reads, and of which household."""
        return membership(actor_of(self.request))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add who reads and what the page listens to."""
        household = self.member.household
        base: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        return {
            "member": self.member,
            "household": household,
            "live_topic": f"household:{household.public_id} user:{self.request.user.public_id}",
            **base,
        }


class PortalPage(MemberMixin, TemplateView):
    """A page that is read."""
