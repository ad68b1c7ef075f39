"""Every place that the rail, the household's page and the portal name has an address."""

from __future__ import annotations

import uuid

import pytest
from django.conf import settings
from django.urls import resolve, reverse

from apps.accounts.policies import Permission
from apps.desk.selectors.searches import COMMANDS
from apps.portal.selectors.places import PLACES


@pytest.mark.parametrize("entry", settings.NAVIGATION, ids=lambda entry: entry[0])
def test_each_place_of_the_rail_has_an_address(entry):
    name, _label, permission, _icon = entry
    assert resolve(reverse(name)).view_name == name
    assert not permission or permission in Permission.values


@pytest.mark.parametrize("entry", settings.HOUSEHOLD_TABS, ids=lambda entry: entry[0])
def test_each_tab_of_a_household_has_an_address(entry):
    name, _label, permission = entry
    address = reverse(name, kwargs={"household_id": uuid.uuid4()})
    assert resolve(address).view_name == name
    assert permission in Permission.values


@pytest.mark.parametrize("name", [place[0] for place in PLACES] + [command[0] for command in COMMANDS])
def test_each_place_of_the_portal_and_each_command_has_an_address(name):
    assert resolve(reverse(name)).view_name == name


@pytest.mark.parametrize("entry", settings.NAVIGATION, ids=lambda entry: entry[0])
def test_a_place_is_opened_by_the_permission_that_shows_it(entry):
    """A rail that shows what its page refuses, or hides what it opens, is wrong either way."""
    name, _label, permission, _icon = entry
    view = resolve(reverse(name)).func.view_class
    if permission:
        assert view.permission == permission


@pytest.mark.parametrize("entry", settings.HOUSEHOLD_TABS, ids=lambda entry: entry[0])
def test_a_tab_is_opened_by_the_permission_that_shows_it(entry):
    name, _label, permission = entry
    view = resolve(reverse(name, kwargs={"household_id": uuid.uuid4()})).func.view_class
    assert view.permission == permission
