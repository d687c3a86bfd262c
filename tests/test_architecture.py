"""The rules of ARCHITECTURE.md about the code itself."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from samples import ROOT

PACKAGE = ROOT / "src" / "policymine"
MODULES = sorted(PACKAGE.rglob("*.py"))
EVERY = pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
MOST_LINES = 400

# A module imports from its own layer and from those before it, never from those behind.
LAYERS = [
    {"models", "issues", "telling", "memory"},
    {"lexicon"},
    {"text"},
    {"reading"},
    {"structure"},
    {"extraction"},
    {"pipeline", "explain"},
    {"tables"},
    {"versions"},
    {"corrections"},
    {"portions"},
    {"cache"},
    {"ledger"},
    {"workers"},
    {"engines"},
    {"assemble", "canonical"},
    {"summary", "corpus"},
    {"exchange", "difference"},
    {"comparison"},
    {"report"},
    {"figures"},
    {"reliability"},
    {"run", "doctor"},
    {"view"},
    {"cli"},
    {"__main__"},
]
PRINTING = {"view.py", "cli.py"}
CLOCKED = {"run.py", "cli.py", "cache.py"}


def _name(path: Path) -> str:
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts)


def _layer(module: str) -> int | None:
    return next((i for i, names in enumerate(LAYERS) if module.split(".")[0] in names), None)


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _imports(path: Path) -> list[str]:
    """The modules of the package that a module imports when it runs (not those for annotations only)."""
    found: list[str] = []

    class Visitor(ast.NodeVisitor):
        def visit_If(self, node: ast.If) -> None:
            if "TYPE_CHECKING" not in ast.dump(node.test):
                self.generic_visit(node)

        def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
            if node.module and node.module.startswith("policymine."):
                found.append(node.module.removeprefix("policymine."))

        def visit_Import(self, node: ast.Import) -> None:
            found.extend(a.name.removeprefix("policymine.") for a in node.names if a.name.startswith("policymine."))

    Visitor().visit(_tree(path))
    return found


def test_every_module_has_a_layer() -> None:
    assert [n for n in map(_name, MODULES) if n != "__init__" and _layer(n) is None] == []
    named = {name for layer in LAYERS for name in layer}
    assert named <= {p.stem for p in PACKAGE.glob("*.py")} | {p.name for p in PACKAGE.iterdir() if p.is_dir()}


@EVERY
def test_layers_import_one_way(path: Path) -> None:
    own = _layer(_name(path))
    if own is None:
        return
    assert [name for name in _imports(path) if (_layer(name) or 0) > own] == []


@EVERY
def test_a_module_fits_on_few_pages(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MOST_LINES


@EVERY
def test_what_is_public_has_a_docstring(path: Path) -> None:
    tree = _tree(path)
    missing = [] if ast.get_docstring(tree) or path.read_bytes() == b"" else ["the module"]
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("_"):
            if not ast.get_docstring(node):
                missing.append(node.name)
            if isinstance(node, ast.ClassDef):
                missing += [
                    f"{node.name}.{m.name}" for m in node.body
                    if isinstance(m, ast.FunctionDef) and not m.name.startswith("_") and not ast.get_docstring(m)
                ]
    assert missing == []


@EVERY
def test_only_the_view_and_the_command_print(path: Path) -> None:
    calls = [n for n in ast.walk(_tree(path)) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name) and n.func.id == "print"]
    assert not calls or path.name in PRINTING


@EVERY
def test_no_step_reads_the_clock_or_the_network(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"^\s*(?:import|from) (?:requests|urllib|http|socket|random)\b", text, re.MULTILINE)
    if path.name not in CLOCKED:
        assert not re.search(r"datetime\.now|date\.today|time\.(?:time|perf_counter|monotonic)\(", text)


@EVERY
def test_rows_are_frozen(path: Path) -> None:
    if path.name != "models.py":
        return
    for node in _tree(path).body:
        if isinstance(node, ast.ClassDef):
            made = [ast.unparse(part) for part in (*node.decorator_list, *node.bases)]
            assert made == ["NamedTuple"] or any("frozen=True" in part for part in made), node.name


def test_the_story_fits_on_a_page() -> None:
    assert len((PACKAGE / "pipeline.py").read_text(encoding="utf-8").splitlines()) <= 45


def test_architecture_names_every_module() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    missing = [n for n in map(_name, MODULES) if not n.endswith("__init__") and n not in ("__main__",) and n.split(".")[-1] not in text]
    assert missing == []


def test_every_dependency_has_its_reason() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    names = [re.split(r"[<>=]", d)[0] for group in (project["dependencies"], *project["optional-dependencies"].values()) for d in group]
    assert [n for n in names if f"`{n}`" not in text] == []


def test_documents_of_the_project_name_every_command() -> None:
    import typer

    from policymine.cli import app

    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    for name in ("README.md", "README.zh-CN.md"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert [c for c in commands if f"policymine {c}" not in text] == []


def test_documents_of_the_project_name_every_table() -> None:
    from policymine.tables.schema import TABLES

    for name in ("README.md", "README.zh-CN.md"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert [t for t in TABLES if f"`{t}`" not in text] == []
