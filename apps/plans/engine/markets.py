"""Which markets a plan is tried on: how the cube of scenarios is drawn, and from which history. No household in it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.plans.engine.assumptions import AssumptionSet
from apps.plans.engine.checks import within

MAX_BLOCK_MONTHS = 120


class MarketKind(StrEnum):
    """How months are drawn: by a formula (log-normal, fat-tailed) or from history (in blocks, or as it went)."""

    LOG_NORMAL = "log_normal"
    FAT_TAILED = "fat_tailed"
    BOOTSTRAP = "bootstrap"
    SEQUENCES = "sequences"


FROM_HISTORY = frozenset({MarketKind.BOOTSTRAP, MarketKind.SEQUENCES})

_SOURCES = {
    MarketKind.LOG_NORMAL: "scrambled Sobol points along principal components, pseudo-random rest",
    MarketKind.FAT_TAILED: "the same points, each month spread by a common chi-square: multivariate Student-t",
    MarketKind.BOOTSTRAP: "stationary bootstrap of whole months of history (Politis and Romano 1994)",
    MarketKind.SEQUENCES: "history month by month from each of its months on, its beginning following its end",
}


@dataclass(frozen=True, slots=True)
class MarketModel:
    """A way to draw the markets.

    ``history`` is the digest of the months drawn from (`history.History`), empty where a formula draws. A block has
    ``mean_block`` months on average; ``is_recentred`` moves history to the returns and the inflation that are assumed.
    Raises InvalidInputError for history that is not named, and a block of no months or more than ten years.
    """

    kind: MarketKind
    history: str = ""
    mean_block: int = 12
    is_recentred: bool = True

    def __post_init__(self) -> None:
        within(self.mean_block, 1, MAX_BLOCK_MONTHS, "mean_block")
        if (self.kind in FROM_HISTORY) != bool(self.history):
            raise InvalidInputError(
                gettext_noop("Markets drawn from history need a history, and others need none."),
                mend=gettext_noop("Load the monthly history first, or choose markets by formula."),
                field="history",
            )

    def facts(self) -> tuple[tuple[str, str], ...]:
        """Return what a passport says of the model."""
        told: list[tuple[str, str]] = [("market", str(self.kind))]
        if self.history:
            told.append(("history", self.history[:12]))
        if self.kind is MarketKind.BOOTSTRAP:
            told.append(("mean_block", str(self.mean_block)))
        if self.history:
            told.append(("centred", "assumed" if self.is_recentred else "history"))
        return tuple(told)

    @property
    def source(self) -> str:
        """Return how the scenarios are drawn, in one line."""
        return f"{_SOURCES[self.kind]}; docs/engine/markets.md"


LOG_NORMAL = MarketModel(MarketKind.LOG_NORMAL)


def check_market(model: MarketModel, assumptions: AssumptionSet) -> None:
    """Refuse, with InvalidInputError, fat tails of a set that does not say how fat they are."""
    if model.kind is MarketKind.FAT_TAILED:
        assumptions.check_tails()
