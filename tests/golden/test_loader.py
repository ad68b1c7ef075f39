import hashlib
import json

import pytest

from tests.golden.loader import BrokenCasesError, GoldenFolders, NotPresentError, case_folders, load_cases

CASE = {"id": "area-1", "function": "f", "input": {}, "expected": {"x": 1}}


def folder(root, name, *cases):
    place = root / name / "cases"
    place.mkdir(parents=True)
    (place / "area.json").write_text(json.dumps({"area": "area", "cases": cases}))
    return place


def test_the_environment_names_the_folders(tmp_path, monkeypatch):
    one, two = folder(tmp_path, "one", CASE), folder(tmp_path, "two", CASE)
    monkeypatch.setenv("GOLDEN_CASES", f"{one}:{two}")
    assert [case.name for case in load_cases(case_folders())] == ["area/area-1", "area/area-1@1"]


def test_a_folder_without_cases_is_an_error_and_not_an_empty_pass(tmp_path, monkeypatch):
    monkeypatch.setenv("GOLDEN_CASES", str(tmp_path / "nowhere"))
    with pytest.raises(BrokenCasesError, match="holds no cases"):
        case_folders()


def test_a_case_that_stands_twice_in_a_folder_is_an_error(tmp_path):
    with pytest.raises(BrokenCasesError, match="area/area-1"):
        load_cases(GoldenFolders((folder(tmp_path, "one", CASE, CASE),)))


def test_data_and_files_are_found_beside_any_folder(tmp_path):
    one, two = folder(tmp_path, "one", CASE), folder(tmp_path, "two", CASE)
    sample = two.parent / "files" / "owner" / "repo" / "a.csv"
    sample.parent.mkdir(parents=True)
    sample.write_text("x")
    (two.parent / "data").mkdir()
    (two.parent / "data" / "t.csv").write_text("x")
    folders = GoldenFolders((one, two))
    assert folders.file("owner/repo", "a.csv") == sample
    assert folders.data("data/t.csv") == folders.data("t.csv")
    with pytest.raises(NotPresentError, match="missing"):
        folders.data("missing.csv")


def test_a_sample_file_with_another_hash_is_an_error(tmp_path):
    one = folder(tmp_path, "one", CASE)
    sample = one.parent / "files" / "o" / "r" / "a.csv"
    sample.parent.mkdir(parents=True)
    sample.write_text("x")
    asked = {"repo": "o/r", "path": "a.csv", "sha256": hashlib.sha256(b"x").hexdigest()}
    GoldenFolders((one,)).require(asked)
    with pytest.raises(BrokenCasesError, match=r"a\.csv"):
        GoldenFolders((one,)).require({**asked, "sha256": "0" * 64})
