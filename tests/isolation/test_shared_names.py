"""What is kept outside of a firm's tables: cache keys, files, groups of sockets. Each bears the firm's name."""

import pytest
from django.core.cache import cache
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django_tenants.utils import tenant_context

from apps.core.tenancy.addresses import public_group_name
from apps.core.tenancy.names import NoFirmError, cache_key, group_name


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"
    return settings.MEDIA_ROOT


def test_a_cache_key_of_one_firm_is_empty_in_another(firm_a, firm_b):
    with tenant_context(firm_a):
        cache.set("balance", "of Alpha")
        mine = cache_key("balance", "", 1)
    with tenant_context(firm_b):
        assert cache.get("balance") is None
        assert cache_key("balance", "", 1) != mine
        cache.set("balance", "of Beta")
    with tenant_context(firm_a):
        assert cache.get("balance") == "of Alpha"


def test_emptying_one_firms_cache_leaves_the_others(firm_a, firm_b):
    with tenant_context(firm_a):
        cache.set("balance", "of Alpha")
    with tenant_context(firm_b):
        cache.clear()
    with tenant_context(firm_a):
        assert cache.get("balance") == "of Alpha"


def test_a_file_of_one_firm_is_not_there_in_another(firm_a, firm_b, folder):
    with tenant_context(firm_a):
        name = default_storage.save("plans/report.txt", ContentFile(b"of Alpha"))
        assert (folder / "alpha" / name).read_bytes() == b"of Alpha"
    with tenant_context(firm_b):
        assert not default_storage.exists(name)
        with pytest.raises(FileNotFoundError):
            default_storage.open(name)


@pytest.mark.parametrize("name", ["../alpha/plans/report.txt", "/etc/hostname", "plans/../../alpha/plans/report.txt"])
def test_no_name_leads_out_of_a_firms_folder(firm_a, firm_b, name):
    with tenant_context(firm_a):
        default_storage.save("plans/report.txt", ContentFile(b"of Alpha"))
    with tenant_context(firm_b):
        for reach in (default_storage.open, default_storage.exists, default_storage.delete, default_storage.size):
            with pytest.raises(SuspiciousFileOperation):
                reach(name)
        with pytest.raises(SuspiciousFileOperation):
            default_storage.save(name, ContentFile(b"of Beta"))


def test_outside_of_a_firm_there_are_no_files_and_no_groups(firm_a):
    with pytest.raises(NoFirmError):
        default_storage.save("report.txt", ContentFile(b"nobody's"))
    with pytest.raises(NoFirmError):
        group_name("household", "1")


def test_files_have_no_address_of_their_own(in_alpha):
    with pytest.raises(ValueError, match="served by a view"):
        default_storage.url("plans/report.txt")


def test_the_same_topic_of_two_firms_is_two_groups(firm_a, firm_b):
    names = set()
    for firm in (firm_a, firm_b):
        with tenant_context(firm):
            names.add(group_name("household", "1"))
    assert len(names | {public_group_name("household", "1")}) == 3
