"""To which household each line of a list of facts belongs."""

from __future__ import annotations

from functools import cached_property

from apps.clients.models import Household
from apps.clients.ports import ImportFile
from apps.core.tabular.problems import RowProblem
from apps.kernel.errors import gettext_noop
from apps.money.readers.fact_files import FactRow

Found = tuple[Household | None, list[RowProblem]]


class NamedHouseholds:
    """The households that whoever brings a file may see, by their names and by their numbers in another system.

    A file that belongs to one household may name it, and no other.
    """

    def __init__(self, file: ImportFile) -> None:
        self._rows = Household.objects.visible_to(file.by).prefetch_related("people", "accounts")
        self._one = self._rows.get(pk=file.household_id) if file.household_id is not None else None
        self._found: dict[str, Found] = {}

    def of(self, row: FactRow) -> Found:
        """Return the household of a line, None with the reason where there is no one such."""
        said = row.household.casefold()
        if self._one is not None:
            named = {"", self._one.name.casefold(), self._one.external_id.casefold()}
            return (self._one, []) if said in named else (None, [self._other(row, self._one)])
        if not said:
            message = gettext_noop("The line names no household.")
            mend = gettext_noop("Write the name of one, or its number in your other system.")
            return None, [RowProblem(row.line, "household", "no_household", message, mend)]
        found = self._by_word.get(said, [])
        if len(found) == 1:
            return found[0], []
        return None, [self._many(row) if found else self._unknown(row)]

    @cached_property
    def _by_word(self) -> dict[str, list[Household]]:
        words: dict[str, list[Household]] = {}
        for household in self._rows:
            for word in {household.name.casefold(), household.external_id.casefold()} - {""}:
                words.setdefault(word, []).append(household)
        return words

    @staticmethod
    def _other(row: FactRow, one: Household) -> RowProblem:
        message = gettext_noop("“%(said)s” is another household than the one chosen, %(household)s.")
        mend = gettext_noop("Bring the list without choosing a household, or remove the line.")
        params = {"said": row.household, "household": one.name}
        return RowProblem(row.line, "household", "other_household", message, mend, params)

    @staticmethod
    def _unknown(row: FactRow) -> RowProblem:
        message = gettext_noop("“%(said)s” is no household that you look after.")
        mend = gettext_noop("Write the name of one, or its number in your other system.")
        return RowProblem(row.line, "household", "unknown_household", message, mend, {"said": row.household})

    @staticmethod
    def _many(row: FactRow) -> RowProblem:
        message = gettext_noop("More than one household is called “%(said)s”.")
        mend = gettext_noop("Write its number in your other system instead.")
        return RowProblem(row.line, "household", "many_households", message, mend, {"said": row.household})
