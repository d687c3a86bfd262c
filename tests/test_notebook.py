"""The notebook runs from top to bottom and shows what it says."""

from __future__ import annotations

import json
from typing import Any

import pytest

from samples import ROOT

nbclient = pytest.importorskip("nbclient")
nbformat = pytest.importorskip("nbformat")
pytest.importorskip("ipykernel")
pytest.importorskip("matplotlib")

NOTEBOOK = ROOT / "notebooks" / "compare_provinces.ipynb"


def _run(without_fonts: bool) -> list[Any]:
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    for cell in notebook.cells:
        if without_fonts and cell.source.startswith("CJK = ["):
            cell.source = "CJK = []\n" + cell.source.split("\n", 1)[1]
    nbclient.NotebookClient(notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": NOTEBOOK.parent}}).execute()
    return [output for cell in notebook.cells for output in cell.get("outputs", [])]


@pytest.mark.parametrize("without_fonts", [False, True])
def test_the_notebook_runs_and_its_labels_are_chinese_with_or_without_a_font(without_fonts: bool) -> None:
    outputs = _run(without_fonts)
    [picture] = [o["data"]["image/svg+xml"] for o in outputs if "image/svg+xml" in o.get("data", {})]
    for words in ("产品质量监督抽查合格率", "东澜省", "云屏省", "北岑省", "岑南市"):
        assert words in picture
    tables = " ".join(o["data"]["text/html"] for o in outputs if "text/html" in o.get("data", {}))
    assert "产品质量监督抽查合格率" in tables and "东澜省" in tables
    assert not [o for o in outputs if o.get("name") == "stderr"]


def test_the_notebook_is_kept_without_outputs() -> None:
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    assert not [cell for cell in cells if cell.get("outputs") or cell.get("execution_count")]
