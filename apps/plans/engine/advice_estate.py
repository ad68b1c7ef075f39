"""Papers of the estate: none on file, or none for years. No forecast is needed, and none is made."""

from __future__ import annotations

from apps.plans.engine.advice import Candidate
from apps.plans.engine.advice_facts import AdviceFacts
from apps.plans.engine.advice_household_texts import no_papers_texts, old_papers_texts
from apps.plans.engine.inputs import ProjectionInputs

# a will outlives births, moves and laws; five years is the trade's habit, not a rule of law
REVIEW_YEARS = 5


def estate_advice(inputs: ProjectionInputs, facts: AdviceFacts | None) -> list[Candidate]:
    """Ask for will, powers and beneficiaries where no paper is on file, or the newest is five years old.

    What is not on file may well exist: the texts ask. Silent where nobody can know what is on file.
    """
    if facts is None or facts.papers is None:
        return []
    newest, start = facts.papers.newest, inputs.start_date
    told: tuple[tuple[str, float], ...] = (("minors", float(facts.minors)),)
    if not facts.papers.count or newest is None:
        texts = no_papers_texts(facts.minors)
    else:
        years = start.year - newest.year - ((start.month, start.day) < (newest.month, newest.day))
        if years < REVIEW_YEARS:
            return []
        told = (*told, ("filed_in", float(newest.year)), ("years_old", float(years)))
        texts = old_papers_texts(dict(told))
    return [
        Candidate(
            key="estate_papers",
            kind="estate",
            texts=texts,
            changed=None,
            certain=True,
            difficulty="medium",
            timeframe="this_year",
            facts=told,
        )
    ]
