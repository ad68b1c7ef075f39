"""Plans alike by meaning: words weighed by how rare they are, and turned into a few directions of what goes together.

TF-IDF with sublinear counts over words and pairs of words, truncated singular value decomposition (latent semantic
analysis), vectors of length one: the cosine of two is how alike they are, from 0 for nothing in common to 1. Fitted on
one firm's plans and never across firms. docs/engine/likeness.md says how well it was measured to do.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

# directions kept: one for every few plans, so that a small firm is not told by single words
DIMENSIONS, PLANS_A_DIMENSION, FEWEST_DIMENSIONS = 64, 5, 4
NEAREST = 3
# below this cosine two plans have too little in common to be shown beside each other
LEAST_ALIKE = 0.25
# a firm's plans are compared from this number on, and while this share of the nearest three share what plans are about
FEWEST_PLANS, BAR = 12, 0.7
_SEED = 20_260_101
# the words that stand for hidden names, and words of every plan
_OWN_WORDS = ("person", "family", "household", "account", "address", "number", "plan")
_ENGLISH = (
    "a about after all an and any are as at be by can could do for from has have he her his i if in into is it its "
    "like maybe me more my no not of on one or our out she so some that the their them then they this to too up us "
    "want was we when will with would year years you"
)
_PORTUGUESE = (
    "a ao aos as com como da das de do dos e em eu isso já mais mas meu minha na nas no nos não o os ou para pela pelo "
    "por quando que quero queremos se sem ser seu sua são também tem ter um uma umas uns ano anos"
)
_WORD = r"(?u)\b[^\W\d_]{2,}\b"
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Likeness:
    """Vectors of length one, shape (n_plans, n_dimensions); a text without a known word is all zeros."""

    vectors: Floats


def fit_likeness(texts: Sequence[str]) -> Likeness:
    """Return the vectors of a firm's texts. Raises ValueError for fewer than two, or none with a word of meaning."""
    # a second of loading, and only a night's job comes here
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.preprocessing import normalize

    stop = sorted({*_OWN_WORDS, *_ENGLISH.split(), *_PORTUGUESE.split()})
    words = TfidfVectorizer(
        lowercase=True,
        strip_accents=None,
        stop_words=stop,
        ngram_range=(1, 2),
        sublinear_tf=True,
        token_pattern=_WORD,
        min_df=1,
    )
    weights = words.fit_transform(texts)
    wanted = max(FEWEST_DIMENSIONS, min(DIMENSIONS, round(len(texts) / PLANS_A_DIMENSION)))
    n_dimensions = min(wanted, weights.shape[0] - 1, weights.shape[1] - 1)
    if n_dimensions < 1:
        raise ValueError("Two texts with two words are needed at least.")
    parts = TruncatedSVD(n_components=n_dimensions, algorithm="arpack", random_state=_SEED).fit_transform(weights)
    return Likeness(np.asarray(normalize(parts), dtype=np.float64))


def embedded_likeness(vectors: Sequence[Sequence[float]]) -> Likeness:
    """Return what a model of embeddings says of texts, shape (n_texts, n_dimensions) of finite numbers.

    The mean of all is taken off before: models put all texts of one subject near each other, and what is left tells
    them apart. Raises ValueError for fewer than two, for rows of several lengths and for what is no number.
    """
    told = np.asarray(vectors, dtype=np.float64)
    if told.ndim != 2 or told.shape[0] < 2 or not np.isfinite(told).all():
        raise ValueError("Two vectors of one length are needed at least.")
    told = told - told.mean(axis=0)
    lengths = np.linalg.norm(told, axis=1, keepdims=True)
    return Likeness(np.divide(told, lengths, out=np.zeros_like(told), where=lengths > 0.0))


def nearest(likeness: Likeness, count: int = NEAREST) -> npt.NDArray[np.intp]:
    """Return for each plan the others most alike, the most alike first; shape (n_plans, count)."""
    alike = likeness.vectors @ likeness.vectors.T
    np.fill_diagonal(alike, -np.inf)
    return np.argsort(-alike, axis=1, kind="stable")[:, :count]


def precision_at(likeness: Likeness, labels: Sequence[frozenset[str]], count: int = NEAREST) -> float:
    """Return the share of the nearest plans that share a label with theirs, over plans that any other shares one with.

    ``labels`` say what each plan is about; a plan whose labels nobody shares cannot be served and is left out. NaN
    where none is left.
    """
    found = nearest(likeness, count)
    hits = [
        sum(bool(labels[row] & labels[other]) for other in found[row]) / count
        for row in range(len(labels))
        if any(labels[row] & labels[other] for other in range(len(labels)) if other != row)
    ]
    return float(np.mean(hits)) if hits else float("nan")


def telling(labels: Sequence[frozenset[str]]) -> list[frozenset[str]]:
    """Return the labels without those that more than half of the plans bear: these tell nothing apart."""
    counts = Counter(label for each in labels for label in each)
    common = {label for label, count in counts.items() if 2 * count > len(labels)}
    return [each - common for each in labels]


def is_good(n_plans: int, precision: float | None) -> bool:
    """Say whether a firm's plans may be shown beside each other."""
    return n_plans >= FEWEST_PLANS and precision is not None and precision >= BAR
