"""Users' own lexicons: what is refused and why, and that their rows reach every document in every process."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from policymine import engines
from policymine.assemble import collect
from policymine.cli import app
from policymine.corpus import Corpus, mine_text
from policymine.lexicon.files import LexiconError
from policymine.lexicon.user import check_user_lexicon, read_user_lexicon
from policymine.models import Options, UserLexicon
from policymine.reading import read_document
from policymine.reading.sources import Source

TEXT = "澄岚市人民政府关于数字化的意见\n一、目标\n到2025年，建成平台{n}个。（市数转办牵头，市海星局配合）\n"
ROW = "term\tfunction\tname\tsuffixes\n数转\tdata\t数字化转型\t办\n"


def _write(folder: Path, content: str | bytes) -> Path:
    file = folder / "我的 词表.tsv"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return file


def _departments(corpus: Corpus) -> list[tuple[object, object]]:
    return [(row["department_name"], row["function"]) for row in corpus.rows("responsibilities")]


def test_a_row_names_what_no_table_knew(tmp_path: Path) -> None:
    options = Options(lexicons=(read_user_lexicon(_write(tmp_path, ROW)),))
    with_row, without = mine_text(TEXT.format(n=3), "a", options), mine_text(TEXT.format(n=3), "a")
    assert _departments(with_row) == [("澄岚市数字化转型办公室", "data"), ("澄岚市海星局", None)]
    assert _departments(without)[0] == ("澄岚市数转办", None)
    assert len(with_row.rows("issues")) == len(without.rows("issues")) - 1


def test_the_rows_reach_every_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "SMALL", -1)
    monkeypatch.setattr(engines, "CHUNK_DOCUMENTS", 2)
    options = Options(lexicons=(read_user_lexicon(_write(tmp_path, ROW)),))
    sources = [Source(f"{n}", None, read_document(TEXT.format(n=n).encode(), f"{n}")) for n in range(1, 6)]
    found = []
    for jobs in (1, 2):
        corpus = Corpus()
        collect(sources, corpus, options, jobs)
        found.append(corpus.as_rows())
    assert found[0] == found[1]
    assert [row["function"] for row in found[0]["responsibilities"]].count("data") == 5


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "line 1: no header line"),
        ("# 只有注释\n\n", "line 1: no header line"),
        ("term,function\n数转,x\n", "line 1: no column term and function"),
        ("term\tfunction\tcolour\n", "line 1: unknown column 'colour'"),
        ("term\tterm\tfunction\n", "line 1: column term stands twice"),
        ("# 注释\nterm\tfunction\n数转\tx\ty\n", "line 3: 3 cells for 2 columns"),
        ("term\tfunction\n数转\n", "line 2: function '' is no code"),
        ("term\tfunction\n数转\t数据管理\n", "line 2: function '数据管理' is no code"),
        ("term\tfunction\n数\tx\n", "line 2: term '数' has 1 characters"),
        ("term\tfunction\n" + "数" * 61 + "\tx\n", "has 61 characters"),
        ("term\tfunction\n市局、省局\tx\n", "holds a blank or a punctuation mark"),
        ("term\tfunction\tvalid_from\n数转\tx\t去年\n", "valid_from '去年' is no year"),
        ("term\tfunction\tvalid_from\tvalid_to\n数转\tx\t2020\t2010\n", "valid_from 2020 is behind valid_to 2010"),
        (ROW.encode("gb18030"), "line 2: is not UTF-8"),
        (b"\x00\xff" * 100, "line 1: is not UTF-8"),
    ],
)
def test_what_cannot_be_used_is_told_with_its_line(tmp_path: Path, content: str | bytes, message: str) -> None:
    file = _write(tmp_path, content)
    with pytest.raises(LexiconError, match="我的 词表.tsv") as caught:
        read_user_lexicon(file)
    assert message in str(caught.value)
    for arguments in (["extract", "--lexicon", str(file), str(file)], ["lexicon", "check", str(file)]):
        done = CliRunner().invoke(app, arguments)
        assert done.exit_code == 2, done.output
        assert message in done.output


def test_a_spreadsheets_marks_and_line_ends_are_no_matter(tmp_path: Path) -> None:
    plain = read_user_lexicon(_write(tmp_path, ROW))
    assert read_user_lexicon(_write(tmp_path, b"\xef\xbb\xbf" + ROW.replace("\n", "\r\n").encode())) == plain


def test_every_finding_is_listed(tmp_path: Path) -> None:
    file = _write(tmp_path, ROW + "数\tdata\n海星\tmy-duty\n海星\tdata\n海星\tdata\n")
    lexicon, findings = check_user_lexicon(file)
    assert [(f.line, f.level) for f in findings] == [(3, "error"), (4, "warning"), (6, "warning")]
    assert len(lexicon.rows) == 4
    done = CliRunner().invoke(app, ["lexicon", "check", str(file)])
    assert "rows=4 errors=1 warnings=2" in done.output
    assert done.exit_code == 2
    assert CliRunner().invoke(app, ["lexicon", "check", str(_write(tmp_path, ROW))]).exit_code == 0


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    for file in (tmp_path / "fehlt.tsv", tmp_path):
        done = CliRunner().invoke(app, ["lexicon", "check", str(file)])
        assert (done.exit_code, str(file) in done.output) == (2, True)


def test_lexicons_are_values() -> None:
    one = UserLexicon("a", (("数转", "data", "", "", "", "", ""),))
    assert hash(Options(lexicons=(one,))) == hash(Options(lexicons=(UserLexicon("a", one.rows),)))
