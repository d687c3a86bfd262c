"""What is installed: the data files, the types, the command, whether from a checkout or from the wheel."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import entry_points, version
from pathlib import Path

import pytest

import policymine
from samples import RAW, ROOT

PACKAGE = Path(policymine.__file__).parent
SOURCE = ROOT / "src" / "policymine"


def test_the_version_is_that_of_the_package() -> None:
    assert version("policymine") == policymine.__version__


def test_every_file_of_the_package_is_installed() -> None:
    kept = {path.relative_to(SOURCE).as_posix() for path in SOURCE.rglob("*") if path.suffix in (".py", ".tsv", ".toml", ".typed", ".html", ".css", ".js")}
    assert {"py.typed", "data/lexicons/departments.tsv", "data/rules/times.toml", "report/web/page.html", "report/web/start.js"} <= kept
    assert not [name for name in sorted(kept) if not (PACKAGE / name).exists()]


def test_the_command_is_installed() -> None:
    [script] = [e for e in entry_points(group="console_scripts") if e.name == "policymine"]
    assert script.value == "policymine.cli:main"


def test_public_names_can_be_imported() -> None:
    for name in policymine.__all__:
        assert getattr(policymine, name) is not None
    with pytest.raises(AttributeError):
        policymine.nothing_of_the_kind  # noqa: B018


def test_a_sample_is_mined_from_another_folder(tmp_path: Path) -> None:
    code = "import sys, policymine as pm; corpus = pm.mine(sys.argv[1]); print(len(corpus), len(corpus.targets) > 100)"
    done = subprocess.run([sys.executable, "-c", code, str(RAW)], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.split() == [str(len(list(RAW.iterdir()))), "True"]
