"""Addresses of portfolios."""

from django.urls import path

from apps.portfolios.urls import accounts as of_accounts
from apps.portfolios.urls import assets, order_changes, rebalancing, securities, services
from apps.portfolios.views import (
    accounts,
    attribution,
    benchmarks,
    breaks,
    composites,
    firm,
    gains,
    households,
    lot_rules,
    lots,
    models,
    opportunities,
    orders,
    passports,
    performance,
    reports,
    targets,
    trades,
)

app_name = "portfolios"
urlpatterns = [
    *assets.patterns,
    *of_accounts.patterns,
    *order_changes.patterns,
    *rebalancing.patterns,
    *services.patterns,
    *securities.patterns,
    path("portfolios/composites/", composites.CompositeListView.as_view(), name="composite-list"),
    path("portfolios/composites/new/", composites.CompositeNewView.as_view(), name="composite-new"),
    path(
        "portfolios/composites/<uuid:composite_id>/", composites.CompositeDetailView.as_view(), name="composite-detail"
    ),
    path(
        "portfolios/composites/<uuid:composite_id>/passport/<slug:figure>/",
        composites.CompositePassportView.as_view(),
        name="composite-passport",
    ),
    path(
        "portfolios/composites/<uuid:composite_id>/members/new/",
        composites.MemberNewView.as_view(),
        name="composite-member-new",
    ),
    path(
        "portfolios/composites/members/<uuid:composite_member_id>/end/",
        composites.MemberEndView.as_view(),
        name="composite-member-end",
    ),
    path("portfolios/benchmarks/", benchmarks.BenchmarkListView.as_view(), name="benchmark-list"),
    path("portfolios/benchmarks/new/", benchmarks.BenchmarkNewView.as_view(), name="benchmark-new"),
    path(
        "portfolios/benchmarks/<uuid:benchmark_id>/", benchmarks.BenchmarkDetailView.as_view(), name="benchmark-detail"
    ),
    path(
        "portfolios/benchmarks/<uuid:benchmark_id>/revise/",
        benchmarks.BenchmarkReviseView.as_view(),
        name="benchmark-revise",
    ),
    path(
        "portfolios/benchmarks/<uuid:benchmark_id>/offer/",
        benchmarks.BenchmarkOfferView.as_view(),
        name="benchmark-offer",
    ),
    path(
        "portfolios/benchmarks/<uuid:benchmark_id>/passport/<slug:figure>/",
        benchmarks.BenchmarkPassportView.as_view(),
        name="benchmark-passport",
    ),
    path(
        "portfolios/benchmarks/assigned/<uuid:assignment_id>/end/",
        benchmarks.BenchmarkEndView.as_view(),
        name="benchmark-end",
    ),
    path("portfolios/", accounts.AccountListView.as_view(), name="account-list"),
    path("portfolios/reports/", reports.ReportListView.as_view(), name="report-list"),
    path("portfolios/reports/new/", reports.ReportNewView.as_view(), name="report-new"),
    path("portfolios/reports/<uuid:batch_id>/", reports.ReportBatchView.as_view(), name="report-batch"),
    path("portfolios/reports/<uuid:batch_id>/progress/", reports.ReportProgressView.as_view(), name="report-progress"),
    path("portfolios/reports/<uuid:batch_id>/make/", reports.ReportsMakeView.as_view(), name="report-make"),
    path("portfolios/reports/<uuid:batch_id>/deliver/", reports.ReportsDeliverView.as_view(), name="report-deliver"),
    path(
        "portfolios/reports/of/<uuid:report_id>/restate/",
        reports.ReportRestateView.as_view(),
        name="report-restate",
    ),
    path(
        "portfolios/reports/of/<uuid:report_id>/passport/<slug:figure>/",
        reports.ReportPassportView.as_view(),
        name="report-passport",
    ),
    path("portfolios/firm/", firm.FirmPerformanceView.as_view(), name="firm-performance"),
    path(
        "portfolios/firm/passport/<slug:figure>/",
        firm.FirmPerformancePassportView.as_view(),
        name="firm-performance-passport",
    ),
    path("portfolios/breaks/", breaks.BreakListView.as_view(), name="break-list"),
    path("portfolios/breaks/<uuid:break_id>/accept/", breaks.BreakAcceptView.as_view(), name="break-accept"),
    path("portfolios/breaks/<uuid:break_id>/explain/", breaks.BreakExplainView.as_view(), name="break-explain"),
    path("portfolios/trades/", trades.TradeListView.as_view(), name="trade-list"),
    path("portfolios/trades/<uuid:proposal_id>/", trades.TradeDetailView.as_view(), name="trade-detail"),
    path("portfolios/trades/<uuid:proposal_id>/withdraw/", trades.TradeWithdrawView.as_view(), name="trade-withdraw"),
    path("portfolios/orders/", orders.BlotterView.as_view(), name="order-list"),
    path("portfolios/orders/release/", orders.ReleaseView.as_view(), name="order-release"),
    path("portfolios/orders/send/", orders.OrderSendView.as_view(), name="order-send"),
    path("portfolios/orders/executions/", orders.ConfirmationsView.as_view(), name="order-confirmations"),
    path("portfolios/orders/files/new/", orders.OrderFileNewView.as_view(), name="order-file-new"),
    path("portfolios/orders/files/<uuid:file_id>/", orders.OrderFileView.as_view(), name="order-file"),
    path("portfolios/orders/problems/<uuid:problem_id>/", orders.ProblemSolveView.as_view(), name="order-problem"),
    path("portfolios/orders/<uuid:order_id>/", orders.OrderDetailView.as_view(), name="order-detail"),
    path("portfolios/orders/<uuid:order_id>/sent/", orders.OrderSentView.as_view(), name="order-sent"),
    path("portfolios/orders/<uuid:order_id>/executions/new/", orders.FillNewView.as_view(), name="order-fill"),
    path("portfolios/orders/<uuid:order_id>/close/", orders.OrderCloseView.as_view(), name="order-close"),
    path(
        "portfolios/orders/<uuid:order_id>/passport/<slug:figure>/",
        orders.OrderPassportView.as_view(),
        name="order-passport",
    ),
    path("portfolios/trades/<uuid:proposal_id>/verify/", orders.TradeVerifyView.as_view(), name="trade-verify"),
    path("portfolios/trades/<uuid:proposal_id>/checks/", trades.TradeCheckView.as_view(), name="trade-check"),
    path(
        "portfolios/trades/<uuid:proposal_id>/passport/<slug:figure>/",
        trades.TradePassportView.as_view(),
        name="trade-passport",
    ),
    path(
        "households/<uuid:household_id>/portfolio/trades/",
        trades.HouseholdTradesView.as_view(),
        name="household-trades",
    ),
    path(
        "households/<uuid:household_id>/portfolio/reports/",
        reports.HouseholdReportsView.as_view(),
        name="household-reports",
    ),
    path("households/<uuid:household_id>/portfolio/trades/rows/", trades.TradeRowsView.as_view(), name="trade-rows"),
    path("households/<uuid:household_id>/portfolio/trades/new/", trades.TradeNewView.as_view(), name="trade-new"),
    path("portfolios/accounts/<uuid:account_id>/", accounts.AccountDetailView.as_view(), name="account-detail"),
    path("portfolios/accounts/<uuid:account_id>/step/", accounts.AccountStepView.as_view(), name="account-step"),
    path("portfolios/accounts/<uuid:account_id>/open-lots/", lots.AccountLotsView.as_view(), name="account-lots"),
    path(
        "portfolios/accounts/<uuid:account_id>/open-lots/file/",
        lots.AccountLotsFileView.as_view(),
        name="account-lots-file",
    ),
    path("portfolios/accounts/<uuid:account_id>/lots/", lot_rules.LotMethodView.as_view(), name="lot-methods"),
    path(
        "portfolios/lot-methods/<uuid:election_id>/withdraw/",
        lot_rules.LotMethodWithdrawView.as_view(),
        name="lot-method-withdraw",
    ),
    path(
        "portfolios/accounts/<uuid:account_id>/holdings/<uuid:instrument_id>/sell/",
        lot_rules.SaleNewView.as_view(),
        name="sale-new",
    ),
    path(
        "portfolios/accounts/<uuid:account_id>/holdings/<uuid:instrument_id>/passport/",
        lot_rules.SalePassportView.as_view(),
        name="sale-passport",
    ),
    path("portfolios/identical/", gains.EquivalenceListView.as_view(), name="equivalence-list"),
    path("portfolios/identical/new/", gains.EquivalenceNewView.as_view(), name="equivalence-new"),
    path("households/<uuid:household_id>/portfolio/gains/", gains.HouseholdGainsView.as_view(), name="household-gains"),
    path(
        "households/<uuid:household_id>/portfolio/gains/file/",
        gains.HouseholdGainsFileView.as_view(),
        name="household-gains-file",
    ),
    path(
        "households/<uuid:household_id>/portfolio/gains/passport/<slug:figure>/",
        gains.HouseholdGainsPassportView.as_view(),
        name="household-gains-passport",
    ),
    path("portfolios/tax-rates/", lot_rules.FirmTaxRatesView.as_view(), name="firm-tax-rates"),
    path(
        "portfolios/tax-rates/<uuid:rate_id>/withdraw/", lot_rules.TaxRateWithdrawView.as_view(), name="rate-withdraw"
    ),
    path(
        "portfolios/tax-rates/<uuid:rate_id>/passport/<slug:figure>/",
        lot_rules.TaxRatePassportView.as_view(),
        name="rate-passport",
    ),
    path(
        "households/<uuid:household_id>/portfolio/tax-rates/",
        lot_rules.HouseholdTaxRatesView.as_view(),
        name="household-tax-rates",
    ),
    path(
        "portfolios/accounts/<uuid:account_id>/passport/<slug:figure>/",
        passports.AccountPassportView.as_view(),
        name="account-passport",
    ),
    path(
        "portfolios/entries/<uuid:entry_id>/passport/<slug:figure>/",
        passports.EntryPassportView.as_view(),
        name="entry-passport",
    ),
    path(
        "portfolios/breaks/<uuid:break_id>/passport/<slug:figure>/",
        passports.BreakPassportView.as_view(),
        name="break-passport",
    ),
    path("portfolios/entries/<uuid:entry_id>/reverse/", accounts.EntryReverseView.as_view(), name="entry-reverse"),
    path(
        "portfolios/accounts/<uuid:account_id>/performance/",
        performance.PerformanceView.as_view(),
        name="account-performance",
    ),
    path(
        "portfolios/accounts/<uuid:account_id>/attribution/",
        attribution.AttributionView.as_view(),
        name="account-attribution",
    ),
    path("portfolios/accounts/<uuid:account_id>/sources/", attribution.SourcesView.as_view(), name="account-sources"),
    path(
        "portfolios/accounts/<uuid:account_id>/concentration/",
        attribution.ConcentrationView.as_view(),
        name="account-concentration",
    ),
    path("portfolios/accounts/<uuid:account_id>/sleeves/", performance.SleevesView.as_view(), name="account-sleeves"),
    path("portfolios/accounts/<uuid:account_id>/risk/", performance.RiskView.as_view(), name="account-risk"),
    path(
        "portfolios/accounts/<uuid:account_id>/benchmark/",
        benchmarks.PortfolioBenchmarkView.as_view(),
        name="account-benchmark",
    ),
    path(
        "portfolios/accounts/<uuid:account_id>/performance/passport/<slug:figure>/",
        performance.PerformancePassportView.as_view(),
        name="account-performance-passport",
    ),
    path(
        "households/<uuid:household_id>/portfolio/performance/",
        performance.PerformanceView.as_view(),
        name="household-performance",
    ),
    path(
        "households/<uuid:household_id>/portfolio/attribution/",
        attribution.AttributionView.as_view(),
        name="household-attribution",
    ),
    path(
        "households/<uuid:household_id>/portfolio/sources/",
        attribution.SourcesView.as_view(),
        name="household-sources",
    ),
    path(
        "households/<uuid:household_id>/portfolio/concentration/",
        attribution.ConcentrationView.as_view(),
        name="household-concentration",
    ),
    path(
        "households/<uuid:household_id>/portfolio/sleeves/",
        performance.SleevesView.as_view(),
        name="household-sleeves",
    ),
    path("households/<uuid:household_id>/portfolio/risk/", performance.RiskView.as_view(), name="household-risk"),
    path(
        "households/<uuid:household_id>/portfolio/benchmark/",
        benchmarks.PortfolioBenchmarkView.as_view(),
        name="household-benchmark",
    ),
    path(
        "households/<uuid:household_id>/portfolio/performance/passport/<slug:figure>/",
        performance.PerformancePassportView.as_view(),
        name="household-performance-passport",
    ),
    path(
        "households/<uuid:household_id>/portfolio/",
        households.HouseholdPortfolioView.as_view(),
        name="household-portfolio",
    ),
    path(
        "households/<uuid:household_id>/portfolio/passport/<slug:figure>/",
        passports.HouseholdPassportView.as_view(),
        name="household-passport",
    ),
    path(
        "households/<uuid:household_id>/portfolio/accounts/new/",
        households.AccountNewView.as_view(),
        name="account-new",
    ),
    path("portfolios/models/", models.ModelListView.as_view(), name="model-list"),
    path("portfolios/models/new/", models.ModelEditView.as_view(), name="model-new"),
    path("portfolios/models/rows/", models.ModelRowsView.as_view(), name="model-rows"),
    path("portfolios/models/<uuid:model_id>/", models.ModelDetailView.as_view(), name="model-detail"),
    path("portfolios/models/<uuid:model_id>/edit/", models.ModelEditView.as_view(), name="model-edit"),
    path("portfolios/models/<uuid:model_id>/retire/", models.ModelRetireView.as_view(), name="model-retire"),
    path(
        "portfolios/models/<uuid:model_id>/followers/", models.FollowersPassportView.as_view(), name="model-followers"
    ),
    path(
        "portfolios/models/<uuid:model_id>/versions/<int:number>/submit/",
        models.VersionSubmitView.as_view(),
        name="model-submit",
    ),
    path(
        "portfolios/models/<uuid:model_id>/versions/<int:number>/recall/",
        models.VersionRecallView.as_view(),
        name="model-recall",
    ),
    path(
        "portfolios/models/<uuid:model_id>/versions/<int:number>/discard/",
        models.VersionDiscardView.as_view(),
        name="model-discard",
    ),
    path(
        "portfolios/models/<uuid:model_id>/versions/<int:number>/passport/<slug:figure>/",
        models.ModelPassportView.as_view(),
        name="model-passport",
    ),
    path(
        "households/<uuid:household_id>/portfolio/targets/",
        targets.HouseholdTargetsView.as_view(),
        name="household-targets",
    ),
    path(
        "households/<uuid:household_id>/portfolio/targets/passport/<slug:figure>/",
        targets.TargetPassportView.as_view(),
        name="target-passport",
    ),
    path(
        "households/<uuid:household_id>/portfolio/mandates/new/", targets.MandateNewView.as_view(), name="mandate-new"
    ),
    path(
        "households/<uuid:household_id>/portfolio/restrictions/new/",
        targets.RestrictionNewView.as_view(),
        name="restriction-new",
    ),
    path(
        "households/<uuid:household_id>/portfolio/reserves/new/", targets.ReserveNewView.as_view(), name="reserve-new"
    ),
    path("portfolios/mandates/<uuid:mandate_id>/end/", targets.MandateEndView.as_view(), name="mandate-end"),
    path(
        "portfolios/restrictions/<uuid:restriction_id>/end/",
        targets.RestrictionEndView.as_view(),
        name="restriction-end",
    ),
    path("portfolios/reserves/<uuid:reserve_id>/end/", targets.ReserveEndView.as_view(), name="reserve-end"),
    path("portfolios/opportunities/", opportunities.OpportunityListView.as_view(), name="opportunity-list"),
    path("portfolios/commissions/", orders.CommissionsView.as_view(), name="commissions"),
    path("portfolios/opportunities/rules/", opportunities.WatchRulesView.as_view(), name="watch-rules"),
    path(
        "portfolios/opportunities/<uuid:opportunity_id>/act/",
        opportunities.OpportunityActView.as_view(),
        name="opportunity-act",
    ),
    path(
        "portfolios/opportunities/<uuid:opportunity_id>/passport/",
        opportunities.OpportunityPassportView.as_view(),
        name="opportunity-passport",
    ),
    path(
        "portfolios/readings/<uuid:reading_id>/passport/",
        opportunities.ReadingPassportView.as_view(),
        name="reading-passport",
    ),
]
