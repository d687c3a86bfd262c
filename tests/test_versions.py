"""Near-identical documents: one work for one document, never one for two."""

from __future__ import annotations

import csv
import hashlib
import os
import pickle
import random
import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policymine.models import Facts, Header, MinedDocument, RawDocument
from policymine.structure.header import read_header
from policymine.text.normalize import normalize
from policymine.versions import Signature, signature
from policymine.versions.align import align
from policymine.versions.relation import relate
from policymine.versions.signature import comparison_key, key_offsets
from policymine.versions.verify import SHARED as ONE_WORK
from policymine.versions.verify import verify
from policymine.versions.works import VersionResult, compare_corpus

SHARED = Path(os.environ.get("POLICYMINE_SHARED") or Path(__file__).resolve().parents[2] / "shared")
CHANGE_COLUMNS = (
    "doc_id other_doc_id kind text other_text start end other_start other_end "
    "fact fact_id other_fact_id field value other_value"
).split()
VERSION_COLUMNS = "work_id doc_id other_doc_id relation similarity evidence".split()

TITLE = "澜口市人民政府关于推进老旧渡口改造的实施意见"
HEAD = f"{TITLE}\n澜政发〔2031〕7号\n\n各县、区人民政府，市政府各部门：\n"
PARAGRAPHS = (
    "　　为改善沿江群众出行条件，提升渡口安全水平，结合我市实际，现提出如下意见。",
    "　　一、总体目标",
    (
        "　　坚持安全第一、便民优先，分步改造全市沿江渡口。到2033年，改造渡口46处，更新渡船120艘，渡运事故率下降15%以上；"
        "到2035年，全部渡口达到二级安全标准，形成管理规范、服务便捷的水上出行网络。"
    ),
    "　　二、主要任务",
    (
        "　　（一）加固码头设施。对坡道、护栏和候船棚进行全面检测，2032年6月底前完成检测报告，年内加固危险坡道18处。"
        "（市交通运输局牵头，各县区人民政府配合）"
    ),
    (
        "　　（二）更新渡船装备。淘汰木质渡船，推广电动渡船，每艘补助3.5万元，安装定位终端和救生装备，建立船舶档案。"
        "（市交通运输局、市财政局负责）"
    ),
    (
        "　　（三）规范渡工管理。每年组织渡工培训2次，培训不少于400人次，实行持证上岗和健康检查制度，提高渡工补贴标准。"
        "（市人力资源社会保障局负责）"
    ),
    "　　三、保障措施",
    (
        "　　建立联席会议制度，定期通报进度；把渡口改造列入民生实事，接受群众监督。各县区要制定具体方案，落实管护责任，"
        "确保改一处、成一处、用好一处，让沿江居民走得安全、走得舒心。"
    ),
)
BODY = "\n".join(PARAGRAPHS)
TAIL = "\n\n　　　　澜口市人民政府\n　　　　2031年4月9日\n"
FULL = HEAD + BODY + TAIL
HALF_WIDTH = str.maketrans("，。；：（）％", ",.;:()%") | {ord("。"): "。"}
CITY_COPY = FULL.replace("澜口", "岑南").replace("澜政发〔2031〕7号", "岑政发〔2031〕22号").replace("46处", "31处")
NEXT_YEAR = FULL
for _year in (2035, 2033, 2032, 2031):
    NEXT_YEAR = NEXT_YEAR.replace(str(_year), str(_year + 1))
UNRELATED = (
    "青岬县图书馆开放时间公告\n"
    + "本馆自下月起延长开放时间，夜间阅览室供读者自习，儿童区周末举办故事会，欢迎预约参加。" * 3
)


def _signed(name: str, text: str, header: Header | None = None) -> Signature:
    raw = RawDocument(name, f"{name}.txt", text, len(text.encode()), "text/plain", "utf-8", "plain")
    normal = normalize(text)
    return signature(MinedDocument(raw, normal, read_header(normal, "") if header is None else header, (), Facts()))


def _compare(*texts: str, headers: bool = True) -> VersionResult:
    header = None if headers else Header()
    return compare_corpus([_signed(f"doc{n}", text, header) for n, text in enumerate(texts)])


def _relation(result: VersionResult, a: str = "doc0", b: str = "doc1") -> str | None:
    return next((str(r["relation"]) for r in result.versions if {r["doc_id"], r["other_doc_id"]} == {a, b}), None)


def _n_works(result: VersionResult) -> int:
    return len({work_id for work_id, _, _ in result.works.values()})


@pytest.mark.parametrize("headers", [True, False])
@pytest.mark.parametrize(
    ("spoilt", "relation"),
    [
        (FULL.translate(HALF_WIDTH), "identical"),
        (FULL.replace("。\n　　", "。　　"), None),
        (BODY, "version"),
        (f"首页 > 政务公开\n{FULL}\n浏览次数：35\n分享到：\n", None),
        (FULL.replace("、", "，"), "version"),
        (FULL.replace("群众监督", "群众盥督").replace("联席会议", "联度会议"), "version"),
        (FULL.replace("到2035年", "到5372年"), "version"),
    ],
    ids=["width", "merged paragraphs", "stripped head and tail", "residue", "punctuation", "misprints", "spoilt year"],
)
def test_one_document_is_one_work(spoilt: str, relation: str | None, headers: bool) -> None:
    result = _compare(FULL, spoilt, headers=headers)
    assert _n_works(result) == 1
    assert _relation(result) in ({relation} if relation else {"identical", "version"})
    assert sorted(canonical for _, canonical, _ in result.works.values()) == [False, True]


@pytest.mark.parametrize("headers", [True, False])
@pytest.mark.parametrize(
    ("other", "relation"),
    [
        (CITY_COPY, "adaptation"),
        (NEXT_YEAR, "adaptation"),
        (
            FULL.replace("每年组织渡工培训2次，", "分批组织业务能力提升活动，").replace("推广电动渡船", "试点氢能渡船"),
            "revision",
        ),
        (FULL.replace("46", "52").replace("120", "90").replace("18处", "25处").replace("400", "650"), "revision"),
        (f"沐阳川县水利志汇编\n{UNRELATED}\n{FULL}\n{UNRELATED.replace('图书馆', '文化馆')}", "contains"),
    ],
    ids=["another city", "next year", "reworded", "other figures", "container"],
)
def test_two_documents_are_two_works(other: str, relation: str, headers: bool) -> None:
    result = _compare(FULL, other, headers=headers)
    assert _n_works(result) == 2
    assert _relation(result) == relation


def test_city_copy_without_head_and_tail_is_told_by_names_in_the_text() -> None:
    named = BODY.replace("全市", "澜口市")
    result = _compare(named, named.replace("澜口", "岑南"), headers=False)
    assert (_n_works(result), _relation(result)) == (2, "adaptation")


@pytest.mark.parametrize(
    "clash",
    [
        Header(issuers=("岑南市人民政府",)),
        Header(doc_number="岑政发〔2031〕22号"),
        Header(date_issued="2030-04-09"),
        Header(province="云屏省", prefecture="岑南市"),
    ],
)
def test_headers_that_clash_forbid_a_work_even_for_the_same_text(clash: Header) -> None:
    own = Header(
        issuers=("澜口市人民政府",),
        doc_number="澜政发〔2031〕7号",
        date_issued="2031-04-09",
        province="云屏省",
        prefecture="澜口市",
    )
    result = compare_corpus([_signed("a", BODY, own), _signed("b", BODY, clash)])
    assert _n_works(result) == 2
    assert "clash" in str(result.versions[0]["evidence"])


def test_members_are_not_joined_by_way_of_a_third_without_header() -> None:
    """The text without a header agrees with both cities, the cities not with each other."""
    cities = [Header(issuers=(f"{c}人民政府",), prefecture=c) for c in ("澜口市", "岑南市")]
    bare = Header(title="关于推进老旧渡口改造的实施意见", date_issued="2031")
    result = compare_corpus([_signed("a", BODY, cities[0]), _signed("b", BODY, cities[1]), _signed("c", BODY, bare)])
    assert result.works["a"][0] != result.works["b"][0]


def test_one_changed_figure_is_listed_and_not_identical() -> None:
    changed = FULL.replace("46处", "48处")
    result = _compare(FULL, changed)
    assert _relation(result) == "version"
    (row,) = result.changes
    assert (row["kind"], row["text"], row["other_text"]) == ("number", "48", "46")
    assert list(row) == CHANGE_COLUMNS
    assert changed[int(str(row["start"])) : int(str(row["end"]))] == "48"
    assert FULL[int(str(row["other_start"])) : int(str(row["other_end"]))] == "46"


def test_a_lost_decimal_point_is_another_number() -> None:
    result = _compare(FULL, FULL.replace("3.5万元", "35万元"))
    assert [(row["kind"], row["text"], row["other_text"]) for row in result.changes] == [("number", "35", "3.5")]


def test_layout_is_no_change_and_punctuation_is_typography() -> None:
    assert _compare(FULL, FULL.replace("。\n　　", "。\n\n  ")).changes == []
    (row,) = _compare(FULL, FULL.replace("便民优先，", "便民优先、")).changes
    assert (row["kind"], row["text"], row["other_text"]) == ("typography", "、", "，")


def test_stripped_head_and_tail_are_removed_in_the_copy() -> None:
    rows = _compare(FULL, BODY).changes
    assert [row["kind"] for row in rows] == ["removed", "removed"]
    assert str(rows[0]["other_text"]).startswith(TITLE)


def test_canonical_is_the_complete_one_and_the_work_has_the_smallest_id() -> None:
    result = _compare(BODY, FULL)
    assert result.works["doc1"] == ("doc0", True, 1.0)
    assert result.works["doc0"][:2] == ("doc0", False)
    assert list(result.versions[0]) == VERSION_COLUMNS
    assert "canonical" in str(result.versions[0]["evidence"])


def test_short_and_empty_texts_are_works_of_their_own() -> None:
    result = _compare("", " ", "见附件。", "见附件！", UNRELATED)
    assert _n_works(result) == 5
    assert result.versions == result.changes == result.reuse == []
    assert compare_corpus([]) == VersionResult()


CORPUS = [
    _signed(hashlib.sha256(text.encode()).hexdigest()[:20], text)
    for text in (FULL, BODY, FULL.translate(HALF_WIDTH), CITY_COPY, NEXT_YEAR, UNRELATED, FULL + UNRELATED * 3, "")
]
EXPECTED = compare_corpus(CORPUS)


@settings(max_examples=25, deadline=None)
@given(st.permutations(CORPUS))
def test_the_order_of_the_documents_does_not_matter(corpus: list[Signature]) -> None:
    result = compare_corpus(corpus)
    assert result == EXPECTED
    assert list(result.works) == sorted(result.works)


def test_unrelated_documents_change_nothing() -> None:
    more = compare_corpus(
        [*CORPUS, _signed("zz", "浮舟岛渔港管理办法。" + "渔船进出港应当登记，靠泊期间服从调度。" * 9)]
    )
    assert more.versions == EXPECTED.versions
    assert more.changes == EXPECTED.changes
    assert {k: v for k, v in more.works.items() if k != "zz"} == EXPECTED.works


@settings(max_examples=200, deadline=None)
@given(st.text("甲乙丙丁12.-", max_size=80), st.text("甲乙丙丁12.-", max_size=80))
def test_alignment_rebuilds_the_second_text(a: str, b: str) -> None:
    rebuilt, at = "", 0
    for op in align(a * 3, b * 3):
        rebuilt += (a * 3)[at : op.a_start] + (b * 3)[op.b_start : op.b_end]
        at = op.a_end
    assert rebuilt + (a * 3)[at:] == b * 3


@settings(max_examples=200, deadline=None)
@given(st.text("第一条年月 \n\t　，。,.１2３4〇\u200b-－—（(Ab浏览次数", max_size=120))
def test_key_characters_stand_where_the_offsets_say(text: str) -> None:
    signed = _signed("x", text, Header())
    offsets = key_offsets(signed)
    assert list(offsets) == sorted(offsets)
    folded = normalize(text).folded
    assert all(folded[at] == c for c, at in zip(signed.key, offsets, strict=True) if c not in "-.")


def test_key_keeps_apart_what_punctuation_keeps_apart_between_digits() -> None:
    assert comparison_key("1.5亿元") != comparison_key("15亿元")
    assert comparison_key("12,000家") == comparison_key("12000家")
    for broken in ("共2011\n\n2020年", "达到1.\n5亿元", "12,\n000家。\n\n3项", "建成1,000\n。2家"):  # a line break is a sign
        assert comparison_key(broken) == comparison_key(broken.replace("\n", ";"))
    assert comparison_key("2011—2020年") == comparison_key("2011-2020年") != comparison_key("20112020年")


def test_relation_is_symmetric_and_signatures_are_picklable() -> None:
    for a in CORPUS:
        assert pickle.loads(pickle.dumps(a)) == a
        for b in CORPUS:
            one, other = relate(a, b), relate(b, a)
            assert (one and one.name) == (other and other.name)


def test_many_versions_of_one_document_are_one_work() -> None:
    """More documents than the index pairs one by one."""
    texts = [FULL.replace("群众", f"群{chr(0x4E00 + n)}", 1) for n in range(60)]
    result = _compare(*texts)
    assert _n_works(result) == 1
    assert sum(canonical for _, canonical, _ in result.works.values()) == 1


@pytest.fixture(scope="module")
def shared() -> tuple[VersionResult, list[dict[str, str]]]:
    table = SHARED / "gold" / "versions.tsv"
    if not table.is_file():
        pytest.skip(f"no real documents at {SHARED} (set POLICYMINE_SHARED)")
    folders = (SHARED / "texts", SHARED / "corpus" / "central", SHARED / "corpus" / "shandong")
    paths = [path for folder in folders for path in sorted(folder.glob("*.txt"))]
    texts = {path.stem: path.read_bytes().decode("utf-8-sig", "replace") for path in paths}
    with table.open(encoding="utf-8", newline="") as lines:
        pairs = list(csv.DictReader(lines, delimiter="\t"))
    return compare_corpus([_signed(name, text) for name, text in texts.items()]), pairs


def test_real_pairs_have_their_relation(shared: tuple[VersionResult, list[dict[str, str]]]) -> None:
    result, pairs = shared
    known = [pair for pair in pairs if pair["a"] in result.works and pair["b"] in result.works]
    assert len(known) >= 1
    wrong = [pair for pair in known if _relation(result, pair["a"], pair["b"]) != pair["relation"]]
    assert wrong == []
    for pair in known:
        same = result.works[pair["a"]][0] == result.works[pair["b"]][0]
        assert same == (pair["relation"] in ("identical", "version"))


def test_real_works_are_those_that_reading_confirmed(shared: tuple[VersionResult, list[dict[str, str]]]) -> None:
    """Every merged group was read; a new one must be read before it is added here."""
    groups: dict[str, set[str]] = {}
    for doc_id, (work_id, _, _) in shared[0].works.items():
        groups.setdefault(work_id, set()).add(doc_id[:6])
    merged = sorted(",".join(sorted(group)) for group in groups.values() if len(group) > 1)
    assert merged == [
        "000_3b,001_ff",
        "cen007,cen162",
        "cen037,sd033",
        "cen038,cen041",
        "cen047,cen048,cen049,cen050",
        "cen062,cen081",
        "cen077,cen080",
        "cen114,cen116",
        "cen122,cen129",
    ]
    rows = [row for row in shared[0].changes if str(row["doc_id"]).startswith(("000_", "001_"))]
    assert {row["kind"] for row in rows} <= {"typography", "added", "removed"}
    assert sum(row["kind"] != "typography" for row in rows) == 2


SITE = f"来源：澜口市人民政府网\n{BODY}\n"


@pytest.mark.parametrize(
    ("texts", "canonical", "why"),
    [
        ((BODY, FULL), "doc1", "(header 4 of 4, 0 damaged, %d characters; won by header, here header 0 of 4)"),
        ((BODY, SITE), "doc1", "(header 0 of 4, official source, 0 damaged, %d characters; won by source, here none)"),
        ((BODY.replace("到2035年", "到5372年"), BODY), "doc1", "won by damage, here 1 damaged)"),
        ((BODY.replace("，让沿江居民走得安全", ""), BODY), "doc1", "won by length, here %d characters)"),
        ((BODY, BODY.replace("。\n　　", "。\n\n")), "doc0", "won by id, all else equal here)"),
        (
            (BODY.replace("46处", "64处") + "完", BODY.replace("群众监督", "群众监都"), BODY),
            "doc2", "most versions read as it does, though here %d characters)",
        ),
    ],
    ids=["header", "source", "damage", "length", "id", "most versions"],
)
def test_the_row_says_by_which_step_the_canonical_version_was_chosen(
    texts: tuple[str, ...], canonical: str, why: str
) -> None:
    signed = [_signed(f"doc{n}", text) for n, text in enumerate(texts)]
    result = compare_corpus(signed)
    assert [doc_id for doc_id, (_, is_canonical, _) in result.works.items() if is_canonical] == [canonical]
    sizes = [one.n_chars for one in signed]
    known = why % (sizes[int(canonical[-1])] if "of 4, " in why else sizes[0]) if "%d" in why else why
    row = next(row for row in result.versions if row["other_doc_id"] == canonical)
    assert known in str(row["evidence"])


def test_an_adaptation_names_what_speaks_against_one_document() -> None:
    """Here for each way to come to one; ``benchmarks/versions.py quality`` counts it on thousands."""
    other_words = "".join(f"{n}、各渡口要按照年度计划报送进度，并由专人登记造册、按月核对。" for n in "甲乙丙丁戊己庚")
    for other, expected in (
        (CITY_COPY, "issuer clash: 澜口市人民政府 / 岑南市人民政府; number clash: 澜政发〔2031〕7号 / 岑政发〔2031〕22号; place clash: "),
        (NEXT_YEAR, "date clash: 2031-04-09 / 2032-04-09; number clash: "),
    ):
        assert expected in _evidence_of("adaptation", FULL, other)
    found = _evidence_of("adaptation", BODY, BODY.replace("　　二、主要任务", other_words), headers=False)
    assert "nothing clashes, only the texts differ: " in found and "clash:" not in found


def _evidence_of(relation: str, *texts: str, headers: bool = True) -> str:
    (row,) = _compare(*texts, headers=headers).versions
    assert row["relation"] == relation
    return str(row["evidence"])


def test_versions_that_a_third_parts_say_which_and_by_what() -> None:
    """The best two copies say nothing against each other, but one of them has a member that does."""
    own = Header(issuers=("澜口市人民政府",), title="渡口改造意见", date_issued="2031-04-09", prefecture="澜口市")
    other = Header(title="渡口改造意见", doc_number="岑政发〔2031〕22号")
    numbered = Header(doc_number="澜政发〔2031〕7号")
    signed = [_signed("a", BODY, own), _signed("b", BODY + "\n印发范围：各县。", other), _signed("c", BODY, numbered)]
    result = compare_corpus(signed)
    assert _n_works(result) == 2
    row = next(row for row in result.versions if {row["doc_id"], row["other_doc_id"]} == {"a", "c"})
    assert row["relation"] == "adaptation"
    assert "; number clash of b and c: 岑政发〔2031〕22号 / 澜政发〔2031〕7号" in str(row["evidence"])


def _spoilt(rng: random.Random, text: str) -> str:
    """A copy with up to three other figures and two misprints."""
    numbers = list(re.finditer("[0-9]+", text))
    for match in sorted(rng.sample(numbers, rng.randrange(4)), key=lambda match: -match.start()):
        text = f"{text[: match.end() - 1]}{rng.choice('13579')}{text[match.end() :]}"
    for at in rng.sample([at for at, c in enumerate(text) if "\u4e00" <= c <= "\u9fff"], rng.randrange(3)):
        text = f"{text[:at]}的{text[at + 1 :]}"
    return text


def test_no_copy_stays_alone_that_is_a_version_of_the_one_that_stands_for_the_others() -> None:
    """Copies spoilt in several places each, of which another may be elected after one was compared."""
    whole = f"{BODY}\n{BODY.replace('渡口', '码头').replace('渡', '航')}"
    for seed in range(40):
        rng = random.Random(seed)
        texts = dict.fromkeys(_spoilt(rng, whole) for _ in range(rng.randrange(4, 7)))
        signed = {f"d{n}": _signed(f"d{n}", text) for n, text in enumerate(texts)}
        works = compare_corpus(list(signed.values())).works
        sizes = Counter(work for work, _, _ in works.values())
        canonical = [doc_id for doc_id, (_, is_canonical, _) in works.items() if is_canonical]
        for k in canonical:
            if sizes[works[k][0]] == 1:
                assert not [c for c in canonical if c != k and verify(signed[k], signed[c]).name in ONE_WORK], seed
