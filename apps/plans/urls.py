"""Addresses of plans."""

from django.urls import path

from apps.plans.views import actions, alerts, calculators, forms, pages, scenarios, steps, what_if, words

app_name = "plans"
_plan = "plans/<uuid:plan_id>"
_alert = "plans/alerts/<uuid:alert_id>"
_household = "households/<uuid:household_id>/plan"
_step, _watch = "plans/steps/<uuid:step_id>", "plans/contributions/<uuid:watch_id>"
urlpatterns = [
    path("plans/", pages.PlanList.as_view(), name="plan-list"),
    path("plans/alerts/", alerts.AlertList.as_view(), name="alert-list"),
    path("plans/alerts/rules/", alerts.EditMonitoringRules.as_view(), name="monitoring-rules"),
    path(f"{_alert}/acknowledge/", alerts.AcknowledgeAlert.as_view(), name="alert-acknowledge"),
    path(f"{_alert}/dismiss/", alerts.DismissAlert.as_view(), name="alert-dismiss"),
    path(f"{_alert}/draft/", alerts.DraftFromAlert.as_view(), name="alert-draft"),
    path(f"{_plan}/measure/", alerts.MeasureNow.as_view(), name="plan-measure"),
    path(f"{_household}/", pages.HouseholdPlan.as_view(), name="household-plan"),
    path(f"{_household}/start/", actions.StartPlan.as_view(), name="plan-start"),
    path(f"{_household}/compare/", pages.PlanCompare.as_view(), name="plan-compare"),
    path(f"{_household}/words/", words.GoalWords.as_view(), name="goal-words"),
    path(f"{_household}/words/new/", words.TellGoals.as_view(), name="goal-words-new"),
    path("plans/wishes/<uuid:wish_id>/", words.ConfirmWish.as_view(), name="wish"),
    path("plans/wishes/<uuid:wish_id>/drop/", words.DropWish.as_view(), name="wish-drop"),
    path(f"{_household}/mix/", pages.PlanMix.as_view(), name="plan-mix"),
    path(f"{_household}/taxes/", calculators.TaxCalculator.as_view(), name="tax-calculator"),
    path(f"{_plan}/mix/choose/", actions.ChooseMix.as_view(), name="mix-choose"),
    path(f"{_plan}/figures/<str:key>/", pages.FigurePassport.as_view(), name="figure"),
    path(f"{_plan}/what-if/", what_if.WhatIfPage.as_view(), name="what-if"),
    path(f"{_plan}/what-if/answer/", what_if.AnswerWhatIf.as_view(), name="what-if-answer"),
    path(f"{_plan}/what-if/reach/", what_if.ReachTarget.as_view(), name="what-if-reach"),
    path(f"{_plan}/what-if/keep/", scenarios.KeepScenario.as_view(), name="scenario-keep"),
    path(f"{_plan}/scenarios/", scenarios.ScenarioList.as_view(), name="scenario-list"),
    path("plans/scenarios/<uuid:scenario_id>/", scenarios.ScenarioMerge.as_view(), name="scenario-merge"),
    path("plans/scenarios/<uuid:scenario_id>/take/", scenarios.MergeScenario.as_view(), name="scenario-take"),
    path("plans/scenarios/<uuid:scenario_id>/lock/", scenarios.LockScenario.as_view(), name="scenario-lock"),
    path("plans/scenarios/<uuid:scenario_id>/aside/", scenarios.SetScenarioAside.as_view(), name="scenario-aside"),
    path("plans/scenarios/<uuid:scenario_id>/restore/", scenarios.RestoreScenario.as_view(), name="scenario-restore"),
    path(f"{_plan}/what-if/figures/<str:key>/", what_if.WhatIfPassport.as_view(), name="what-if-figure"),
    path(f"{_plan}/generate/", actions.GeneratePlan.as_view(), name="plan-generate"),
    path(f"{_plan}/cancel/", actions.CancelRun.as_view(), name="run-cancel"),
    path(f"{_plan}/publish/", actions.PublishPlan.as_view(), name="plan-publish"),
    path(f"{_plan}/report/", actions.OrderReport.as_view(), name="report-order"),
    path(f"{_plan}/signature/", actions.AskForSignature.as_view(), name="signature-ask"),
    path(f"{_plan}/restore/", actions.RestoreVersion.as_view(), name="plan-restore"),
    path(f"{_plan}/discard/", forms.DiscardDraft.as_view(), name="plan-discard"),
    path(f"{_plan}/choices/", forms.EditChoices.as_view(), name="choices-edit"),
    path(f"{_plan}/goals/new/", forms.EditGoal.as_view(), name="goal-new"),
    path(f"{_plan}/goals/<uuid:goal_id>/", forms.EditGoal.as_view(), name="goal-edit"),
    path(f"{_plan}/goals/<uuid:goal_id>/remove/", actions.RemoveGoal.as_view(), name="goal-remove"),
    path(f"{_plan}/overrides/new/", forms.EditOverride.as_view(), name="override-new"),
    path(f"{_plan}/overrides/<uuid:override_id>/remove/", actions.RemoveOverride.as_view(), name="override-remove"),
    path(
        "plans/recommendations/<uuid:recommendation_id>/",
        forms.DecideRecommendation.as_view(),
        name="recommendation-decide",
    ),
    path(
        "plans/recommendations/<uuid:recommendation_id>/accept/",
        actions.AcceptRecommendation.as_view(),
        name="recommendation-accept",
    ),
    path("plans/steps/", steps.StepList.as_view(), name="step-list"),
    path(f"{_household}/steps/", steps.StepBoardPage.as_view(), name="step-board"),
    path(f"{_household}/steps/new/", steps.NewStep.as_view(), name="step-new"),
    path(f"{_step}/", steps.EditStep.as_view(), name="step-edit"),
    path(f"{_step}/finish/", steps.FinishStep.as_view(), name="step-finish"),
    path(f"{_step}/halt/", steps.HaltStep.as_view(), name="step-halt"),
    path(f"{_step}/reopen/", steps.ReopenStep.as_view(), name="step-reopen"),
    path(f"{_watch}/", steps.EditWatch.as_view(), name="watch-edit"),
    path(f"{_watch}/stop/", steps.StopWatch.as_view(), name="watch-stop"),
    path(f"{_watch}/figures/<slug:figure>/", steps.ContributionPassport.as_view(), name="watch-figure"),
    path("plans/questions/<uuid:question_id>/", forms.AnswerQuestion.as_view(), name="question-answer"),
]
