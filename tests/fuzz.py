"""Fuzzing: spoilt samples through every reader and all of mining; the laws are checked, what breaks one is kept.

    python tests/fuzz.py [--seconds 60] [--seed 1] [--only text,docx,...] [--finds build/fuzz] [--blind]

Where atheris is installed (``pip install atheris``), code that a spoilt file reaches first is mutated further; else
mutation is blind. A find is a file, with its error beside it; make a small case of it in a test before mending.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import random
import subprocess
import sys
import tempfile
import time
import traceback
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests"), *([str(ROOT / "src")] if (ROOT / "src").exists() else [])]

try:
    import atheris
except ImportError:
    atheris = None

SECONDS = 10.0
"""Processor time that no input of some kilobytes may take (a guided run is several times slower than a plain one)."""


def _check(data: bytes, name: str) -> None:
    """Bytes as a file of this name, a collection opened: every law, on every document that comes out."""
    from policymine.assemble import collect
    from policymine.corpus import Corpus
    from policymine.models import Options
    from policymine.reading.expand import expand
    from policymine.reading.holding import hold_bytes
    from policymine.reading.sources import Source
    from test_laws import check_evidence, check_places

    check = check_places if name.endswith((".pdf", ".ofd")) else check_evidence
    options = Options(max_chars=100_000, max_bytes=5_000_000)
    corpus = Corpus()
    collect(expand([Source(name, held=hold_bytes(data))], options), corpus, options)
    told = {row["doc_id"] or row["source"] for row in corpus.rows("issues")}
    for row in corpus.rows("files"):
        assert row["status"] != "failed", corpus.rows("issues")
        assert row["status"] == "ok" or (row["doc_id"] or row["source"]) in told, row
    for document in corpus.rows("documents"):
        doc_id = document["doc_id"]
        if document["status"] == "ok":
            rows = {table: [row for row in corpus.rows(table) if row.get("doc_id") == doc_id] for table in corpus.as_rows()}
            check(corpus.text(str(doc_id)), rows)
    if hash(data) % 16 == 0:
        _check_tables(corpus)


def _check_tables(corpus: object) -> None:
    """Tables written and read back are the same rows."""
    from policymine.corpus import Corpus
    from policymine.tables.schema import TABLES

    assert isinstance(corpus, Corpus)
    for format_ in ("parquet", "csv", "jsonl"):
        with tempfile.TemporaryDirectory() as folder:
            corpus.write(Path(folder) / "out", [format_], rejected=True)
            loaded = Corpus.load(Path(folder) / "out")
            for table in TABLES:
                written = corpus.rows(table)
                if format_ == "csv":  # where an empty cell is null
                    written = [{name: None if value == "" else value for name, value in row.items()} for row in written]
                assert loaded.rows(table) == written, (format_, table)
            for row in corpus.rows("documents"):
                if row["text_sha256"] is not None:
                    assert loaded.text(str(row["doc_id"])) == corpus.text(str(row["doc_id"]))


def _check_normalized(data: bytes) -> None:
    from policymine.text.normalize import normalize

    text = normalize(data.decode("utf-8", "replace"))
    positions = [text.raw_start(i) for i, c in enumerate(text.text) if c != "\n"]
    assert positions == sorted(set(positions))
    for i, c in enumerate(text.text):
        assert c in "\n“” " or text.folded[text.raw_start(i)] == c, (i, c)


def _check_text(data: bytes) -> None:
    _check_normalized(data)
    _check(data.decode("utf-8", "replace").encode(), "a.txt")


def _check_file_of_user(data: bytes, kind: str) -> None:
    """A lexicon, metadata or corrections: used, or refused with the error that is made for it."""
    from policymine.corpus import mine_text
    from policymine.corrections.decisions import CorrectionsError, read_corrections
    from policymine.lexicon.files import LexiconError
    from policymine.lexicon.user import check_user_lexicon
    from policymine.models import Options
    from policymine.reading.metadata import read_metadata
    from policymine.reading.sources import MisuseError, Source

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"file.{kind}"
        path.write_bytes(data)
        if kind == "tsv":
            try:
                lexicon, _ = check_user_lexicon(path)
            except LexiconError:
                return
            assert mine_text(_TEXT, "a", Options(lexicons=(lexicon,))).rows("files")[0]["status"] == "ok"
        elif kind == "csv":
            try:
                read_metadata(path, Options()).describe(Source("a.txt"))
            except MisuseError:
                return
        else:
            try:
                read_corrections([path])
            except CorrectionsError:
                return


_TEXT = "一、目标\n到2025年，新建观光码头12个。（市农业农村局牵头，市财政局配合）\n"
_LEXICON = "# 词表\nterm\tfunction\tname\tsuffixes\tvalid_from\n数转\tdata\t数字化转型\t办\t2018\n海星\tmy-duty\t\t局\t\n"
_METADATA = "file,title,issuer,province,date,number\na.txt,关于发展渔业的意见,临澜市人民政府,东澜省,2020-01-02,临政发〔2020〕1号\n"
_CORRECTION = {
    "verdict": "edit", "table": "targets", "doc_id": "0" * 20, "before": "到2025年，", "words": "12个", "after": "", "ordinal": 1,
    "of": 1, "values": {"value": 12}, "set": {"deadline": "2026"}, "reviewer": "甲", "note": "",
}


def _seeds(target: str) -> list[bytes]:
    """The samples that a target starts from."""
    from hostile_files import HOSTILE, VALID

    raw = [path.read_bytes() for path in sorted((ROOT / "data" / "raw").glob(f"*.{target if target != 'text' else 'txt'}"))]
    if target == "text":
        return [data.decode("utf-8", "replace").encode() for data in raw]
    small = {"lexicon": _LEXICON, "metadata": _METADATA, "corrections": json.dumps(_CORRECTION, ensure_ascii=False) + "\n"}
    if target in small:
        return [small[target].encode()]
    made = [make() for name, make in VALID.items() if name.endswith(f".{target}")]
    return [*raw, *made, *(data for name, make in HOSTILE.items() if name.endswith(f".{target}") and "bomb" not in name and len(data := make()) < 50_000)]


FORMATS = ("txt", "html", "docx", "pdf", "ofd", "csv", "jsonl", "xlsx", "parquet", "zip", "gz", "tar", "xz")
TARGETS: dict[str, Callable[[bytes], None]] = {
    "text": _check_text,
    **{name: lambda data, name=name: _check(data, f"a.{name}") for name in FORMATS},  # type: ignore[misc]
    "lexicon": lambda data: _check_file_of_user(data, "tsv"),
    "metadata": lambda data: _check_file_of_user(data, "csv"),
    "corrections": lambda data: _check_file_of_user(data, "jsonl"),
}
PACKED = ("docx", "ofd", "xlsx", "zip")


def mutated(data: bytes, seeds: list[bytes], chance: random.Random, target: str, most: int = 60_000) -> bytes:
    """A sample with some of it flipped, cut, doubled, repeated, or put together with another; in a package, a member."""
    if target in PACKED and chance.random() < 0.9:
        try:
            return _packed(data, lambda inner: _spoilt(inner, seeds, chance), chance)
        except Exception:  # no package any more
            pass
    return _spoilt(data, seeds, chance)[:most]


def _packed(data: bytes, change: Callable[[bytes], bytes], chance: random.Random) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        names = old.namelist()
        chosen = chance.choice(names)
        for name in names:
            with old.open(name) as member:
                inner = member.read(200_000)
            new.writestr(name, change(inner) if name == chosen else inner)
    return out.getvalue()


def _spoilt(data: bytes, seeds: list[bytes], chance: random.Random) -> bytes:
    made = bytearray(data or chance.choice(seeds))
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        at = chance.randrange(len(made) + 1)
        length = chance.choice((1, 2, 3, 6, 30, 300))
        kind = chance.randrange(8)
        if kind == 0 and made:
            made[at % len(made)] ^= 1 << chance.randrange(8)
        elif kind == 1 and made:
            made[at % len(made)] = chance.randrange(256)
        elif kind == 2:
            del made[at : at + length]
        elif kind == 3:
            made[at:at] = made[at : at + length] * chance.choice((1, 2, 50))
        elif kind == 4:
            other = chance.choice(seeds)
            start = chance.randrange(len(other) + 1)
            made[at : at + chance.choice((0, length))] = other[start : start + length]
        elif kind == 5:
            made[at : at + length] = chance.choice(_PIECES)
        elif kind == 6:  # two passages change places
            there = chance.randrange(len(made) + 1)
            made[at : at + length], made[there : there + length] = made[there : there + length], made[at : at + length]
        else:
            del made[at:]
            made += chance.choice(seeds)[at:]
    return bytes(made)


_PIECES = [
    *(piece.encode("utf-8", "surrogatepass") for piece in __import__("samples").SOUP), b"0", b"-1", b"99999999999999999999", b"1e999", b"NaN",
    b"<", b">", b"</", b"&#0;", b"&#xD800;", b"&amp;", b'"', b"'", b"\xff", b"\xfe", b"\x00\x00\x00\x00", b"\xff\xff\xff\xff", b"{", b"[", b"]", b"}",
    b"\r", b"\t", b",", b"\\", b"\\ud800", b"<table><tr><td>", b"</td></tr></table>", b'colspan="9999"', b'rowspan="0"', b"<w:tbl>", b"<w:tr><w:tc>", b"<w:p>",
    b"</w:p>", b'w:val="-5"', b'w:val=""', b"<!--", b"<![CDATA[", b"nan", b"1 2 3", b"stream", b"endobj", b"/Length 99999", b"0 0 0 0", b"=1+1", b"@a",
]


class Run:
    """One target for some time; finds are told apart by the place of the error."""

    def __init__(self, target: str, finds: Path, seed: int) -> None:
        self.target, self.finds, self.seed = target, finds, seed
        self.executions, self.found, self.began = 0, set[str](), time.monotonic()

    def one(self, data: bytes) -> None:
        self.executions += 1
        began = time.process_time()
        try:
            TARGETS[self.target](data)
            taken = time.process_time() - began
            assert taken < SECONDS, f"slow: {taken:.1f} s for {len(data)} bytes"
        except Exception as error:
            frames = [f for f in traceback.extract_tb(error.__traceback__) if "atheris" not in f.filename]
            key = f"{self.target}-{type(error).__name__}-{Path(frames[-1].filename).stem}-{frames[-1].lineno}"
            if place := str(error).partition("Error in ")[2][:40]:
                key += "-" + "".join(c if c.isalnum() else "-" for c in place)
            if key not in self.found:
                self.found.add(key)
                self.finds.mkdir(parents=True, exist_ok=True)
                (self.finds / key).write_bytes(data)
                (self.finds / f"{key}.error").write_text(f"{traceback.format_exc()[:20_000]}", encoding="utf-8", errors="replace")

    def tell(self) -> None:
        seconds = time.monotonic() - self.began
        print(f"{self.target}: {self.executions} executions in {seconds:.0f} s, {len(self.found)} finds {sorted(self.found)}", flush=True)


def _run(target: str, seconds: float, seed: int, finds: Path, blind: bool) -> None:
    warnings.simplefilter("ignore")
    os.environ["PATH"] = "/nonexistent"  # LibreOffice is not what is tried here
    chance = random.Random(f"{target} {seed}")
    if atheris is not None and not blind:
        with atheris.instrument_imports(include=["policymine"]):
            _import_all()
    seeds = _seeds(target)
    run = Run(target, finds, seed)
    if atheris is None or blind:
        while time.monotonic() - run.began < seconds:
            data = chance.choice(seeds)
            run.one(mutated(data, seeds, chance, target))
        run.tell()
        return
    with tempfile.TemporaryDirectory() as corpus:
        for n, data in enumerate(seeds):
            (Path(corpus) / f"{n}").write_bytes(data)

        def mutate(data: bytes, most: int, seed: int) -> bytes:
            return mutated(data, seeds, random.Random(seed), target)[:most]

        def last(data: bytes) -> None:
            run.one(data)
            if time.monotonic() - run.began > seconds:
                run.tell()
                os._exit(0)

        arguments = [f"-seed={seed}", "-max_len=60000", "-timeout=120", "-rss_limit_mb=4096", "-print_final_stats=0", "-verbosity=0"]
        finds.mkdir(parents=True, exist_ok=True)
        atheris.Setup([sys.argv[0], *arguments, f"-artifact_prefix={finds}/{target}-crash-", corpus], last, custom_mutator=mutate)
        atheris.Fuzz()


def _import_all() -> None:
    import importlib
    import pkgutil

    import policymine

    for module in pkgutil.walk_packages(policymine.__path__, "policymine."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)


def main() -> None:
    """Run every target in a process of its own, one after the other."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=60, help="for each target")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default=",".join(TARGETS))
    parser.add_argument("--finds", type=Path, default=ROOT / "build" / "fuzz")
    parser.add_argument("--blind", action="store_true", help="without atheris")
    parser.add_argument("--here", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.here:
        _run(given.here, given.seconds, given.seed, given.finds, given.blind)
        return
    ended = 0
    for target in given.only.split(","):
        command = [sys.executable, __file__, "--here", target, "--seconds", str(given.seconds), "--seed", str(given.seed)]
        done = subprocess.run(
            [*command, "--finds", str(given.finds), *(["--blind"] if given.blind else [])],
            check=False, env={**os.environ, "PYTHONHASHSEED": "0"}, stderr=subprocess.PIPE, encoding="utf-8", errors="replace",
        )
        if done.returncode:
            ended = 1
            print(f"{target}: ended with {done.returncode}\n{done.stderr[-2000:]}", flush=True)
    sys.exit(ended or (1 if given.finds.exists() and any(given.finds.iterdir()) else 0))


if __name__ == "__main__":
    main()
