"""Addresses of the portal."""

from django.urls import path

from apps.portal.views import (
    account,
    acknowledgements,
    billing,
    calculators,
    closer,
    documents,
    goals,
    home,
    passports,
    plan,
    portfolio,
    questionnaires,
    signatures,
    trades,
)

app_name = "portal"
urlpatterns = [
    path("portal/", home.HomeView.as_view(), name="home"),
    path("portal/account/", account.AccountView.as_view(), name="account"),
    path("portal/billing/", billing.BillingView.as_view(), name="billing"),
    path("portal/billing/<uuid:invoice_id>/", billing.InvoiceView.as_view(), name="invoice"),
    path("portal/billing/<uuid:invoice_id>/pay/", billing.PayView.as_view(), name="pay"),
    path("portal/billing/receipts/<uuid:fee_id>/", billing.ReceiptView.as_view(), name="receipt"),
    path("portal/calculators/", calculators.CalculatorsView.as_view(), name="calculators"),
    path("portal/calculators/retirement/", calculators.RetirementView.as_view(), name="retirement"),
    path("portal/calculators/retirement/tell/", calculators.TellRetirement.as_view(), name="retirement-tell"),
    path("portal/calculators/education/", calculators.EducationView.as_view(), name="education"),
    path("portal/calculators/education/tell/", calculators.TellEducation.as_view(), name="education-tell"),
    path("portal/documents/", documents.DocumentsView.as_view(), name="documents"),
    path("portal/documents/<uuid:document_id>/", documents.DocumentView.as_view(), name="document"),
    path("portal/documents/asked/<uuid:request_id>/", documents.RequestView.as_view(), name="request"),
    path("portal/figures/<slug:figure>/", passports.PassportView.as_view(), name="passport"),
    path("portal/goals/", goals.GoalsView.as_view(), name="goals"),
    path("portal/goals/<uuid:wish_id>/", goals.GoalView.as_view(), name="goal"),
    path("portal/goals/<uuid:wish_id>/drop/", goals.GoalDropView.as_view(), name="goal-drop"),
    path("portal/plan/", plan.PlanView.as_view(), name="plan"),
    path("portal/plan/closer/spending/", closer.SpendingView.as_view(), name="closer-spending"),
    path("portal/plan/closer/<slug:topic>/", closer.CloserView.as_view(), name="closer"),
    path("portal/plan/closer/<slug:topic>/answer/", closer.CloserAnswer.as_view(), name="closer-answer"),
    path("portal/plan/closer/<slug:topic>/figures/<path:key>/", closer.CloserPassport.as_view(), name="closer-figure"),
    path("portal/plan/steps/<uuid:step_id>/", plan.StepView.as_view(), name="plan-step"),
    path("portal/plan/figures/<path:key>/", plan.PlanPassportView.as_view(), name="plan-passport"),
    path("portal/portfolio/", portfolio.PortfolioView.as_view(), name="portfolio"),
    path(
        "portal/questionnaires/<uuid:assessment_id>/",
        questionnaires.QuestionnaireView.as_view(),
        name="questionnaire",
    ),
    path(
        "portal/questionnaires/<uuid:assessment_id>/<int:number>/",
        questionnaires.QuestionView.as_view(),
        name="question",
    ),
    path(
        "portal/questionnaires/<uuid:assessment_id>/review/",
        questionnaires.ReviewView.as_view(),
        name="questionnaire-review",
    ),
    path(
        "portal/questionnaires/<uuid:assessment_id>/submit/",
        questionnaires.SubmitView.as_view(),
        name="questionnaire-submit",
    ),
    path(
        "portal/questionnaires/<uuid:assessment_id>/confirm/<slug:purpose>/",
        acknowledgements.AcknowledgementView.as_view(),
        name="acknowledgement",
    ),
    path("portal/trades/", trades.TradesView.as_view(), name="trades"),
    path("portal/trades/<uuid:proposal_id>/", trades.TradeView.as_view(), name="trade"),
    path("portal/trades/<uuid:proposal_id>/decline/", trades.TradeDeclineView.as_view(), name="trade-decline"),
    path(
        "portal/trades/<uuid:proposal_id>/figures/<slug:figure>/", trades.TradeFigureView.as_view(), name="trade-figure"
    ),
    path("portal/signatures/<uuid:signature_id>/", signatures.SignatureView.as_view(), name="signature"),
    path("portal/signatures/<uuid:signature_id>/paper/", signatures.PaperView.as_view(), name="signature-paper"),
    path("portal/signatures/<uuid:signature_id>/decline/", signatures.DeclineView.as_view(), name="signature-decline"),
]
