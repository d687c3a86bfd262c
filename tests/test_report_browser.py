"""The evidence page in headless Chromium, as a reader uses it: from a row to its words, a decision, and the next run."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import policymine as pm
from browser import opened_browser, why_not
from policymine.corpus import Corpus, mine_text
from policymine.corrections.anchors import Anchor, anchor, letters_of_text
from policymine.report import write_page
from policymine.run import Request, run_extract
from samples import RAW

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not() or "there is a browser")
SHOTS = os.environ.get("POLICYMINE_SCREENSHOTS")
TEXT = (
    "澄岚市人民政府关于发展观光渔业的意见\n各县（区）人民政府：\n一、总体目标\n到2025年，新建观光码头12个，观光渔船达到300艘。\n"
    "二、主要任务\n（一）改造旧港。2024年底前完成配套设施改造，新增泊位40个。（市农业农村局牵头，市财政局配合）\n"
)
ASTRAL = "𠮷县人民政府关于𡘙业的意见📈\r\n一、总体目标\r\n到2025年，新建　📈\u200b码头12个，𠮷船 达到300艘。\r\n二、任务\r\n（一）𠮷港改造。新增𡘙泊位40个。（县财政局负责）\r\n"
HOSTILE = (
    "关于</script><script>window.pwned=1</script>的意见<!--\n一、总体目标{{script}}<img src=x onerror=window.pwned=2>\n"
    "到2025年，新建<b onmouseover=\"window.pwned=3\">码头</b>12个，&lt;渔船&gt;达到300艘\u2028。--><svg/onload=window.pwned=4>\n"
    "（市<script>财政局牵头，javascript:alert(1)配合）\n"
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """One browser for all tests; each gets a page in a context of its own."""
    with opened_browser() as opened:
        yield opened


class Reader:
    """A page that is open, with everything that it complained about or asked for."""

    def __init__(self, browser: Any, path: Path, fragment: str = "") -> None:
        self.context = browser.new_context(viewport={"width": 1440, "height": 900}, accept_downloads=True, locale="zh-CN")
        self.page = self.context.new_page()
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.goto(path.as_uri() + fragment)
        try:
            self.page.wait_for_selector("#text .document", timeout=10_000)
        except Exception as error:
            raise AssertionError(f"the page does not open: {self.complaints}") from error

    def type_into(self, name: str, words: str) -> None:
        before = self.page.inner_text("#rows-count")
        self.page.fill(f"#{name}", words)
        self.page.wait_for_function("(before) => document.getElementById('rows-count').textContent !== before", arg=before)

    def chosen_words(self) -> str:
        return "".join(self.page.locator("#text mark.current").all_inner_texts())

    def on_screen(self) -> bool:
        """Whether the marked words of the chosen row are in sight, and not behind anything."""
        return bool(self.page.evaluate("""() => {
            const at = document.querySelector("#text mark.current").getBoundingClientRect();
            const seen = document.elementFromPoint(at.left + at.width / 2, at.top + Math.min(at.height, 20) / 2);
            return at.top >= 0 && at.bottom <= innerHeight && Boolean(seen.closest("mark.current"));
        }"""))

    def corrections(self) -> list[dict[str, Any]]:
        with self.page.expect_download() as download:
            self.page.click("#download")
        assert download.value.suggested_filename == "corrections.jsonl"
        return [json.loads(line) for line in Path(download.value.path()).read_text(encoding="utf-8").splitlines()]

    def shot(self, name: str) -> None:
        if SHOTS:
            self.page.screenshot(path=f"{SHOTS}/{name}.png")


@pytest.fixture
def read(browser: Any) -> Iterator[Any]:
    """Opens pages, and checks when they are closed that nothing went wrong in them and nothing was asked of outside."""
    readers: list[Reader] = []

    def opened(path: Path, fragment: str = "") -> Reader:
        readers.append(Reader(browser, path, fragment))
        return readers[-1]

    yield opened
    for reader in readers:
        assert reader.complaints == []
        assert [url for url in reader.requests if not url.startswith(("file:", "blob:"))] == []
        reader.context.close()


def _page(path: Path, *texts: str) -> Path:
    corpus = Corpus()
    for i, text in enumerate(texts):
        one = mine_text(text, f"{i}.txt")
        for table, rows in one.as_rows().items():
            corpus.add_rows(table, rows)
        for row in one.rows("documents"):
            corpus.add_text(str(row["doc_id"]), one.text(str(row["doc_id"])))
    write_page(corpus, path, version="0")
    return path


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Corpus]:
    """The page of the sample documents, and their tables."""
    folder = tmp_path_factory.mktemp("samples")
    run_extract(Request((str(RAW),), folder / "tables", ("csv",)))
    corpus = Corpus.load(folder / "tables")
    write_page(corpus, folder / "report.html", version=pm.__version__)
    return folder / "report.html", corpus


def test_from_a_department_to_the_words_and_to_the_next_run(samples: tuple[Path, Corpus], read: Any, tmp_path: Path) -> None:
    path, corpus = samples
    reader = read(path)
    page = reader.page
    page.set_default_timeout(10_000)
    assert page.inner_text("#counts").startswith(f"{len(corpus)} 份文件")
    reader.shot("1-open")
    reader.type_into("department", "市场监管")
    for kind in ("目标", "期限", "责任", "引用", "任务"):
        page.click(f"#kinds button:has-text('{kind}')")
    page.click("#rows .item:has-text('水产品质量安全追溯点')")
    assert reader.chosen_words() == "150个" and reader.on_screen()
    assert "2019年年底前，建成水产品质量安全追溯点150个" in page.inner_text("#details blockquote")
    reader.shot("2-chosen")
    page.click("#details button.reject")
    assert page.locator("#rows .item.rejected").count() == 1 and page.locator("#text mark.rejected").count() == 1
    reader.shot("3-rejected")
    document, line = reader.corrections()
    assert document["document"] == line["doc_id"] and len(document["sketch"]) == 512
    assert (line["verdict"], line["table"], line["words"]) == ("reject", "targets", "150个")
    made = tmp_path / "corrections.jsonl"
    made.write_text("\n".join(map(json.dumps, (document, line))), encoding="utf-8")
    summary, _ = run_extract(Request((str(RAW),), tmp_path / "again", ("csv",), corrections=(made,)))
    again = Corpus.load(tmp_path / "again")
    # gone from the document that was read and from its near-identical version, and from no other
    gone = [row for row in corpus.rows("targets") if row["target_id"] not in {r["target_id"] for r in again.rows("targets")}]
    assert [(row["indicator"], row["value"]) for row in gone] == [("水产品质量安全追溯点", 150.0)] * 2
    assert summary.counts()["corrected"] == 1 and summary.counts()["unfit"] == 0
    others = ("goals", "deadlines", "responsibilities", "citations", "sections")
    assert all(again.rows(name) == corpus.rows(name) for name in others)


def test_every_mark_is_the_words_of_its_row(samples: tuple[Path, Corpus], read: Any) -> None:
    path, corpus = samples
    page = read(path).page
    seen = 0
    for document in corpus.rows("documents"):
        page.evaluate("(id) => { location.hash = id; }", document["doc_id"])
        title = document["title"] or document["source"]
        page.wait_for_function("(title) => document.querySelector('#text h2')?.textContent === title", arg=title)
        shown = page.evaluate("""() => {
            const words = {};
            for (const mark of document.querySelectorAll("#text mark"))
                for (const row of mark.dataset.rows.split(" ")) words[row] = (words[row] ?? "") + mark.textContent;
            return Object.values(words);
        }""")
        text = corpus.text(str(document["doc_id"]))
        rows = [row for name in ("targets", "goals", "deadlines", "responsibilities", "citations") for row in corpus.rows(name)]
        stated = [text[int(row["start"] or 0) : int(row["end"] or 0)] for row in rows if row["doc_id"] == document["doc_id"]]
        assert sorted(shown) == sorted(re.sub(r"[\r\n]", "", words) for words in stated)
        seen += len(shown)
    assert seen > 700


def test_offsets_behind_characters_outside_the_bmp(read: Any, tmp_path: Path) -> None:
    path = _page(tmp_path / "report.html", ASTRAL)
    reader = read(path)
    reader.page.click("#rows .item:has-text('泊位')>> nth=-1")
    for words in ("12个", "300艘", "40个"):
        reader.page.click(f"#text mark:text-is('{words}')")
        assert reader.chosen_words() == words
        reader.page.click("#details button.accept")
    lines = reader.corrections()[1:]
    letters = letters_of_text(ASTRAL)
    rows = mine_text(ASTRAL).rows("targets")
    wanted = [anchor(letters, int(row["start"] or 0), int(row["end"] or 0)) for row in rows]
    assert [Anchor(*(line[name] for name in ("before", "words", "after", "ordinal", "of"))) for line in lines] == wanted
    assert wanted[0].before.endswith("新建📈码头") and wanted[0].after == "，𠮷船达到300艘"
    made = tmp_path / "c.jsonl"
    made.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    (tmp_path / "0.txt").write_bytes(ASTRAL.encode())
    corrected = pm.mine(tmp_path / "0.txt", corrections=made)
    assert corrected.targets["review"].tolist() == ["accepted"] * 3
    reader.shot("astral")


def test_hostile_text_is_text(read: Any, tmp_path: Path) -> None:
    path = _page(tmp_path / "report.html", HOSTILE, TEXT)
    reader = read(path)
    for key in ("j", "j", "a", "e"):
        reader.page.keyboard.press(key)
    shown = reader.page.inner_text("#text")
    for words in ("</script><script>window.pwned=1</script>", "{{script}}<img src=x onerror=window.pwned=2>", "&lt;渔船&gt;"):
        assert words in shown
    assert reader.page.evaluate("window.pwned") is None
    assert reader.page.locator("#text img, #text svg, #text script, #text b, #rows script").count() == 0


def test_the_policy_of_the_page_forbids_markup_scripts_and_connections(browser: Any, tmp_path: Path) -> None:
    reader = Reader(browser, _page(tmp_path / "report.html", TEXT))
    ran = reader.page.evaluate("""async () => {
        const done = {};
        const stopped = new Set();
        document.addEventListener("securitypolicyviolation", (event) => stopped.add(event.effectiveDirective));
        try { document.getElementById("counts").innerHTML = "<b>x</b>"; done.markup = true; } catch { done.markup = false; }
        const inline = document.createElement("script");
        try { inline.textContent = "window.pwned = 1"; document.body.append(inline); } catch { }
        done.script = window.pwned === 1;
        await new Promise((tell) => setTimeout(() => { try { (0, eval)("window.pwned = 2"); } catch { } tell(); }));
        done.evaluated = window.pwned === 2;
        const style = document.createElement("style");
        style.textContent = "body { opacity: 0.5 }";
        document.head.append(style);
        done.style = getComputedStyle(document.body).opacity === "0.5";
        try { await fetch("data:text/plain,x"); done.connection = true; } catch { done.connection = false; }
        const image = new Image();
        image.src = "http://127.0.0.1:9/x.png";
        done.image = await new Promise((tell) => { image.onload = () => tell(true); image.onerror = () => tell(false); });
        return [done, [...stopped].sort()];
    }""")
    assert not any(ran[0].values()), ran[0]
    assert ran[1] == ["connect-src", "img-src", "require-trusted-types-for", "style-src-elem"]
    reader.context.close()


def test_filters_and_search(samples: tuple[Path, Corpus], read: Any) -> None:
    path, corpus = samples
    reader = read(path)
    page = reader.page
    page.select_option("#year", "2018")
    assert page.inner_text("#documents-count") == "2"
    page.click("#clear")
    page.select_option("#level", "national")
    assert page.inner_text("#documents .item").startswith("国务院办公厅")
    page.click("#clear")
    reader.type_into("indicator", "监督抽查合格率")
    count = sum("监督抽查合格率" in str(row["indicator"]) for row in corpus.rows("targets"))
    assert page.inner_text("#rows-count") == str(count) and count > 4
    page.click("#clear")
    # full width finds half width; a blank separates words that must all be there
    reader.type_into("query", "抽检合格率 ９８．５％")
    assert page.inner_text("#documents-count") == "2"
    assert "98.5" in page.inner_text("#rows")
    highlighted = page.evaluate("() => [...CSS.highlights.get('hit')].map(String)")
    assert {"抽检合格率", "98.5%"} <= set(highlighted)
    reader.type_into("query", "没有这个词")
    assert page.inner_text("#rows-count") == "0" and page.locator("#rows.empty").count() == 1


def test_a_sample_is_the_same_for_every_reader(samples: tuple[Path, Corpus], read: Any) -> None:
    path, corpus = samples
    judged = ("target_id", "goal_id", "deadline_id", "responsibility_id", "citation_id")
    ids = [str(row[key]) for key in judged for row in corpus.rows({"target_id": "targets", "goal_id": "goals", "deadline_id": "deadlines", "responsibility_id": "responsibilities", "citation_id": "citations"}[key])]
    page = read(path).page
    page.fill("#sample", "7")
    page.wait_for_function("() => document.getElementById('rows-count').textContent === '7'")
    seen = set()
    for _ in range(7):
        page.keyboard.press("Escape")
        page.keyboard.press("j")
        seen.add(page.evaluate("location.hash.slice(1)"))
    assert seen == set(sorted(ids)[:7])


def test_keys_a_reload_and_the_other_language(read: Any, tmp_path: Path) -> None:
    path = _page(tmp_path / "report.html", TEXT, TEXT.replace("澄岚", "青澄"))
    reader = read(path)
    page = reader.page
    for _ in range(3):
        page.keyboard.press("j")
    first = page.evaluate("location.hash")
    page.keyboard.press("a")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("location.hash") != first
    page.keyboard.press("x")
    page.keyboard.press("u")
    page.keyboard.press("x")
    page.keyboard.press("k")
    assert page.evaluate("location.hash") == first
    page.keyboard.press("]")
    assert "青澄市" in page.inner_text("#text h2") and page.get_attribute("#here", "aria-pressed") == "true"
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "query"
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    assert page.locator("#keys dt").count() > 8
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    assert page.inner_text("#download") == "Download corrections" and page.locator("#rows .tag").first.inner_text() in ("Target", "Task", "Deadline")
    reader.shot("english")
    page.reload()
    page.wait_for_selector("#text .document")
    assert page.inner_text("#decided") == "已复核 2 条"
    assert sorted(line["verdict"] for line in reader.corrections() if "verdict" in line) == ["accept", "reject"]


def test_a_row_is_edited_and_corrections_are_loaded_again(read: Any, tmp_path: Path) -> None:
    path = _page(tmp_path / "report.html", TEXT)
    reader = read(path)
    page = reader.page
    page.fill("#reviewer", "甲")
    page.click("#text mark:text-is('12个')")
    page.keyboard.press("e")
    page.fill("#details [name=deadline]", "明年")
    page.click("#details button.edit")
    assert page.locator("#details [name=deadline]:invalid").count() == 1
    page.fill("#details [name=deadline]", "2026-06")
    page.fill("#details [name=value]", "13")
    page.fill("#details [name=note]", "原文有误")
    reader.shot("edit")
    page.click("#details button.edit")
    assert "2026-06" in page.inner_text("#details") and page.locator("#rows .item.edited").count() == 1
    lines = reader.corrections()
    assert lines[1]["set"] == {"deadline": "2026-06", "value": 13}
    assert (lines[1]["reviewer"], lines[1]["note"], lines[1]["values"]["value"]) == ("甲", "原文有误", 12)
    foreign = {**lines[1], "doc_id": "0" * 20, "words": "99个"}
    made = tmp_path / "c.jsonl"
    made.write_text("\n".join(json.dumps(line) for line in (*lines, foreign)) + "\nkein JSON\n", encoding="utf-8")
    other = read(path)
    with other.page.expect_file_chooser() as chooser:
        other.page.click("#load")
    chooser.value.set_files(made)
    other.page.wait_for_function("() => document.getElementById('decided').textContent.startsWith('载入 2 条')")
    assert other.page.inner_text("#decided") == "载入 2 条，其中 1 条不在本页"
    assert other.corrections() == [*lines, foreign]


def test_links_to_a_row_and_to_a_document(samples: tuple[Path, Corpus], read: Any) -> None:
    path, corpus = samples
    row = corpus.rows("responsibilities")[200]
    reader = read(path, f"#{row['responsibility_id']}")
    assert reader.chosen_words() == row["department"] and reader.on_screen()
    task = corpus.rows("tasks")[60]
    reader = read(path, f"#{task['task_id']}")
    first = corpus.text(str(task["doc_id"]))[int(task["start"] or 0) :][:12]
    assert reader.page.evaluate("() => [...CSS.highlights.get('current')].map(String).join('')").startswith(first)
    document = corpus.rows("documents")[7]
    assert read(path, f"#{document['doc_id']}").page.inner_text("#text h2") == document["title"]
    assert read(path, "#nothing-of-the-kind").page.locator("#rows .item").count() > 5


def test_the_document_is_printed_with_its_rows(samples: tuple[Path, Corpus], read: Any, tmp_path: Path) -> None:
    reader = read(samples[0])
    page = reader.page
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("header").is_hidden() and page.locator("#right").is_hidden()
    rows = page.locator("#printed tr").count()
    assert rows > 50 and page.locator("#printed").is_visible()
    assert page.evaluate("document.getElementById('text').scrollHeight <= document.getElementById('text').clientHeight + 1")
    if SHOTS:
        page.pdf(path=f"{SHOTS}/print.pdf")
    page.evaluate("dispatchEvent(new Event('afterprint'))")


def test_long_lists_hold_only_what_is_in_sight(read: Any, tmp_path: Path) -> None:
    path = _page(tmp_path / "report.html", *(TEXT.replace("澄岚", f"澄岚{i}") for i in range(40)))
    page = read(path).page
    assert int(page.inner_text("#rows-count")) > 300
    assert page.locator("#rows .item").count() < 40
    page.evaluate("() => { document.getElementById('rows').scrollTop = 1e6; }")
    page.wait_for_function("() => document.querySelector('#rows .item:last-child').ariaPosInSet === document.getElementById('rows-count').textContent")
    page.click("#rows .item >> nth=-1")
    assert "澄岚39" in page.inner_text("#text h2")
