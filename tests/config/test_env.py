import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import env
from config.env import DatabaseAddress, EnvironmentVariableError


def test_a_required_variable_that_is_missing_is_named(monkeypatch):
    monkeypatch.delenv("SECRET_KEY", raising=False)
    with pytest.raises(EnvironmentVariableError, match="Set SECRET_KEY"):
        env.text("SECRET_KEY")


def test_an_empty_variable_counts_as_missing(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "")
    with pytest.raises(EnvironmentVariableError, match="Set SECRET_KEY"):
        env.text("SECRET_KEY")
    assert env.text("SECRET_KEY", "other") == "other"


@pytest.mark.parametrize("given_", ["eighty", "80.5", "8 0"])
def test_a_number_that_is_none_is_named_with_what_was_given(monkeypatch, given_):
    monkeypatch.setenv("STEWARD_PORT", given_)
    with pytest.raises(EnvironmentVariableError, match=f"STEWARD_PORT must be a whole number, not “{given_}”"):
        env.whole("STEWARD_PORT", 8000)


@pytest.mark.parametrize(("given_", "meant"), [("1", True), ("YES", True), ("off", False), ("False", False)])
def test_a_switch_is_read_in_the_usual_words(monkeypatch, given_, meant):
    monkeypatch.setenv("EMAIL_USE_TLS", given_)
    assert env.switch("EMAIL_USE_TLS", default=not meant) is meant


def test_a_switch_in_another_word_is_refused(monkeypatch):
    monkeypatch.setenv("EMAIL_USE_TLS", "maybe")
    with pytest.raises(EnvironmentVariableError, match="EMAIL_USE_TLS must be 1 or 0"):
        env.switch("EMAIL_USE_TLS", default=True)


def test_a_list_drops_blanks(monkeypatch):
    monkeypatch.setenv("STEWARD_PUBLIC_HOSTS", " a.example, ,b.example,")
    assert env.listed("STEWARD_PUBLIC_HOSTS") == ["a.example", "b.example"]


def test_the_home_folder_is_absolute_wherever_it_was_named_from(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STEWARD_HOME", "data")
    assert env.home() == tmp_path / "data"


def test_a_database_on_a_unix_socket_is_read():
    address = DatabaseAddress.parse("postgresql://steward@%2Frun%2Fpg/steward")
    assert (address.host, address.port, address.user, address.name) == ("/run/pg", "", "steward", "steward")


@pytest.mark.parametrize(
    ("url", "told"), [("mysql://x@db/y", "must begin with postgresql"), ("postgresql://x@db/", "must name a database")]
)
def test_an_address_that_is_none_is_refused(url, told):
    with pytest.raises(EnvironmentVariableError, match=f"DATABASE_URL {told}"):
        DatabaseAddress.parse(url)


_words = st.text(st.characters(codec="ascii", exclude_categories=["C"]), min_size=1, max_size=20)


@given(user=_words, password=_words, name=_words)
def test_every_login_survives_the_address(user, password, name):
    from urllib.parse import quote

    url = f"postgresql://{quote(user, safe='')}:{quote(password, safe='')}@db.example:5433/{quote(name, safe='')}"
    address = DatabaseAddress.parse(url)
    assert (address.user, address.password, address.name) == (user, password, name)
    assert (address.host, address.port) == ("db.example", "5433")
