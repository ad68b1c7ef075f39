"""Rows of compliance."""

from apps.compliance.models.assessment import AssessmentKind, AssessmentState, Channel, RiskAssessment, RiskLevel
from apps.compliance.models.capacity import CapacityAssessment
from apps.compliance.models.checkpoint import (
    CheckpointKind,
    CheckpointRecord,
    CheckpointRules,
    CheckpointVerdict,
    ConsentRule,
)
from apps.compliance.models.method_table import MethodKind, MethodTable
from apps.compliance.models.review import AcknowledgementPurpose, AdvisorRiskReview, RiskAcknowledgement
from apps.compliance.models.risk_group import RiskGroup, RiskGroupFit, RiskMembership
from apps.compliance.models.trail import AuditExport, ExportFormat, TrailVerification

__all__ = [
    "AcknowledgementPurpose",
    "AdvisorRiskReview",
    "AssessmentKind",
    "AssessmentState",
    "AuditExport",
    "CapacityAssessment",
    "Channel",
    "CheckpointKind",
    "CheckpointRecord",
    "CheckpointRules",
    "CheckpointVerdict",
    "ConsentRule",
    "ExportFormat",
    "MethodKind",
    "MethodTable",
    "RiskAcknowledgement",
    "RiskAssessment",
    "RiskGroup",
    "RiskGroupFit",
    "RiskLevel",
    "RiskMembership",
    "TrailVerification",
]
