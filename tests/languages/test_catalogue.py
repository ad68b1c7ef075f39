"""The catalogues say what the code says, and every message of it, in each language."""

from __future__ import annotations

import os
import re
import time
from collections import Counter

import pytest
from babel.messages.catalog import Catalog, Message
from django.conf import settings
from django.utils.translation import to_locale

from tests.languages.words import tables_with_languages
from tools.languages import catalogue

PLACES = re.compile(r"%\(\w+\)[a-z]|%[sd%]|\{\w*\}|<[^>]+>")
KEYS = {"Enter", "Escape", "Tab", "Home", "End"}
SPOKEN = [code for code, _name in settings.LANGUAGES if code != "en"]


@pytest.fixture(scope="module")
def wanted() -> Catalog:
    return catalogue.collected()


@pytest.fixture(scope="module", params=SPOKEN)
def known(request) -> Catalog:
    return catalogue.read(catalogue.LOCALE / to_locale(request.param) / "LC_MESSAGES/django.po")


def messages(catalog: Catalog) -> list[Message]:
    return [message for message in catalog if message.id]


def forms(text: str | tuple[str, ...] | list[str]) -> list[str]:
    return [text] if isinstance(text, str) else list(text)


def names(catalog: Catalog) -> set[tuple[str | None, tuple[str, ...]]]:
    return {(message.context, tuple(forms(message.id))) for message in messages(catalog)}


def test_a_catalogue_holds_the_messages_of_the_code_and_no_others(known, wanted):
    missing, gone = names(wanted) - names(known), names(known) - names(wanted)
    assert not missing, f"run make messages and translate: {sorted(map(str, missing))}"
    assert not gone, f"run make messages: {sorted(map(str, gone))}"


def test_every_message_has_its_translation(known):
    assert [message.id for message in messages(known) if not all(forms(message.string))] == []
    assert [message.id for message in messages(known) if message.fuzzy] == []


def test_a_translation_keeps_the_places_and_edges_of_its_message(known):
    for message in messages(known):
        for id_, text in zip(forms(message.id), forms(message.string), strict=True):
            # the order of words may change, what stands for a value or is markup may not
            assert Counter(PLACES.findall(id_)) == Counter(PLACES.findall(text)), message.id
            assert re.match(r"\s*", id_)[0] == re.match(r"\s*", text)[0], message.id
            assert id_.endswith("\n") == text.endswith("\n"), message.id


def test_a_reference_table_with_languages_has_each_of_them():
    texts = list(tables_with_languages())
    assert texts
    assert [text["en"] for text in texts for code in SPOKEN if not text.get(code)] == []


def test_the_collector_reads_code_and_templates(tmp_path, monkeypatch):
    monkeypatch.setattr(catalogue, "ROOT", tmp_path)
    (tmp_path / "apps").mkdir()
    (tmp_path / "templates").mkdir()
    (tmp_path / "apps" / "code.py").write_text(
        'x = f"{gettext(\'Inside\')}"\ngettext(row["key"])\nngettext("%(n)s day", "%(n)s days", n)\n'
        'pgettext("of money", "Due")\n'
    )
    (tmp_path / "templates" / "page.html").write_text(
        '<p>\n    {% translate "Plain" %} {% blocktranslate with who=x %}Dear {{ who }}{% endblocktranslate %}</p>\n'
        '{% card title=_("Card") %}\n'
    )
    found = names(catalogue.collected())
    assert found == {
        (None, ("Inside",)),
        (None, ("%(n)s day", "%(n)s days")),
        ("of money", ("Due",)),
        (None, ("Plain",)),
        (None, ("Dear %(who)s",)),
        (None, ("Card",)),
    }


def test_a_catalogue_in_step_keeps_what_is_translated_and_drops_what_is_gone(tmp_path, monkeypatch):
    known, wanted = Catalog(locale="pt_BR"), Catalog()
    known.add("Kept", "Mantido")
    known.add("Gone", "Foi")
    wanted.add("Kept")
    wanted.add("New")
    fresh = catalogue.in_step(known, wanted)
    path = tmp_path / "pt_BR" / "LC_MESSAGES" / "django.po"
    catalogue.write(fresh, path)
    again = catalogue.read(path)
    assert {message.id: message.string for message in messages(again)} == {"Kept": "Mantido", "New": ""}
    monkeypatch.setattr(catalogue, "LOCALE", tmp_path)
    assert catalogue.compile_stale() == [path.with_suffix(".mo")]
    assert catalogue.compile_stale() == []
    os.utime(path, (time.time() + 5, time.time() + 5))
    assert catalogue.compile_stale() == [path.with_suffix(".mo")]


def test_a_script_takes_its_words_from_the_page():
    """`words.js` reads them where they are translated; keys of the keyboard and what developers read are no words."""
    said = re.compile(r"""(["'`])([A-Z][a-z]+(?: [\w',;]+)*[.?]?)\1""")
    for path in sorted((catalogue.ROOT / "static/src/js").glob("*.js")):
        lines = [line for line in path.read_text().splitlines() if "throw new Error" not in line]
        found = {text for line in lines for _quote, text in said.findall(line)} - KEYS
        assert not found, f"{path.name}: {sorted(found)}"
