import pytest

from apps.clients.readers.places import country_code, has_known_states, state_code


@pytest.mark.parametrize(
    ("text", "code"),
    [("USA", "US"), ("U.S.A.", "US"), ("Estados Unidos", "US"), ("br", "BR"), ("Brasil", "BR"), ("Atlantis", "")],
)
def test_countries_are_known_by_code_and_name(text: str, code: str) -> None:
    assert country_code(text) == code


def test_states_belong_to_their_country() -> None:
    assert (state_code("Texas", "US"), state_code("tx", "US"), state_code("São Paulo", "BR")) == ("TX", "TX", "SP")
    assert (state_code("PR", "US"), state_code("Paraná", "US"), state_code("TX", "BR")) == ("PR", "", "")
    assert (has_known_states("CA"), has_known_states("FR")) == (True, False)
