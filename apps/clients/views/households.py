"""The list of households, taking one on, changing it and its people."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy
from django.views.generic import TemplateView

from apps.accounts.policies import Permission
from apps.clients.forms.households import HouseholdForm, PersonForm, StatusForm, TakeOnForm, WithdrawAccessForm
from apps.clients.models import Household, Person
from apps.clients.selectors.household_pages import household_for, household_header
from apps.clients.selectors.households import HouseholdFilter, household_list
from apps.clients.selectors.onboarding import onboarding_status
from apps.clients.selectors.passports import person_passport
from apps.clients.selectors.people import people_of
from apps.clients.services.households import add_person, change_status, onboard_household, update_household
from apps.clients.services.people import update_person
from apps.clients.services.portal_access import invite_person_to_portal, withdraw_portal_access
from apps.core.access import RequiresMixin, actor_of
from apps.core.actors import Actor
from apps.core.passports import Passport
from apps.core.views import ActionView, PassportView, ServiceFormView
from apps.kernel.errors import InvalidInputError, NotFoundError, gettext_noop


def household_url(household: Household) -> str:
    """Return the address of the household's first tab that this app owns."""
    return reverse("clients:household-people", args=[household.public_id])


def person_for(actor: Actor, household: Household, public_id: UUID) -> Person:
    """Return a person of the household, or refuse as if there were none."""
    found = Person.objects.visible_to(actor).filter(household=household, public_id=public_id).first()
    if found is None:
        raise NotFoundError(gettext_noop("There is no such person in this household."))
    found.household = household
    return found


class HouseholdMixin:
    """Finds the household of the address, once, among those the actor may see."""

    request: HttpRequest
    kwargs: dict[str, Any]

    @property
    def household(self) -> Household:
        """Return it; NotFoundError for anybody else's."""
        if not hasattr(self, "_household"):
            self._household = household_for(actor_of(self.request), self.kwargs["household_id"])
        return self._household

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Give the page its head."""
        header = household_header(self.household, actor_of(self.request))
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        return context | {"household": self.household, "header": header}


class HouseholdListView(RequiresMixin, TemplateView):
    """All households the reader may see, 50 a page; filter, order and page stand in the address."""

    permission = Permission.VIEW_HOUSEHOLDS
    template_name = "staff/clients/household_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Read the filter from the address."""
        asked = self.request.GET
        found = household_list(
            actor_of(self.request),
            HouseholdFilter(
                search=asked.get("q", ""),
                status=asked.get("status", ""),
                advisor=asked.get("advisor", ""),
                sort=asked.get("sort", "name"),
                page=asked.get("page", "1"),
            ),
        )
        return super().get_context_data(**kwargs) | {"list": found, "search": asked.get("q", "")}


class TakeOnView(ServiceFormView):
    """Take a household on."""

    permission = Permission.EDIT_HOUSEHOLDS
    template_name = "staff/clients/household_new.html"
    form_class = TakeOnForm

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer the advisors whom the actor may choose."""
        return super().get_form_kwargs() | {"actor": actor_of(self.request)}

    def get_initial(self) -> dict[str, Any]:
        """Propose the one who fills the form as the advisor."""
        return {"advisor": actor_of(self.request).user_id}

    def perform(self, form: TakeOnForm, by: Actor) -> str:
        """Onboard."""
        household = onboard_household(
            name=form.cleaned_data["name"],
            advisor=form.cleaned_data["advisor"],
            people=form.people(),
            details=form.details(),
            by=by,
        )
        messages.success(self.request, gettext("%(name)s is taken on.") % {"name": household.name})
        return household_url(household)


class HouseholdPeopleView(HouseholdMixin, RequiresMixin, TemplateView):
    """The people of a household and how far it is on its way in."""

    permission = Permission.VIEW_HOUSEHOLDS
    template_name = "staff/clients/household_people.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add people and steps."""
        return super().get_context_data(**kwargs) | {
            "people": people_of(self.household, actor_of(self.request)),
            "onboarding": onboarding_status(self.household),
        }


class HouseholdEditView(HouseholdMixin, ServiceFormView):
    """Change the household."""

    permission = Permission.EDIT_HOUSEHOLDS
    template_name = "staff/clients/household_edit.html"
    form_class = HouseholdForm

    def get_form_kwargs(self) -> dict[str, Any]:
        """Fill the form from the row."""
        actor = actor_of(self.request)
        return super().get_form_kwargs() | {"actor": actor, "instance": household_for(actor, self.household.public_id)}

    def perform(self, form: HouseholdForm, by: Actor) -> str:
        """Store what was said."""
        fields = dict(form.cleaned_data)
        seen_at = fields.pop("seen_at")
        household = update_household(household=self.household, fields=fields, seen_at=seen_at, by=by)
        return household_url(household)


class PersonNewView(HouseholdMixin, ServiceFormView):
    """Add a person."""

    permission = Permission.EDIT_HOUSEHOLDS
    template_name = "staff/clients/person_edit.html"
    form_class = PersonForm

    def perform(self, form: PersonForm, by: Actor) -> str:
        """Add."""
        add_person(household=self.household, fields=form.said(), by=by)
        return household_url(self.household)


class PersonEditView(HouseholdMixin, ServiceFormView):
    """Change a person."""

    permission = Permission.EDIT_HOUSEHOLDS
    template_name = "staff/clients/person_edit.html"
    form_class = PersonForm

    def get_form_kwargs(self) -> dict[str, Any]:
        """Fill the form from the row."""
        person = person_for(actor_of(self.request), self.household, self.kwargs["person_id"])
        return super().get_form_kwargs() | {"instance": person}

    def perform(self, form: PersonForm, by: Actor) -> str:
        """Store what was said."""
        person = person_for(by, self.household, self.kwargs["person_id"])
        update_person(person=person, fields=form.said(), seen_at=form.cleaned_data["seen_at"], by=by)
        return household_url(self.household)


class PersonPassportView(HouseholdMixin, PassportView):
    """Where age and income of a person come from."""

    permission = Permission.VIEW_HOUSEHOLDS

    def find(self, actor: Actor) -> tuple[Passport, str]:
        """Return what the household states."""
        person = person_for(actor, self.household, self.kwargs["person_id"])
        return person_passport(self.household, person, actor, timezone.localdate()), household_url(self.household)


class HouseholdStatusView(HouseholdMixin, ActionView):
    """Move the relationship on."""

    permission = Permission.EDIT_HOUSEHOLDS
    success_message = gettext_lazy("The status is changed.")

    def perform(self, request: HttpRequest, by: Actor) -> str:
        """Change the status."""
        household = self.household
        form = StatusForm(request.POST)
        if not form.is_valid():
            raise InvalidInputError(gettext_noop("Choose one of the steps."), field="status")
        change_status(household=household, by=by, **form.cleaned_data)
        return ""


class PersonInviteView(HouseholdMixin, ActionView):
    """Invite a person to the portal."""

    permission = Permission.EDIT_HOUSEHOLDS
    success_message = gettext_lazy("The invitation is sent.")

    def perform(self, request: HttpRequest, by: Actor) -> str:  # noqa: ARG002 - the base class's signature
        """Send the invitation to the e-mail on file."""
        invite_person_to_portal(person=person_for(by, self.household, self.kwargs["person_id"]), by=by)
        return household_url(self.household)


class PortalWithdrawView(HouseholdMixin, ServiceFormView):
    """Take a person's portal account away."""

    permission = Permission.EDIT_HOUSEHOLDS
    template_name = "staff/clients/person_withdraw.html"
    form_class = WithdrawAccessForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say whose."""
        person = person_for(actor_of(self.request), self.household, self.kwargs["person_id"])
        return super().get_context_data(person=person, **kwargs)

    def perform(self, form: WithdrawAccessForm, by: Actor) -> str:
        """Withdraw."""
        person = person_for(by, self.household, self.kwargs["person_id"])
        withdraw_portal_access(person=person, reason=form.cleaned_data["reason"], by=by)
        messages.success(self.request, gettext("%(name)s has no access to the portal any more.") % {"name": person})
        return household_url(self.household)
