"""Required distributions over the API: by the selector and the service of the page."""

from __future__ import annotations

import uuid

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.clients.models import Person
from apps.core.api.actor import api_actor
from apps.core.api.etags import IF_MATCH, demand_match, etag, tagged_answer
from apps.core.api.sparse import FIELDS
from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.portfolios.api.distribution_serializers import DistributionsOut, DistributionTermsIn
from apps.portfolios.api.views import AS_OF, day_of
from apps.portfolios.models import Account
from apps.portfolios.selectors.accounts import account_for
from apps.portfolios.selectors.distribution_pages import distribution_page
from apps.portfolios.services.distributions import DistributionFacts, set_distribution_terms


class DistributionsView(APIView):
    """What must be taken out of an account, and what that rests on."""

    scope_area = "portfolios"

    @extend_schema(
        summary="Read an account's required distributions",
        parameters=[AS_OF, FIELDS],
        responses=DistributionsOut,
        tags=["portfolios"],
    )
    def get(self, request: Request, account_id: str) -> Response:
        """Answer with the open years of the page."""
        page = distribution_page(account_for(api_actor(request), account_id), day_of(request))
        return tagged_answer(
            request, DistributionsOut(page).data, DistributionsOut(page, context={"request": request}).data
        )

    @extend_schema(
        summary="Write down who will inherit an account, or from whom it was inherited",
        request=DistributionTermsIn,
        responses=DistributionsOut,
        parameters=[IF_MATCH],
        tags=["portfolios"],
    )
    def put(self, request: Request, account_id: str) -> Response:
        """Replace what is known."""
        account, day = account_for(api_actor(request), account_id), day_of(request)
        demand_match(request, etag(DistributionsOut(distribution_page(account, day)).data))
        form = DistributionTermsIn(data=request.data)
        form.is_valid(raise_exception=True)
        told = dict(form.validated_data)
        facts = DistributionFacts(spouse=_spouse(account, told.pop("spouse_id")), **told)
        set_distribution_terms(account=account, facts=facts, by=api_actor(request))
        return tagged_answer(request, DistributionsOut(distribution_page(account, day)).data)


def _spouse(account: Account, asked: uuid.UUID | None) -> Person | None:
    """Return the person; whoever is not of the household is answered as nobody."""
    if asked is None:
        return None
    found = account.household.people.filter(public_id=asked).first()
    if found is None:
        raise InvalidInputError(
            gettext_noop("The spouse is the other adult of the household, not the owner."), field="spouse_id"
        )
    return found
