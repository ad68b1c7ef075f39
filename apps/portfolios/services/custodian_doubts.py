"""What keeps a corporate action of a custodian's file out, each with the way to mend it."""

from __future__ import annotations

from decimal import Decimal

from apps.clients.ports import ReadRow
from apps.core.tabular.problems import RowProblem, Severity
from apps.kernel.errors import gettext_noop

_ANSWER = gettext_noop("Answer the question about it below, or answer to leave its lines out and enter it by hand.")
_BY_HAND = gettext_noop("Bring whole days of the account, or answer to leave its lines out and enter it by hand.")


def nothing_held(row: ReadRow) -> RowProblem:
    """The book and the file have nothing of the security before the action."""
    return RowProblem(
        row.line,
        "quantity",
        "nothing_held",
        gettext_noop("Nothing is held of this security before the day of the action, by our book and the file."),
        gettext_noop("Bring the entries by which it came in first, or leave the line out and enter it by hand."),
        {},
    )


def not_all_held(row: ReadRow, told: Decimal, held: Decimal) -> RowProblem:
    """The shares that leave are not all that is held."""
    return RowProblem(
        row.line,
        "quantity",
        "not_all_held",
        gettext_noop("The action takes %(told)s shares; our book and the file hold %(held)s before it."),
        gettext_noop("Clear the difference first: bring missing entries, or correct the book."),
        {"told": _plain(told), "held": _plain(held)},
    )


def alone(row: ReadRow) -> RowProblem:
    """The other half is missing, or there are too many halves."""
    return RowProblem(
        row.line,
        "action",
        "part_alone",
        gettext_noop("This is one half of a corporate action; what belongs to it is not in the file, or not clear."),
        _BY_HAND,
        {},
    )


def parent_missing(row: ReadRow) -> RowProblem:
    """Of a spin-off nobody says what it came from."""
    return RowProblem(
        row.line,
        "action",
        "parent_missing",
        gettext_noop(
            "The file does not say which security these shares were spun off from, and no action is announced."
        ),
        _ANSWER,
        {},
    )


def basis_missing(row: ReadRow) -> RowProblem:
    """Of a spin-off nobody says how the cost is shared."""
    return RowProblem(
        row.line,
        "action",
        "basis_missing",
        gettext_noop("Nothing says which part of the cost goes to the shares that were spun off."),
        gettext_noop("Answer with the percentage of the issuer's Form 8937 below, or load the announced action."),
        {},
    )


def value_missing(row: ReadRow) -> RowProblem:
    """Of a merger that pays cash nobody says what a new share was worth."""
    return RowProblem(
        row.line,
        "amount",
        "value_missing",
        gettext_noop("The merger pays cash; its gain needs the value of a new share on the day, which is not known."),
        _ANSWER,
        {},
    )


def boot_missing(row: ReadRow) -> RowProblem:
    """The announced terms pay cash of which the file has no line."""
    return RowProblem(
        row.line,
        "amount",
        "boot_missing",
        gettext_noop("The announced merger pays cash besides its shares; the file has no line of it on this day."),
        _BY_HAND,
        {},
    )


def ratio_missing(row: ReadRow) -> RowProblem:
    """A fraction is paid in cash, of unknown size."""
    return RowProblem(
        row.line,
        "quantity",
        "ratio_missing",
        gettext_noop(
            "A fraction of a share is paid in cash, and the file does not say how many new shares are for old."
        ),
        _ANSWER,
        {},
    )


def ratio_differs(row: ReadRow, ratio: tuple[Decimal, Decimal], told: Decimal) -> RowProblem:
    """The ratio does not bring the shares of the file."""
    return RowProblem(
        row.line,
        "quantity",
        "ratio_differs",
        gettext_noop("%(new)s for %(old)s does not make %(told)s shares of what is held."),
        gettext_noop("Answer with the right ratio below, or answer to leave its lines out and enter it by hand."),
        {"new": _plain(ratio[0]), "old": _plain(ratio[1]), "told": _plain(told)},
    )


def fraction_unknown(row: ReadRow) -> RowProblem:
    """Cash for a fraction that our book does not have."""
    return RowProblem(
        row.line,
        "quantity",
        "fraction_unknown",
        gettext_noop("Cash is paid for a fraction of a share, and our book has no action that left one."),
        gettext_noop("Answer with the ratio of the action below, or take it back and enter it with its ratio first."),
        {},
    )


def differs_from_book(row: ReadRow, ours: Decimal, theirs: Decimal) -> RowProblem:
    """The action was entered before, with other shares."""
    return RowProblem(
        row.line,
        "quantity",
        "differs_from_book",
        gettext_noop("The book has this action with %(ours)s shares; the file says %(theirs)s."),
        gettext_noop("Take the entry back and bring the file again, or answer to leave its lines out."),
        {"ours": _plain(ours), "theirs": _plain(theirs)},
    )


def reorganisation(row: ReadRow) -> RowProblem:
    """A merger is taken for one that is not taxed but for its cash: a doubt that keeps nothing out."""
    return RowProblem(
        row.line,
        "action",
        "taken_as_reorganisation",
        gettext_noop("Cost and holding period go on in the new shares, as in a reorganisation (IRC 354, 356, 358)."),
        gettext_noop("If Form 8937 says that it is taxed, answer to leave it out, and enter a sale and a purchase."),
        {},
        Severity.WARNING,
    )


def unreadable_answer(row: ReadRow, told: str) -> RowProblem:
    """An answer that is no number of its kind."""
    return RowProblem(
        row.line,
        "action",
        "unreadable_answer",
        gettext_noop("“%(told)s” cannot be read as an answer to the question about this action."),
        gettext_noop("Write a ratio as 1 for 25, a percentage between 0 and 100 as 23.84, a value as 41.50."),
        {"told": told[:40]},
    )


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"
