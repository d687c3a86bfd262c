"""``policymine doctor``: what it says is so, also on a machine that lacks things."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest
from typer.testing import CliRunner

import policymine.doctor
from policymine.cli import app
from policymine.doctor import examine
from policymine.reading import READERS


def _named(findings: list[policymine.doctor.Check]) -> dict[str, policymine.doctor.Check]:
    return {found.name: found for found in findings}


def test_every_reader_has_a_line_that_people_understand() -> None:
    formats = [found for found in examine() if found.topic == "format"]
    assert len(formats) == len(READERS) + 2
    assert {reader.name for reader in READERS} <= set(policymine.doctor._READ_BY)
    assert all(found.works or found.remedy for found in examine())


def test_what_is_not_installed_is_told_with_a_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("policymine.doctor.find_converter", lambda: None)
    found = _named(examine())["old Word, WPS, RTF, ODT"]
    assert not found.works and "LibreOffice" in found.remedy
    real: Callable[..., ModuleSpec | None] = importlib.util.find_spec
    monkeypatch.setattr("policymine.doctor.find_spec", lambda name: None if name == "pypdfium2" else real(name))
    found = _named(examine())["PDF with text"]
    assert not found.works and "pypdfium2" in found.remedy


def test_the_cache_is_measured(tmp_path: Path) -> None:
    (tmp_path / "c/ab").mkdir(parents=True)
    (tmp_path / "c/ab/x").write_bytes(bytes(2_000_000))
    found = _named(examine({"POLICYMINE_CACHE": str(tmp_path / "c")}))["cache"]
    assert found.works and "1 files, 2.0 MB" in found.detail
    assert "0 files" in _named(examine({"POLICYMINE_CACHE": str(tmp_path / "new")}))["cache"].detail
    assert not (tmp_path / "new").exists()
    assert not _named(examine({"POLICYMINE_CACHE": str(tmp_path / "c/ab/x/y")}))["cache"].works
    assert not _named(examine({}))["cache"].works


def test_the_command_prints_lines_and_json() -> None:
    done = CliRunner().invoke(app, ["doctor"])
    assert done.exit_code == 0
    lines = [line.split("\t") for line in done.stdout.splitlines()]
    assert lines[0] == ["topic", "name", "works", "detail", "remedy"] and {len(line) for line in lines} == {5}
    told = json.loads(CliRunner().invoke(app, ["doctor", "--json"]).stdout)
    assert told["policymine"] and told["python"]
    assert [f["name"] for f in told["findings"]] == [line[1] for line in lines[1:]]
