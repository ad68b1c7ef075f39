"""What the README and CONTRIBUTING tell people to type exists."""

import re

import pytest

from config.env import ROOT

MAKEFILE = (ROOT / "Makefile").read_text()
VERBS = set(re.findall(r"^([a-z][a-z-]*):", MAKEFILE, re.MULTILINE))


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md"])
def test_every_make_verb_that_is_told_exists(name):
    told = set(re.findall(r"`(?:[A-Z_]+=\S+ )*make ([a-z][a-z -]*)`", (ROOT / name).read_text()))
    wanted = {verb for line in told for verb in line.split()}
    assert wanted
    assert wanted <= VERBS


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md"])
def test_every_file_that_is_linked_exists(name):
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", (ROOT / name).read_text())
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_every_verb_of_the_makefile_is_no_file():
    phony = set(re.search(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)[1].split())
    assert VERBS - phony == set()
