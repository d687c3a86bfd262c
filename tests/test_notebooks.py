"""The notebooks run from top to bottom and show what they say, on the samples and on a reader's own documents."""

from __future__ import annotations

import ast
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from samples import NO_SHARED, ROOT, SHARED, SLOW

nbclient = pytest.importorskip("nbclient")
nbformat = pytest.importorskip("nbformat")
pytest.importorskip("ipykernel")
pytest.importorskip("matplotlib")

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
NAMES = [path.stem for path in NOTEBOOKS]
SHOWN = {
    "01_tour": ("云屏省", "沐阳川市质量技术监督局", "产品质量监督抽查合格率", "report.html", "subsidy"),
    "02_compare_provinces": ("产品质量监督抽查合格率", "东澜省", "期限不同", "各地目标值", "逐级加码", "十四五"),
    "03_departments_and_reform": ("market-regulation", "市质监局", "部门协作", "2018年以前"),
    "04_versions_and_reuse": ("lankou-2018-quality-web.txt", "typography", "basis"),
    "05_reliability": ("precision", "kappa", "with_fact", "every_version", "数字经济"),
}


def _cells(path: Path) -> list[dict[str, Any]]:
    cells: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return cells


@cache
def _shown(name: str, folder: Path | None = None) -> str:
    """All that a notebook shows, run with its own folder or with another one."""
    path = ROOT / "notebooks" / f"{name}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if folder is not None:
            cell.source = re.sub(r"^FOLDER = .*$", f"FOLDER = Path({str(folder)!r})", cell.source, flags=re.MULTILINE)
    client = nbclient.NotebookClient(notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": path.parent}})
    client.execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert [o["text"] for o in outputs if o.get("name") == "stderr"] == []
    return "\n".join("".join(o.get("data", {}).values()) if "data" in o else o.get("text", "") for o in outputs)


def test_there_are_five_and_make_runs_them() -> None:
    assert list(SHOWN) == NAMES
    assert "notebooks/*.ipynb" in (ROOT / "Makefile").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_runs_and_shows_what_it_says(name: str) -> None:
    shown = _shown(name)
    assert [words for words in SHOWN[name] if words not in shown] == []


@pytest.mark.slow
@pytest.mark.skipif(not SLOW, reason="half a minute: run by make test-full")
@pytest.mark.skipif(not (SHARED / "texts").is_dir(), reason=NO_SHARED)
@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_runs_on_other_documents_by_one_variable(name: str) -> None:
    assert "虚构" not in re.sub("虚构的复核人", "", _shown(name, SHARED / "texts"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=NAMES)
def test_a_notebook_is_kept_without_outputs_and_without_logic(path: Path) -> None:
    for cell in _cells(path):
        assert not cell.get("outputs") and not cell.get("execution_count")
        if cell["cell_type"] == "code":
            tree = ast.parse("".join(cell["source"]))
            logic = (ast.FunctionDef, ast.ClassDef, ast.Lambda, ast.For, ast.While, ast.If, ast.Try)
            assert not [node for node in ast.walk(tree) if isinstance(node, logic)]
    code = "\n".join("".join(cell["source"]) for cell in _cells(path) if cell["cell_type"] == "code")
    assert len(re.findall(r"^FOLDER = ", code, re.MULTILINE)) == 1
