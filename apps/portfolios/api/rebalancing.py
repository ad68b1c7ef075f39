"""Rebalancing a portfolio: the same service as the page."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.core.api.actor import api_actor
from apps.core.api.idempotency import IdempotentPostMixin
from apps.portfolios.api.rebalancing_serializers import ComparisonIn, ComparisonOut, RebalanceIn, RebalanceOut
from apps.portfolios.selectors.accounts import account_for
from apps.portfolios.selectors.owners import owner_with
from apps.portfolios.selectors.rebalance_inputs import CashToRaise
from apps.portfolios.selectors.rebalance_runs import run_for, run_page
from apps.portfolios.services.rebalancing import RunTerms, compare_rebalances, propose_rebalance

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


class ComparisonView(IdempotentPostMixin, APIView):
    """Ask the same question under two or three settings."""

    scope_area = "portfolios"

    @extend_schema(
        summary="Compare rebalances of a portfolio",
        description=(
            "`portfolio_id` is the id of a household or of an account. Nothing is traded: each answer is kept as a "
            "rebalance of its own, and all are of the same holdings, prices and targets."
        ),
        request=ComparisonIn,
        responses={201: ComparisonOut},
        tags=["portfolios"],
    )
    def post(self, request: Request, portfolio_id: str) -> Response:
        """Ask, keep the answers, and tell them side by side."""
        by = api_actor(request)
        owner = owner_with(by, portfolio_id)
        given = ComparisonIn(data=request.data)
        given.is_valid(raise_exception=True)
        told = given.validated_data
        named = told.get("raise_in")
        runs = compare_rebalances(
            household=owner.household,
            account=owner.account,
            variants=[RunTerms(**each) for each in told["variants"]],
            by=by,
            cash=CashToRaise(account_for(by, named), told["raise_amount"]) if named else None,
        )
        return Response(ComparisonOut({"variants": [run_page(run) for run in runs]}).data, status.HTTP_201_CREATED)


class RebalanceDetail(APIView):
    """A run that was asked for."""

    scope_area = "portfolios"

    @extend_schema(summary="Read a rebalance", responses=RebalanceOut, tags=["portfolios"])
    def get(self, request: Request, rebalance_id: str) -> Response:
        """Answer with the run as it was kept."""
        return Response(RebalanceOut(run_page(run_for(api_actor(request), rebalance_id))).data)
