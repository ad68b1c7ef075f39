"""Accounts, what they hold, and what happened in them: reads from what the caller may see."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import mixins, viewsets
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.clients.selectors.household_pages import household_for
from apps.core.api.actor import api_actor
from apps.core.api.etags import TaggedReadMixin
from apps.core.api.sparse import FIELDS
from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.portfolios.api.filters import AccountFilter, TransactionFilter
from apps.portfolios.api.serializers import (
    AccountHoldingsOut,
    AccountOut,
    PortfolioOut,
    TransactionOut,
)
from apps.portfolios.models import Account, Transaction
from apps.portfolios.selectors.accounts import account_for
from apps.portfolios.selectors.portfolios import household_portfolio
from apps.portfolios.selectors.valuations import holdings_at

AS_OF = OpenApiParameter("as_of", dt.date, description="The day shown, today when it is left out.")


KNOWN_AT = OpenApiParameter(
    "known_at", dt.datetime, description="The ledger as it stood at this moment, as it is now when it is left out."
)


def moment_of(request: Request) -> dt.datetime | None:
    """Return the moment asked for, None for now; raise InvalidInputError when it is none."""
    asked = request.query_params.get("known_at", "")
    try:
        moment = dt.datetime.fromisoformat(asked) if asked else None
    except ValueError:
        raise InvalidInputError(
            gettext_noop("“%(asked)s” is no moment."),
            mend=gettext_noop("Write the moment as 2026-03-31T18:00:00Z."),
            field="known_at",
            asked=asked,
        ) from None
    return timezone.make_aware(moment) if moment is not None and timezone.is_naive(moment) else moment


def day_of(request: Request) -> dt.date:
    """Return the day asked for; raise InvalidInputError when it is none or lies in the future."""
    asked, today = request.query_params.get("as_of", ""), timezone.localdate()
    try:
        day = dt.date.fromisoformat(asked) if asked else today
    except ValueError:
        day = dt.date.max
    if day > today:
        raise InvalidInputError(
            gettext_noop("“%(asked)s” is no day up to today."),
            mend=gettext_noop("Write the day as 2026-03-31."),
            field="as_of",
            asked=asked,
        )
    return day


@extend_schema_view(
    list=extend_schema(summary="List accounts", parameters=[FIELDS], tags=["portfolios"]),
    retrieve=extend_schema(summary="Read an account", parameters=[FIELDS], tags=["portfolios"]),
)
class AccountViewSet(TaggedReadMixin, mixins.ListModelMixin, viewsets.GenericViewSet[Account]):
    """Investment accounts of the households the caller may see."""

    scope_area = "portfolios"
    serializer_class = AccountOut
    filterset_class = AccountFilter
    lookup_field = "public_id"
    lookup_url_kwarg = "account_id"

    def get_queryset(self) -> Any:
        """Return those the caller may see."""
        accounts = Account.objects.visible_to(api_actor(self.request))
        return accounts.select_related("household").prefetch_related("owners__person")


class HoldingsView(APIView):
    """What an account holds on a day."""

    scope_area = "portfolios"

    @extend_schema(
        summary="Read an account's holdings", parameters=[AS_OF], responses=AccountHoldingsOut, tags=["portfolios"]
    )
    def get(self, request: Request, account_id: str) -> Response:
        """Answer with holdings, cash and total."""
        account = account_for(api_actor(request), account_id)
        at = holdings_at([account], day_of(request))[account.pk]
        shown = {**asdict(at), "owner_id": account.public_id, "total": at.total, "holdings": at.holdings}
        return Response(AccountHoldingsOut(shown).data)


@extend_schema_view(
    get=extend_schema(summary="List an account's transactions", parameters=[FIELDS], tags=["portfolios"])
)
class TransactionList(ListAPIView[Transaction]):
    """The entries of an account, reversals among them."""

    scope_area = "portfolios"
    serializer_class = TransactionOut
    filterset_class = TransactionFilter

    def get_queryset(self) -> Any:
        """Return those of the account in the address, if the caller may see it."""
        if getattr(self, "swagger_fake_view", False):
            return Transaction.objects.visible_to(api_actor(self.request)).none()
        account = account_for(api_actor(self.request), self.kwargs["account_id"])
        return account.transactions.select_related("account", "instrument", "into", "reversal_of", "leg_of")


class PortfolioView(APIView):
    """A household's portfolio on a day."""

    scope_area = "portfolios"

    @extend_schema(
        summary="Read a household's portfolio", parameters=[AS_OF], responses=PortfolioOut, tags=["portfolios"]
    )
    def get(self, request: Request, household_id: str) -> Response:
        """Answer with accounts, allocation and total."""
        household = household_for(api_actor(request), household_id)
        return Response(PortfolioOut(household_portfolio(household, day_of(request))).data)
