"""``datapackage.json``: what every file of a result is, with its hash and the Frictionless schema of its columns.

It is written last, so a folder without it is not a result. It holds no time and no machine: the same inputs give the
same description. The texts are described by ``documents.text_sha256`` (the hash of each text file) instead of a
resource each; ``run.json`` has no hash, because it holds the timings of one run. CSV and JSONL are resources of rows,
which ``frictionless validate`` checks cell by cell and key by key; Parquet, XLSX, DuckDB and a JSONL without rows are
described as files (it reads none of them faithfully) and checked by their hash.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from policymine.tables.schema import TABLES, Table
from policymine.tables.write import BOOKS

_AT_ONCE = 4
"""Files that are hashed side by side."""
_MEDIA_TYPES = {
    "parquet": "application/vnd.apache.parquet",
    "csv": "text/csv",
    "jsonl": "application/jsonl",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "duckdb": "application/vnd.duckdb",
}



def describe(
    folder: Path, tables: Iterable[str], formats: Iterable[str], rows: Mapping[str, int], version: str,
    subfolders: bool = False,
) -> dict[str, Any]:
    """Describe the files of a result.

    Args:
        folder: where the files are; every one is hashed.
        tables: names of the tables written.
        formats: formats written.
        rows: number of rows by table.
        version: version of policymine.
        subfolders: whether the texts are in sub-folders by the first two characters of their ids.

    Returns:
        The content of ``datapackage.json``.
    """
    formats, tables = list(formats), list(tables)
    pairs = [(table, extension) for extension in formats if extension not in BOOKS for table in tables]
    with ThreadPoolExecutor(_AT_ONCE) as pool:  # what hashes holds no lock of Python
        resources = list(pool.map(lambda pair: _resource(folder, TABLES[pair[0]], pair[1], rows, set(tables)), pairs))
    resources.extend(_book(folder, extension) for extension in formats if extension in BOOKS)
    texts = "text/{doc_id[:2]}" if subfolders else "text"
    resources.append({
        "name": "run",
        "path": "run.json",
        "description": "Versions, options, counts and timings of the run; differs between runs.",
        "mediatype": "application/json",
    })
    return {
        "name": "policymine-result",
        "created_by": {"name": "policymine", "version": version},
        "profile": "data-package",
        "description": "Facts of Chinese policy documents. Every start and end counts Unicode code points of the "
        "document text, end exclusive.",
        "texts": {
            "path": f"{texts}/{{doc_id}}.txt",
            "encoding": "utf-8",
            "hash": "documents.text_sha256",
            "layout": f"{texts}/{{doc_id}}.layout.json, where the file has pages, tables or metadata beside its text",
        },
        "resources": resources,
    }


def _resource(folder: Path, table: Table, extension: str, rows: Mapping[str, int], written: set[str]) -> dict[str, Any]:
    of_rows = {"csv": written, "jsonl": {name for name in written if rows.get(name)}}.get(extension, set())
    path = folder / f"{table.name}.{extension}"
    digest, size = file_sha256(path)
    resource: dict[str, Any] = {
        "name": f"{table.name}-{extension}",
        "path": path.name,
        "profile": "tabular-data-resource" if table.name in of_rows else "data-resource",
        "title": table.label_zh,
        "description": table.description,
        "format": extension,
        "mediatype": _MEDIA_TYPES[extension],
        "bytes": size,
        "hash": f"sha256:{digest}",
        "schema": table_schema(table, extension, of_rows or written),
    }
    if table.name in of_rows:
        resource["rows"] = rows.get(table.name, 0)
    else:
        resource["type"] = "file"
    if extension == "csv":
        resource["encoding"] = "utf-8-sig"
        resource["dialect"] = {"delimiter": ",", "lineTerminator": "\n"}
    return resource


def _book(folder: Path, extension: str) -> dict[str, Any]:
    digest, size = file_sha256(folder / BOOKS[extension])
    return {
        "name": f"tables-{extension}",
        "path": BOOKS[extension],
        "type": "file",
        "profile": "data-resource",
        "description": "All tables in one file.",
        "format": extension,
        "mediatype": _MEDIA_TYPES[extension],
        "bytes": size,
        "hash": f"sha256:{digest}",
    }


def table_schema(table: Table, extension: str = "", written: Iterable[str] = TABLES) -> dict[str, Any]:
    """The Frictionless Table Schema of a table.

    Args:
        table: from ``schema.TABLES``.
        extension: format of the resource, by which its foreign keys name other resources; empty: by table.
        written: tables that are there; foreign keys to others are left out.
    """
    written = set(written)
    fields = []
    for column in table.columns:
        one: dict[str, Any] = {
            "name": column.name, "type": column.type, "title": column.label_zh, "description": column.description,
        }
        if column.unit:
            one["unit"] = column.unit
        fields.append(one)
    schema: dict[str, Any] = {"fields": fields, "missingValues": [""]}
    if table.key:
        schema["primaryKey"] = list(table.key)
    foreign = [
        {
            "fields": [column],
            "reference": {
                "resource": f"{other}-{extension}" if extension else other,
                "fields": [TABLES[other].key[0]],
            },
        }
        for column, other in table.foreign.items()
        if other in written
    ]
    if foreign:
        schema["foreignKeys"] = foreign
    return schema


def file_sha256(path: Path) -> tuple[str, int]:
    """The sha256 of a file and its size in bytes."""
    digest, size = hashlib.sha256(), 0
    with open(path, "rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
            size += len(block)
    return digest.hexdigest(), size
