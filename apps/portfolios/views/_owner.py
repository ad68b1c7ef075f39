"""Pages about the performance of a household's portfolio or of one account: one view for both addresses."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import cached_property

from apps.accounts.policies import Permission
from apps.clients.selectors.household_pages import household_for, household_header
from apps.core.access import RequiresMixin, actor_of
from apps.core.actors import Actor
from apps.portfolios.selectors.accounts import account_for
from apps.portfolios.selectors.owners import PortfolioOwner


def owner_for(actor: Actor, kwargs: dict[str, Any]) -> PortfolioOwner:
    """Return whom the address names. Raises NotFoundError for one that the actor may not see."""
    if "household_id" in kwargs:
        return PortfolioOwner(household_for(actor, kwargs["household_id"]))
    account = account_for(actor, kwargs["account_id"])
    return PortfolioOwner(account.household, account)


def address(owner: PortfolioOwner, page: str) -> str:
    """Return the address of one of the owner's pages."""
    if owner.account is None:
        return reverse(f"portfolios:household-{page}", args=[owner.household.public_id])
    return reverse(f"portfolios:account-{page}", args=[owner.account.public_id])


class OwnerMixin(RequiresMixin):
    """A page of a household's tab or of an account."""

    permission = Permission.VIEW_PORTFOLIOS
    request: HttpRequest
    kwargs: dict[str, Any]

    @cached_property
    def owner(self) -> PortfolioOwner:
        """Whom the address names."""
        return owner_for(actor_of(self.request), self.kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Put the frame of the page into the context."""
        owner, actor = self.owner, actor_of(self.request)
        frame: dict[str, Any] = {
            "portfolio_owner": owner,
            "owner": (owner.account or owner.household).public_id,
            "household": owner.household,
            "account": owner.account,
            "may_edit": actor.can(Permission.EDIT_PORTFOLIOS),
        }
        if owner.account is None:
            frame |= {
                "frame": "staff/portfolios/_frame_household.html",
                "passports": "portfolios:household-performance-passport",
                "header": household_header(owner.household, actor),
            }
        else:
            frame |= {
                "frame": "staff/portfolios/_frame_account.html",
                "passports": "portfolios:account-performance-passport",
            }
        # of the page that it is mixed into
        context: dict[str, Any] = super().get_context_data(**frame, **kwargs)  # type: ignore[misc]
        return context
