"""Where an account was opened and its number there, over the API: by the services of the page."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.core.api.actor import api_actor
from apps.core.api.etags import IF_MATCH, demand_match, etag, tagged_answer
from apps.portfolios.api.serializers import AccountNumberIn, AccountNumberOut
from apps.portfolios.models import Account
from apps.portfolios.selectors.accounts import account_for
from apps.portfolios.services.accounts import number_account, reveal_number

# the scope of those who may read numbers in full
NUMBERS_IN_FULL = "account_numbers:read"


class AccountNumberView(APIView):
    """The custodian and number of an account."""

    scope_area = "portfolios"

    @extend_schema(
        summary="Read an account's custodian and number",
        description=(
            f"The number is its last four characters; in full, and on the trail, for a token with `{NUMBERS_IN_FULL}`."
        ),
        responses=AccountNumberOut,
        tags=["portfolios"],
    )
    def get(self, request: Request, account_id: str) -> Response:
        """Answer with the number, masked for all but those who may read it."""
        actor = api_actor(request)
        account = account_for(actor, account_id)
        number = reveal_number(account=account, by=actor) if actor.can(NUMBERS_IN_FULL) else account.masked_number
        return tagged_answer(request, _shown(account), _shown(account, number))

    @extend_schema(
        summary="Write down an account's custodian and number",
        request=AccountNumberIn,
        responses=AccountNumberOut,
        parameters=[IF_MATCH],
        tags=["portfolios"],
    )
    def put(self, request: Request, account_id: str) -> Response:
        """Keep both and answer with the number masked."""
        actor = api_actor(request)
        account = account_for(actor, account_id)
        demand_match(request, etag(_shown(account)))
        form = AccountNumberIn(data=request.data)
        form.is_valid(raise_exception=True)
        return tagged_answer(request, _shown(number_account(account=account, **form.validated_data, by=actor)))


def _shown(account: Account, number: str = "") -> dict[str, Any]:
    told = {"account_id": account.public_id, "custodian": account.custodian}
    return dict(AccountNumberOut({**told, "number": number or account.masked_number}).data)
