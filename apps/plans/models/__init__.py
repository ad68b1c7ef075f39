"""Rows of plans."""

from apps.plans.models.asked import AskedModel, AskedState, ModelReading, PlanExplanation
from apps.plans.models.assumptions import AssumptionTable
from apps.plans.models.calculation import Calculation, CalculationUse, CalculatorKind
from apps.plans.models.goal import Goal, GoalKind, GoalPriority
from apps.plans.models.goal_text import OPEN_WISHES, GoalText, GoalWish, Tongue, WishState
from apps.plans.models.likeness import PlanLikeness, PlanVector
from apps.plans.models.markets import MarketChoice, MarketHistory, MarketKindChoice
from apps.plans.models.monitoring import (
    AlertKind,
    AlertState,
    MonitoringRules,
    PlanAlert,
    PlanMeasurement,
    PlanMonitor,
)
from apps.plans.models.override import CONVERTING, PER_CENT, Override, OverrideKind
from apps.plans.models.plan import Plan, PlanStatus, SpendingRuleKind
from apps.plans.models.projection_run import ProjectionRun
from apps.plans.models.question import PlanQuestion
from apps.plans.models.recommendation import Decision, Recommendation
from apps.plans.models.scenario import PlanScenario
from apps.plans.models.step import ContributionWatch, PlanStep, StepOwner, StepStatus
from apps.plans.models.stress_run import StressRun

__all__ = [
    "CONVERTING",
    "OPEN_WISHES",
    "PER_CENT",
    "AlertKind",
    "AlertState",
    "AskedModel",
    "AskedState",
    "AssumptionTable",
    "Calculation",
    "CalculationUse",
    "CalculatorKind",
    "ContributionWatch",
    "Decision",
    "Goal",
    "GoalKind",
    "GoalPriority",
    "GoalText",
    "GoalWish",
    "MarketChoice",
    "MarketHistory",
    "MarketKindChoice",
    "ModelReading",
    "MonitoringRules",
    "Override",
    "OverrideKind",
    "Plan",
    "PlanAlert",
    "PlanExplanation",
    "PlanLikeness",
    "PlanMeasurement",
    "PlanMonitor",
    "PlanQuestion",
    "PlanScenario",
    "PlanStatus",
    "PlanStep",
    "PlanVector",
    "ProjectionRun",
    "Recommendation",
    "SpendingRuleKind",
    "StepOwner",
    "StepStatus",
    "StressRun",
    "Tongue",
    "WishState",
]
