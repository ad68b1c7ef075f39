"""Rebalancing a portfolio: the same service as the page."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.core.api.actor import api_actor
from apps.core.api.idempotency import IdempotentPostMixin
from apps.portfolios.api.rebalancing_serializers import RebalanceIn, RebalanceOut
from apps.portfolios.selectors.accounts import account_for
from apps.portfolios.selectors.owners import owner_with
from apps.portfolios.selectors.rebalance_runs import run_for, run_page
from apps.portfolios.services.rebalancing import RunTerms, propose_rebalance

BASE = "/api/financial-services/rebalances"


class RebalancingView(IdempotentPostMixin, APIView):
    """Ask what to trade in a household's managed accounts together, or in one account."""

    scope_area = "portfolios"

    @extend_schema(
        summary="Rebalance a portfolio",
        description=(
            "`portfolio_id` is the id of a household or of an account. Nothing is traded: the answer holds trades with "
            "their lots and reasons, drift, tax and cost before and after, and the distance from the optimum."
        ),
        request=RebalanceIn,
        responses={201: RebalanceOut},
        tags=["portfolios"],
    )
    def post(self, request: Request, portfolio_id: str) -> Response:
        """Ask, keep question and answer, and tell the answer."""
        by = api_actor(request)
        owner = owner_with(by, portfolio_id)
        given = RebalanceIn(data=request.data)
        given.is_valid(raise_exception=True)
        told = dict(given.validated_data)
        named, amount = told.pop("raise_in", None), told.pop("raise_amount")
        run = propose_rebalance(
            household=owner.household,
            account=owner.account,
            terms=RunTerms(**told),
            by=by,
            raise_in=account_for(by, named) if named else None,
            raise_amount=amount,
        )
        where = {"Location": f"{BASE}/{run.public_id}"}
        return Response(RebalanceOut(run_page(run)).data, status=status.HTTP_201_CREATED, headers=where)


class RebalanceDetail(APIView):
    """A run that was asked for."""

    scope_area = "portfolios"

    @extend_schema(summary="Read a rebalance", responses=RebalanceOut, tags=["portfolios"])
    def get(self, request: Request, rebalance_id: str) -> Response:
        """Answer with the run as it was kept."""
        return Response(RebalanceOut(run_page(run_for(api_actor(request), rebalance_id))).data)
