"""Addresses of portfolios under /api/."""

from django.urls import re_path

from apps.core.api.ids import ID
from apps.portfolios.api.composites import CompositePerformanceView, CompositeViewSet
from apps.portfolios.api.distributions import DistributionsView
from apps.portfolios.api.numbers import AccountNumberView
from apps.portfolios.api.performance import BenchmarkViewSet, EffectsView, PerformanceView, SleevesView
from apps.portfolios.api.rebalancing import ComparisonView, RebalanceDetail, RebalancingView
from apps.portfolios.api.targets import DriftView, LotsView, ModelViewSet, PortfolioViewSet, TargetsView
from apps.portfolios.api.trades import OrderViewSet, TradeViewSet
from apps.portfolios.api.views import AccountViewSet, HoldingsView, PortfolioView, TransactionList

app_name = "portfolios_api"
_ID = ID
_ACCOUNTS = r"^financial-services/accounts"

urlpatterns = [
    re_path(rf"{_ACCOUNTS}/?$", AccountViewSet.as_view({"get": "list"}), name="account-list"),
    re_path(
        rf"{_ACCOUNTS}/(?P<account_id>{_ID})/?$", AccountViewSet.as_view({"get": "retrieve"}), name="account-detail"
    ),
    re_path(
        rf"{_ACCOUNTS}/(?P<account_id>{_ID})/distributions/?$",
        DistributionsView.as_view(),
        name="account-distributions",
    ),
    re_path(rf"{_ACCOUNTS}/(?P<account_id>{_ID})/number/?$", AccountNumberView.as_view(), name="account-number"),
    re_path(rf"{_ACCOUNTS}/(?P<account_id>{_ID})/holdings/?$", HoldingsView.as_view(), name="account-holdings"),
    re_path(
        rf"{_ACCOUNTS}/(?P<account_id>{_ID})/transactions/?$", TransactionList.as_view(), name="account-transactions"
    ),
    re_path(
        rf"^financial-services/households/(?P<household_id>{_ID})/portfolio/?$",
        PortfolioView.as_view(),
        name="household-portfolio",
    ),
    re_path(
        rf"^financial-services/portfolios/(?P<portfolio_id>{_ID})/performance/?$",
        PerformanceView.as_view(),
        name="portfolio-performance",
    ),
    re_path(
        rf"^financial-services/portfolios/(?P<portfolio_id>{_ID})/sleeves/?$",
        SleevesView.as_view(),
        name="portfolio-sleeves",
    ),
    re_path(
        rf"^financial-services/portfolios/(?P<portfolio_id>{_ID})/effects/?$",
        EffectsView.as_view(),
        name="portfolio-effects",
    ),
    re_path(
        rf"^financial-services/portfolios/(?P<portfolio_id>{_ID})/rebalancing/?$",
        RebalancingView.as_view(),
        name="portfolio-rebalancing",
    ),
    re_path(
        rf"^financial-services/portfolios/(?P<portfolio_id>{_ID})/rebalancing/comparison/?$",
        ComparisonView.as_view(),
        name="portfolio-rebalancing-comparison",
    ),
    re_path(
        rf"^financial-services/rebalances/(?P<rebalance_id>{_ID})/?$",
        RebalanceDetail.as_view(),
        name="rebalance-detail",
    ),
    re_path(r"^financial-services/composites/?$", CompositeViewSet.as_view({"get": "list"}), name="composite-list"),
    re_path(
        rf"^financial-services/composites/(?P<composite_id>{_ID})/?$",
        CompositeViewSet.as_view({"get": "retrieve"}),
        name="composite-detail",
    ),
    re_path(
        rf"^financial-services/composites/(?P<composite_id>{_ID})/performance/?$",
        CompositePerformanceView.as_view(),
        name="composite-performance",
    ),
    re_path(r"^financial-services/benchmarks/?$", BenchmarkViewSet.as_view({"get": "list"}), name="benchmark-list"),
    re_path(
        rf"^financial-services/benchmarks/(?P<benchmark_id>{_ID})/?$",
        BenchmarkViewSet.as_view({"get": "retrieve"}),
        name="benchmark-detail",
    ),
    re_path(
        rf"^financial-services/portfolios/(?P<portfolio_id>{_ID})/trades/?$",
        TradeViewSet.as_view({"get": "list", "post": "create"}),
        name="portfolio-trades",
    ),
    re_path(r"^financial-services/trades/?$", TradeViewSet.as_view({"get": "list"}), name="trade-list"),
    re_path(
        rf"^financial-services/trades/(?P<proposal_id>{_ID})/?$",
        TradeViewSet.as_view({"get": "retrieve"}),
        name="trade-detail",
    ),
    re_path(r"^financial-services/orders/?$", OrderViewSet.as_view({"get": "list"}), name="order-list"),
    re_path(
        rf"^financial-services/orders/(?P<order_id>{_ID})/?$",
        OrderViewSet.as_view({"get": "retrieve"}),
        name="order-detail",
    ),
    re_path(rf"{_ACCOUNTS}/(?P<account_id>{_ID})/lots/?$", LotsView.as_view(), name="account-lots"),
    re_path(r"^financial-services/portfolios/?$", PortfolioViewSet.as_view({"post": "create"}), name="portfolio-open"),
    re_path(
        rf"^financial-services/portfolios/(?P<portfolio_id>{_ID})/?$",
        PortfolioViewSet.as_view({"get": "retrieve"}),
        name="portfolio-detail",
    ),
    re_path(
        rf"^financial-services/portfolios/(?P<portfolio_id>{_ID})/status/?$",
        PortfolioViewSet.as_view({"put": "set_status"}),
        name="portfolio-status",
    ),
    re_path(
        rf"^financial-services/portfolios/(?P<portfolio_id>{_ID})/targets/?$",
        TargetsView.as_view(),
        name="portfolio-targets",
    ),
    re_path(
        rf"^financial-services/portfolios/(?P<portfolio_id>{_ID})/drift/?$", DriftView.as_view(), name="portfolio-drift"
    ),
    re_path(r"^financial-services/models/?$", ModelViewSet.as_view({"get": "list"}), name="model-list"),
    re_path(
        rf"^financial-services/models/(?P<model_id>{_ID})/?$",
        ModelViewSet.as_view({"get": "retrieve"}),
        name="model-detail",
    ),
]
