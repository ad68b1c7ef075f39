"""The words that a client says yes to: shown on the page and kept with the yes, from one place."""

from __future__ import annotations

from django.utils.translation import gettext

from apps.compliance.models import AcknowledgementPurpose, AdvisorRiskReview, RiskAssessment


def acknowledgement_statement(assessment: RiskAssessment, review: AdvisorRiskReview | None, purpose: str) -> str:
    """Return the statement in the reader's language."""
    if purpose == AcknowledgementPurpose.JOINT_PROFILE:
        return gettext(
            "I agree that the risk profile that %(name)s answered is the profile for the money we hold together."
        ) % {"name": str(assessment.person)}
    accepted = review.get_accepted_level_display() if review else ""
    return gettext(
        "My advisor recommended the risk level “%(recommended)s”. I want the level “%(accepted)s” and understand that "
        "it may lose more than my answers or my finances suggest that I can bear."
    ) % {"recommended": assessment.get_recommended_level_display(), "accepted": accepted}
