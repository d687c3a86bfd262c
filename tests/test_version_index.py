"""The index of versions: the same answers whatever order, whatever was there before, and after a run that was killed."""

from __future__ import annotations

import hashlib
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import replace
from functools import partial
from pathlib import Path

import duckdb
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policymine import engines
from policymine.models import Facts, MinedDocument, RawDocument
from policymine.structure.header import read_header
from policymine.tables.schema import Row
from policymine.text.normalize import normalize
from policymine.versions import Signature, signature
from policymine.versions.candidates import COMMON, FIRST, WIDE, candidates
from policymine.versions.comparison import Comparison
from policymine.versions.database import NAME, SIGNATURES
from policymine.versions.grouping import Answer, Task, settle_task
from policymine.versions.index import VersionIndex
from policymine.versions.kept import DamagedError, Kept, signature_from
from policymine.versions.neighbours import Neighbours
from policymine.versions.reported import _Telling
from policymine.versions.sampling import sample, shared_part
from policymine.versions.signature import comparison_key
from policymine.versions.verify import pair_changes, verify
from policymine.versions.works import VersionResult, Works, compare_corpus
from samples import ROOT

sys.path.insert(0, str(ROOT / "benchmarks"))

from version_documents import VERSIONS, documents, real_texts

NOWHERE = Path("nowhere")


def _signed(name: str, text: str) -> Signature:
    doc_id = hashlib.sha256(name.encode()).hexdigest()[:20]
    raw = RawDocument(doc_id, name, text, 0, "text/plain", "utf-8", "plain")
    normal = normalize(text)
    return signature(MinedDocument(raw, normal, read_header(normal, ""), (), Facts()))


MADE = documents(real_texts(NOWHERE, 0), 90, seed=5)
SIGNED = [_signed(document.name, document.text) for document in MADE]
EXPECTED = compare_corpus(SIGNED)


def _compared(folder: Path | None, signatures: list[Signature]) -> tuple[VersionResult, int]:
    tables: dict[str, list[Row]] = {"versions": [], "changes": [], "reuse": []}
    with VersionIndex(folder) as index:
        for one in signatures:
            index.add(one)
        found = Works(index)
        for reported in found.reports():
            tables["versions"] += reported.versions
            tables["changes"] += reported.changes
            tables["reuse"] += reported.reuse
        return VersionResult(found.works, **tables), index.verified


def test_made_documents_are_grouped_as_they_were_made() -> None:
    """The samples of the project; ``benchmarks/versions.py`` measures it on thousands of documents."""
    ids = {document.name: one.doc_id for document, one in zip(MADE, SIGNED, strict=True)}
    work = {name: EXPECTED.works[doc_id][0] for name, doc_id in ids.items()}
    versions = [d for d in MADE if d.expected == "version"]
    others = [d for d in MADE if d.base is not None and d.expected != "version"]
    assert {d.kind for d in versions} == set(VERSIONS)
    split = [d.name for d in versions if work[d.name] != work[str(d.base)]]
    merged = [d.name for d in others if work[d.name] == work[str(d.base)]]
    assert merged == []
    assert len(split) <= 0.05 * len(versions), split


@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.randoms(use_true_random=False))
def test_order_does_not_matter(rng: random.Random) -> None:
    mixed = list(SIGNED)
    rng.shuffle(mixed)
    assert compare_corpus(mixed) == EXPECTED


@settings(max_examples=3, deadline=None)
@given(st.integers(0, 2**32))
def test_unrelated_documents_among_them_change_nothing(seed: int) -> None:
    """Works, rows and similarities of the others stay, wherever the strangers stand in the order."""
    rng = random.Random(seed)
    words = [chr(rng.randrange(0x4E00, 0x9FA5)) for _ in range(3000)]
    strangers = [_signed(f"stranger {n}", "".join(rng.choices(words, k=rng.randrange(80, 900)))) for n in range(60)]
    mixed = [*SIGNED, *strangers]
    rng.shuffle(mixed)
    result = compare_corpus(mixed)
    ids = {one.doc_id for one in strangers}
    assert {doc_id: found for doc_id, found in result.works.items() if doc_id not in ids} == EXPECTED.works
    assert (result.versions, result.changes, result.reuse) == (EXPECTED.versions, EXPECTED.changes, EXPECTED.reuse)


def test_every_member_is_verified_against_the_canonical_version() -> None:
    by_id = {one.doc_id: one for one in SIGNED}
    canonical = {work: doc_id for doc_id, (work, is_canonical, _) in EXPECTED.works.items() if is_canonical}
    assert len(canonical) == len({work for work, _, _ in EXPECTED.works.values()})
    for doc_id, (work, is_canonical, similarity) in EXPECTED.works.items():
        assert work == min(other for other, (its, _, _) in EXPECTED.works.items() if its == work)
        if not is_canonical:
            found = verify(by_id[doc_id], by_id[canonical[work]])
            assert found.name in ("identical", "version") and found.similarity == similarity


def test_a_pair_is_the_same_from_both_sides() -> None:
    for a, b in zip(SIGNED, SIGNED[1:], strict=False):
        assert verify(a, b) == verify(b, a)
        there, back = pair_changes(a, b, verify(a, b)), pair_changes(b, a, verify(a, b))
        assert [_turned(row) for row in there] == back


def _turned(row: Row) -> Row:
    """A row of ``changes`` seen from the other document."""
    sides = {"added": "removed", "removed": "added"}
    names = ("doc_id", "text", "start", "end", "fact_id", "value")
    other = {f"other_{name}": row[name] for name in names}
    own = {name: row[f"other_{name}"] for name in names}
    return {**row, **own, **other, "kind": sides.get(str(row["kind"]), row["kind"])}


def test_changes_and_reuse_point_at_their_words() -> None:
    raw = {one.doc_id: one.raw for one in SIGNED}
    assert EXPECTED.changes and EXPECTED.reuse
    for row in EXPECTED.changes:
        assert raw[str(row["doc_id"])][int(row["start"] or 0) : int(row["end"] or 0)] == row["text"]
        assert raw[str(row["other_doc_id"])][int(row["other_start"] or 0) : int(row["other_end"] or 0)] == row["other_text"]
    for row in EXPECTED.reuse:
        clause = raw[str(row["doc_id"])][int(row["start"] or 0) : int(row["end"] or 0)]
        source = raw[str(row["source_doc_id"])][int(row["source_start"] or 0) : int(row["source_end"] or 0)]
        assert 0.3 <= float(row["similarity"] or 0) <= 1
        assert shared_part(sample(clause), sample(source)) > 0.15 or len(clause) < 40


def test_an_adaptation_has_the_clauses_that_it_took() -> None:
    text = (
        "青岬市人民政府关于发展渔光互补的意见\n青政发〔2031〕5号\n\n一、目标\n到2035年，建成渔光互补示范基地12个。\n二、任务\n"
        "支持养殖户在鱼塘上方架设光伏板，实行水上发电、水下养殖。鼓励企业与合作社签订长期用地协议，保障养殖户的收益。"
        "建立设备回收制度，防止废旧组件污染水体。\n三、保障\n各县（市、区）每季度通报一次建设进度，接受群众监督。\n青岬市人民政府\n2031年4月9日\n"
    )
    copy = text.replace("青岬", "望潮").replace("青政发〔2031〕5号", "望政发〔2031〕31号").replace("12个", "7个").replace(
        "建立设备回收制度，防止废旧组件污染水体。", "对示范基地按装机容量给予一次性奖励，奖励资金由市县两级财政分担。"
    )
    result = compare_corpus([_signed("a", text), _signed("b", copy)])
    (row,) = result.versions
    assert row["relation"] == "adaptation"
    taken = {str(_words(r, text, copy)) for r in result.reuse}
    assert any("架设光伏板" in words for words in taken)
    assert not any("一次性奖励" in words or "设备回收" in words for words in taken)


def test_a_clause_that_several_hold_is_from_the_one_issued_highest_up() -> None:
    clause = "支持养殖户在鱼塘上方架设光伏板，实行水上发电、水下养殖，保障养殖户和合作社的长期收益。"
    body = "\n".join(f"{n}、{clause.replace('养殖户', name)}" for n, name in enumerate(("农户", "渔民", "企业", "村民"), 1))
    made = {
        place: _signed(place, f"{place}人民政府关于发展渔光互补的意见\n{place[0]}政发〔{year}〕5号\n\n{body}\n{place}人民政府\n{year}年4月9日\n")
        for place, year in (("东澜省", 2031), ("东澜省青岬市", 2032), ("东澜省青岬市望潮县", 2033))
    }
    made = {place: replace(one, places=(*place_parts(place), None, None, None)[:3]) for place, one in made.items()}
    reuse = compare_corpus(list(made.values())).reuse
    sources = {one.doc_id: place for place, one in made.items()}
    found = {
        (place, sources[str(row["source_doc_id"])])
        for row in reuse
        if "光伏板" in made[place := sources[str(row["doc_id"])]].raw[int(row["start"] or 0) : int(row["end"] or 0)]
    }
    assert found == {("东澜省青岬市", "东澜省"), ("东澜省青岬市望潮县", "东澜省")}
    assert len({(row["doc_id"], row["start"]) for row in reuse}) == len(reuse)


def place_parts(place: str) -> list[str]:
    return re.findall("..[省市县]", place)


def _words(row: Row, text: str, copy: str) -> str:
    own = text if row["doc_id"] == _signed("a", text).doc_id else copy
    return own[int(row["start"] or 0) : int(row["end"] or 0)]


def test_what_is_in_the_folder_changes_no_answer(tmp_path: Path) -> None:
    """Half of the documents, then all, then others only: the second time nothing is aligned again."""
    _, first = _compared(tmp_path, SIGNED[:45])
    whole, second = _compared(tmp_path, SIGNED[::-1])
    again, third = _compared(tmp_path, SIGNED)
    assert whole == again == EXPECTED
    assert first > 0 and second > 0 and third == 0
    few, none = _compared(tmp_path, SIGNED[:45])
    assert few == compare_corpus(SIGNED[:45])
    assert none == 0


@pytest.mark.parametrize("ended", [False, True])
def test_several_processes_give_the_same(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, ended: bool) -> None:
    """Also where a process is ended: what it had to do is done here."""
    monkeypatch.setattr("policymine.versions.works.SPREAD_FROM", 1)
    monkeypatch.setattr("policymine.versions.works.TASK", 20)
    monkeypatch.setattr("policymine.versions.comparison.KEPT_FROM", 10)
    if ended:
        monkeypatch.setattr("policymine.versions.works.settle_task", _ending)
    for compared_again in (False, True):
        tables: dict[str, list[Row]] = {"versions": [], "changes": [], "reuse": []}
        comparison = Comparison(tmp_path, partial(engines.spread, jobs=2))
        for one in SIGNED:
            comparison.add(one)
        found = comparison.finish(lambda table, rows, tables=tables: tables[table].extend(rows))
        assert VersionResult(found, **tables) == EXPECTED
        assert bool(comparison.verified) != compared_again


MAIN = os.getpid()


def _ending(task: Task) -> Answer:
    if os.getpid() != MAIN:
        os._exit(1)
    return settle_task(task)


def test_a_damaged_folder_is_left_alone(tmp_path: Path) -> None:
    _compared(tmp_path, SIGNED[:20])
    (tmp_path / SIGNATURES).write_bytes(b"")
    result, _ = _compared(tmp_path, SIGNED)
    assert result == EXPECTED
    (tmp_path / NAME).write_bytes(b"no database")
    result, _ = _compared(tmp_path, SIGNED)
    assert result == EXPECTED


def test_a_folder_that_lost_the_end_of_a_file_is_left_alone(tmp_path: Path) -> None:
    _compared(tmp_path, SIGNED)
    whole = (tmp_path / SIGNATURES).read_bytes()
    (tmp_path / SIGNATURES).write_bytes(whole[:-1])
    result, _ = _compared(tmp_path, SIGNED)
    assert result == EXPECTED


def test_a_damaged_stretch_is_noticed_and_the_index_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("policymine.versions.comparison.KEPT_FROM", 1)
    _compared(tmp_path, SIGNED)
    whole = (tmp_path / SIGNATURES).read_bytes()
    for at in range(50, len(whole), len(whole) // 4):
        (tmp_path / SIGNATURES).write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        with duckdb.connect(str(tmp_path / NAME)) as con:
            tables = ("documents", "pairs", "answers", "told")
            places = [place for of in tables for place in con.execute(f"SELECT place, size FROM {of}").fetchall()]
        kept = Kept(tmp_path / SIGNATURES, to_write=False)
        hit = [place for place in places if place[0] <= at < sum(place)]
        for place in hit:
            with pytest.raises(DamagedError):
                kept.read(*place)
        for place in set(places) - set(hit):
            kept.read(*place)
        kept.close()
    spoilt = bytes(byte ^ 255 for byte in whole)
    (tmp_path / SIGNATURES).write_bytes(spoilt)
    compared = Comparison(tmp_path)
    for one in SIGNED:
        compared.add(one)
    with pytest.raises(OSError, match="run it again"):
        compared.finish(lambda table, rows: None)
    result, _ = _compared(tmp_path, SIGNED)
    assert result == EXPECTED


def test_two_runs_at_once_do_not_disturb_each_other(tmp_path: Path) -> None:
    with VersionIndex(tmp_path) as one:
        for signed in SIGNED[:5]:
            one.add(signed)
        result, _ = _compared(tmp_path, SIGNED[:30])
    assert result == compare_corpus(SIGNED[:30])


KILLED = """
import pickle, sys
from pathlib import Path
import policymine.versions.index as index
from policymine.versions.works import Works
index.BATCH = 10
signatures = pickle.loads(Path(sys.argv[1]).read_bytes())
with index.VersionIndex(Path(sys.argv[2])) as held:
    for one in signatures:
        held.add(one)
    print("added", flush=True)
    Works(held)
    print("done", flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
@pytest.mark.parametrize("wait", [0.0, 0.25])
def test_killed_half_way_and_started_again(tmp_path: Path, wait: float) -> None:
    import pickle

    folder, held = tmp_path / "index", tmp_path / "signatures"
    held.write_bytes(pickle.dumps(SIGNED))
    run = subprocess.Popen([sys.executable, "-c", KILLED, str(held), str(folder)], stdout=subprocess.PIPE)
    assert run.stdout is not None
    assert run.stdout.readline() == b"added\n"
    time.sleep(wait)
    os.kill(run.pid, signal.SIGKILL)
    run.wait()
    result, _ = _compared(folder, SIGNED)
    assert result == EXPECTED


SPREAD = """
import os, sys, time
from functools import partial
from policymine import engines

def wait(task):
    os.write(1, b"%d\\n" % os.getpid())
    time.sleep(120)

if __name__ == "__main__":
    list(engines.spread(wait, [1, 2], jobs=2))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_processes_end_with_the_one_that_started_them(tmp_path: Path) -> None:
    (tmp_path / "spread.py").write_text(SPREAD, encoding="utf-8")
    run = subprocess.Popen([sys.executable, str(tmp_path / "spread.py")], stdout=subprocess.PIPE)
    assert run.stdout is not None
    workers = {int(run.stdout.readline()) for _ in range(2)}
    os.kill(run.pid, signal.SIGKILL)
    run.wait()
    for _ in range(300):
        workers = {pid for pid in workers if _lives(pid)}
        if not workers:
            return
        time.sleep(0.1)
    for pid in workers:
        os.kill(pid, signal.SIGKILL)
    raise AssertionError("workers outlived the main process")


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not (stat.exists() and stat.read_text().rsplit(")", 1)[1].split()[0] == "Z")


def test_hundreds_of_adaptations_of_one_text_stay_apart_and_cost_little() -> None:
    """A text that ninety counties copied: each is a work of its own, its two versions are one."""
    text = MADE[0].text
    names = [f"{a}{b}县" for a in "临澜岑沐青云望霞松汀" for b in "泽岭屏潮原浦陂岚川"]
    copies = [_signed(f"{name}-{n}", text.replace(MADE[0].text[:6], name + "人民", 1).replace("质量", f"{name}质量"))
              for name in names for n in range(1)]
    again = [_signed(f"{name}-again", one.raw.replace("。", "．")) for name, one in zip(names[::4], copies[::4], strict=True)]
    comparison = Comparison()
    for one in (*copies, *again):
        comparison.add(one)
    works = comparison.finish(lambda table, rows: None)
    assert comparison.verified <= 5 * len(works)
    sizes = Counter(Counter(work for work, _, _ in works.values()).values())
    assert sizes == {1: len(copies) - len(again), 2: len(again)}


@settings(max_examples=60, deadline=None)
@given(st.text("甲乙丙丁戊己庚辛12.省市", max_size=400))
def test_a_text_shares_all_of_itself(text: str) -> None:
    one = sample(text)
    assert shared_part(one, one) in ((1.0,) if len(text) >= 5 else (0.0,))
    assert (sample(text).features == one.features).all()


def _paired(held: list[set[int]]) -> dict[int, list[int]]:
    """What ``candidates`` gives, worked out pair by pair."""
    holders: dict[int, list[int]] = {}
    for rank, features in enumerate(held):
        for feature in features:
            holders.setdefault(feature, []).append(rank)
    weight: Counter[tuple[int, int]] = Counter()
    times: Counter[tuple[int, int]] = Counter()
    for ranks in holders.values():
        for n, i in enumerate(ranks if len(ranks) <= COMMON else ranks[:FIRST]):
            for j in ranks[n + 1 :]:
                times[i, j] += 1
                weight[i, j] += 2**20 // (len(ranks) - 1)
    near: dict[int, list[tuple[int, int]]] = {}
    for (i, j), n in times.items():
        if n > 1:
            near.setdefault(i, []).append((-weight[i, j], j))
            near.setdefault(j, []).append((-weight[i, j], i))
    return {i: [j for _, j in sorted(others)[:WIDE]] for i, others in near.items()}


@pytest.mark.parametrize("part", [10**6, 400, 30])
@pytest.mark.parametrize("asked", [None, [3, 150]])
def test_candidates_are_those_that_share_the_rarest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: int, asked: list[int] | None
) -> None:
    """In one part and in many: who shares rare features, ties by rank, and features that a hundred documents hold."""
    monkeypatch.setattr("policymine.versions.candidates.PART", part)
    rng = random.Random(4)
    groups = [rng.sample(range(10**6), 40) for _ in range(30)]
    held = [set(rng.sample(groups[n % 30], 12)) | {n % 2, 7, 10**7 + rng.randrange(50)} for n in range(200)]
    expected = _paired(held)
    features = None
    if asked is not None:
        own = set.union(*(held[i] for i in asked))
        expected = _paired([one & own for one in held])
        features = np.array(sorted(own), np.uint64)
    given = [(np.full(len(one), i, np.uint32), np.array(sorted(one), np.uint64)) for i, one in enumerate(held)]
    rng.shuffle(given)
    found: dict[int, list[int]] = {}
    for i, j in candidates(given, sum(map(len, held)), len(held), tmp_path, features):
        for one, other in zip(i.tolist(), j.tolist(), strict=True):
            found.setdefault(one, []).append(other)
    assert found == expected
    assert any(len(others) == WIDE for others in found.values())


def test_the_best_come_first(tmp_path: Path) -> None:
    """The order in which canonical versions are chosen, whichever came first and in whichever run."""
    signed = SIGNED[:60]
    best = [one.doc_id for one in sorted(
        signed, key=lambda one: (-one.n_header, not one.is_official, one.n_damaged, -one.n_chars, one.doc_id)
    )]
    assert len({(one.n_header, one.is_official, one.n_damaged, one.n_chars) for one in signed}) < len(signed)
    with VersionIndex(tmp_path) as index:
        for one in reversed(signed[20:]):
            index.add(one)
    with VersionIndex(tmp_path) as index:
        for one in signed:
            index.add(one)
        assert list(index.rank()) == best
        where = [index.kept.read(*index._where(rank)) for rank in (0, 30, 59)]
    assert [signature_from(data).doc_id for data in where] == [best[0], best[30], best[59]]


def test_features_are_read_alone_or_with_what_is_between(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A few documents of an index, in one stretch or one by one, in the order of the file."""
    with VersionIndex(tmp_path) as index:
        for one in SIGNED[:30]:
            index.add(one)
        ids = index.rank()
        by_id = {one.doc_id: one for one in SIGNED[:30]}
        expected = {
            (rank, int(feature)) for rank, one in ((rank, by_id[ids[rank]]) for rank in (3, 4, 29))
            for feature in sample(one.key, [comparison_key(w) for w in (one.doc_number, one.title) if w]).features
        }
        for most in (0, 10**6):
            monkeypatch.setattr("policymine.versions.index.MOST_BETWEEN", most)
            ((ranks, features),) = index._features([29, 3, 4])
            assert set(zip(ranks.tolist(), features.tolist(), strict=True)) == expected
        assert list(index._features([])) == []


def test_components_are_what_is_near_by_way_of_others() -> None:
    near = Neighbours(12)
    for rank, others in {0: [5], 5: [9], 3: [9], 11: [3], 1: [2], 2: [1], 7: [8]}.items():
        near.put(rank, others)
    assert list(near.components(np.arange(12))) == [[0, 3, 5, 9, 11], [1, 2], [7, 8]]
    assert list(near.components(np.arange(12)[::-1])) == [[7, 8], [1, 2], [0, 3, 5, 9, 11]]
    chain = Neighbours(5000)
    for rank in range(4999):
        chain.put(rank, [rank + 1])
    assert list(chain.components(np.arange(5000))) == [list(range(5000))]
    assert list(Neighbours(3).components(np.arange(3))) == list(Neighbours(0).components(np.arange(0))) == []


def test_what_was_told_is_not_worked_out_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One document more: only what is near it is grouped and told of again."""
    first = _compared(tmp_path, SIGNED[1:])[0]
    again: list[list[int]] = []
    settle = Works._settle
    monkeypatch.setattr(Works, "_settle", lambda self, docs: (again.append(docs), settle(self, docs))[1])
    assert _compared(tmp_path, SIGNED[1:])[0] == first == compare_corpus(SIGNED[1:])
    again.clear()  # compare_corpus has no folder
    assert _compared(tmp_path, SIGNED[1:])[0] == first and not again
    result, verified = _compared(tmp_path, SIGNED)
    assert result == EXPECTED
    assert 0 < len(again) < 5 and 0 < verified < 20


def test_rows_about_documents_are_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a document comes near others, these are grouped anew; what is to be told of most of them stays."""
    made: list[int] = []
    about = _Telling.about
    monkeypatch.setattr(_Telling, "about", lambda self, doc, others: (made.append(doc), about(self, doc, others))[1])
    text = "东澜省人民政府关于加快发展的意见\n" + "".join(f"到20{n}年，新建观光码头{n}个，渔民收入增长{n}%。\n" for n in range(21, 60))
    texts = [text + f"第{n}号方案另行制定，由第{n}工作组负责落实并报省政府备案。\n" * 4 for n in range(2)]
    alike = [_signed(f"{n}.txt", texts[n % 2] + "\ufffd" * (n // 2)) for n in range(14)]
    whole = compare_corpus(alike)
    assert len({work for work, _, _ in whole.works.values()}) == 2 and len(made) > 8
    made.clear()
    _compared(tmp_path, alike[1:])
    first = len(made)
    assert _compared(tmp_path, alike)[0] == whole
    assert 0 < len(made) - first < first
    for n in range(14):  # the smallest doc_id of a work, which names it, is among those that go
        left = [one for one in alike if one is not alike[n]]
        assert _compared(tmp_path, left)[0] == compare_corpus(left)


def test_large_texts_wait_on_the_disk() -> None:
    long = [replace(one, raw=one.raw + "\n" * 1_500_000) for one in SIGNED[:4]]
    comparison = Comparison()
    for one in long:
        comparison.add(one)
    assert len(comparison._first) == 0 and comparison._index is not None and len(comparison._index._rows) == 4
    assert set(comparison.finish(lambda table, rows: None)) == {one.doc_id for one in long}
