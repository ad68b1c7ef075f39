from apps.clients.readers.households import grouped, household_key
from apps.clients.readers.rows import ClientRow, Relationship


def person(row: int, relationship: Relationship, *, said: bool = True, household: str = "lee") -> ClientRow:
    return ClientRow(row, str(row), "", household, household.title(), f"P{row}", "Lee", relationship, said)


def test_names_of_households_are_compared_by_their_core() -> None:
    assert household_key("The Lee Family") == household_key("LEE  household") == "lee"
    assert household_key("Família Souza") == "souza"
    assert household_key("Family") == "family"


def test_members_are_ordered_head_first_and_rows_by_line() -> None:
    found = grouped([person(2, Relationship.CHILD), person(3, Relationship.HEAD), person(4, Relationship.PARTNER)])
    assert [member.row for member in found.households[0].members] == [3, 4, 2]
    assert [row.row for row in found.rows] == [2, 3, 4]
    assert found.problems == ()


def test_a_silent_relationship_beside_a_head_is_a_warning() -> None:
    found = grouped([person(2, Relationship.HEAD), person(3, Relationship.OTHER, said=False)])
    assert [(problem.row, problem.code) for problem in found.problems] == [(3, "no_relationship")]
    assert len(found.rows) == 2


def test_a_household_waits_only_for_its_own_refused_rows() -> None:
    waiting = grouped([person(2, Relationship.PARTNER)], refused=[person(3, Relationship.HEAD)])
    assert [(problem.row, problem.code) for problem in waiting.problems] == [(2, "household_incomplete")]
    other = grouped([person(2, Relationship.HEAD)], refused=[person(3, Relationship.HEAD, household="okafor")])
    assert other.problems == ()
