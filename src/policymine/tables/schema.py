"""Every table and column in one place: the order of tables and columns, their types, keys and descriptions.

Rows are made (``rows.py``), written (``write.py``), described (``datapackage.py``) and turned into data frames
(``corpus.py``) from what stands here and nowhere else. A column may be added; one that is changed or dropped needs
a reason in the changelog.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

Value = str | int | float | bool | None
Row = dict[str, Value]

STRING, INTEGER, NUMBER, BOOLEAN = "string", "integer", "number", "boolean"


@dataclass(frozen=True, slots=True)
class Column:
    """One variable: its name, type (string, integer, number, boolean), Chinese label, meaning and unit."""

    name: str
    type: str
    label_zh: str
    description: str
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """One kind of observation.

    Attributes:
        key: columns that name a row; empty where rows have no name.
        foreign: column -> table whose key it holds.
    """

    name: str
    label_zh: str
    description: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    foreign: dict[str, str] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns in order."""
        return tuple(column.name for column in self.columns)


def _s(name: str, zh: str, description: str) -> Column:
    return Column(name, STRING, zh, description)


def _i(name: str, zh: str, description: str, unit: str | None = None) -> Column:
    return Column(name, INTEGER, zh, description, unit)


def _n(name: str, zh: str, description: str, unit: str | None = None) -> Column:
    return Column(name, NUMBER, zh, description, unit)


def _b(name: str, zh: str, description: str) -> Column:
    return Column(name, BOOLEAN, zh, description)


_DOC = _s("doc_id", "文件编号", "The document: first 20 hexadecimal digits of the sha256 of its bytes.")
_SECTION = _s("section_id", "章节编号", "The innermost section that holds the row.")
_TASK = _s("task_id", "任务编号", "The task that the row belongs to, if any.")
_PAGE = _i("page", "页", "Page of the file on which it starts, where the file has pages.")
_RULE = _s("rule", "规则", "What found or decided it.")
_FLAGS = _s("flags", "存疑", "What is doubtful, joined with ';': for review first.")
_REVIEW = _s("review", "复核", "What a reader decided (--corrections): accepted or edited; empty where nobody did.")
_CP = "code points"


def _span(what: str) -> tuple[Column, Column]:
    return (
        _i("start", "起", f"Where {what} starts in the document text.", _CP),
        _i("end", "止", f"Where {what} ends (exclusive).", _CP),
    )


_DEADLINE = (
    _s("deadline", "期限", "When it is due: a prefix of an ISO 8601 date, as the text states it."),
    _s("deadline_id", "期限编号", "The row of deadlines that the date was taken from."),
    _s("deadline_from", "期限来源", "How near it stands: clause, sentence, paragraph, lead-in, heading; or review."),
)

_TABLES = (
    Table("files", "文件", "A row a path given.", (
        _s("source", "来源", "The path, relative to the root that was given, with '/' between its parts."),
        _DOC,
        _s("status", "状态", "ok, or why it could not be read: missing, binary, unsupported-format, too-long, failed."),
        _i("size", "大小", "Size of the file.", "bytes"),
        _s("media_type", "媒体类型", "Media type told from the bytes."),
        _s("encoding", "编码", "Character encoding found."),
        _s("reader", "读取器", "The reader that read it."),
    ), ("source", "doc_id"), {"doc_id": "documents"}),
    Table("documents", "文档", "A row a distinct content.", (
        _DOC,
        _s("source", "来源", "The first path in order that holds it."),
        _s("text_sha256", "文本校验", "sha256 of the document text in UTF-8."),
        _i("n_chars", "字数", "Length of the document text.", _CP),
        _s("title", "标题", "Title as written, without line breaks."),
        _s("inner_title", "内文标题", "Title of the document that a notice issues, approves or forwards."),
        _s("doc_number", "文号", "Number of the document, brackets normalised: 某政发〔2020〕1号."),
        _s("issuers", "发文机关", "Issuing bodies, joined with '；'."),
        _s("issuer_level", "机关层级", "national, province, prefecture, county or township."),
        _s("province", "省", "Province of the issuer."),
        _s("prefecture", "市", "Prefecture of the issuer."),
        _s("county", "县", "County of the issuer."),
        _s("adcode", "区划代码", "GB/T 2260 code at the date of the document."),
        _s("doc_type", "文种", "Type of the document in force: 意见, 通知, 方案 …"),
        _s("date_issued", "成文日期", "Signing date."),
        _s("date_published", "发布日期", "Date on the website."),
        _s("date_effective", "生效日期", "Date from which it is in force."),
        _s("date_expiry", "失效日期", "Date until which it is in force."),
        _s("addressees", "主送机关", "Whom it is addressed to, as written."),
        _s("work_id", "作品编号", "The smallest doc_id among the versions of one work."),
        _b("is_canonical", "代表版本", "Whether it stands for its work: one document a work."),
        _n("similarity", "相似度", "Similarity to the document that stands for its work.", "share"),
        _s("status", "状态", "ok, or why there are no facts."),
        _FLAGS,
    ), ("doc_id",)),
    Table("fields", "元数据", "A row a reading of a metadata field.", (
        _DOC, _s("field", "字段", "Column of documents that it is a reading of."), _s("value", "值", "What was read."),
        _s("origin", "出处", "body, site, file name or user."), *_span("the reading"),
        _b("chosen", "采用", "Whether documents holds this reading."),
    ), (), {"doc_id": "documents"}),
    Table("sections", "章节", "A row a heading, and one for the text before the first.", (
        _SECTION, _DOC, _s("parent_id", "上级编号", "The section around it."),
        _i("level", "层级", "1 is the top of the document's own outline, 0 the text before the first heading."),
        _s("marker", "序号", "The marker as written: 一、 （二） 3."),
        _s("heading", "标题", "The heading without marker and final punctuation."),
        _s("kind", "性质", "objectives, background, tasks, conditions, subsidy, safeguards, annex …"),
        _s("path", "路径", "Readable place in the outline: 三/（二）/1."), *_span("the heading with all it governs"),
        _PAGE,
    ), ("section_id",), {"doc_id": "documents", "parent_id": "sections"}),
    Table("targets", "指标", "A row a number that the policy promises to reach.", (
        _s("target_id", "指标编号", "Name of the row."), _DOC, _SECTION, _TASK,
        _s("indicator", "指标名称", "What is counted or measured."),
        _s("comparator", "比较", ">=, >, <=, <, ~, = or range."),
        _n("value", "数值", "The number, in the unit given (3万件 is 30000)."),
        _n("value_max", "数值上限", "The upper end of a range."),
        _s("unit", "单位", "Unit without its magnitude."),
        _s("change", "变化", "level, increase, decrease, count or rank."),
        _n("baseline_value", "基数", "The value that it is compared with."),
        _s("baseline_year", "基期", "The year that it is compared with."),
        _s("binding", "约束力", "约束性 or 预期性, where the text says so."), *_DEADLINE,
        _s("every", "周期", "ISO 8601 period where the number is promised anew each time."),
        _s("clause", "原文", "The clause as written, without blanks and line breaks."),
        _i("clause_start", "原文起", "Where the clause starts.", _CP),
        _i("clause_end", "原文止", "Where the clause ends (exclusive).", _CP), *_span("the number expression"),
        _PAGE, _RULE, _FLAGS, _REVIEW,
    ), ("target_id",), {
        "doc_id": "documents", "section_id": "sections", "task_id": "tasks", "deadline_id": "deadlines",
    }),
    Table("goals", "目标", "A row a sentence that promises an outcome in words.", (
        _s("goal_id", "目标编号", "Name of the row."), _DOC, _SECTION,
        _s("text", "原文", "The sentence as written, without blanks and line breaks."),
        _s("class", "类别", "universal, relative, assigned or other."), *_DEADLINE, *_span("the sentence"), _PAGE,
        _RULE, _FLAGS, _REVIEW,
    ), ("goal_id",), {"doc_id": "documents", "section_id": "sections", "deadline_id": "deadlines"}),
    Table("deadlines", "期限", "A row a time expression that says when.", (
        _s("deadline_id", "期限编号", "Name of the row."), _DOC, _SECTION, _TASK,
        _s("text", "原文", "The expression as written."),
        _s("relation", "关系", "by, from, during, within, every, on."),
        _s("start_date", "起始日期", "As stated: a prefix of an ISO 8601 date."),
        _s("end_date", "截止日期", "As stated: a prefix of an ISO 8601 date."),
        _s("period", "周期", "ISO 8601 length, for within and every."),
        _s("due_earliest", "最早日期", "First day on which it can be due."),
        _s("due_latest", "最晚日期", "Last day on which it can be due."),
        _s("resolved_from", "推算依据", "What a relative date was counted from; empty where it is not relative."),
        *_span("the expression"), _PAGE, _RULE, _REVIEW,
    ), ("deadline_id",), {"doc_id": "documents", "section_id": "sections", "task_id": "tasks"}),
    Table("responsibilities", "责任", "A row a department in a list or assignment.", (
        _s("responsibility_id", "责任编号", "Name of the row."),
        _s("list_id", "名单编号", "The list or assignment: the same for all its departments."), _DOC, _SECTION, _TASK,
        _s("department", "部门", "The name as written."),
        _s("department_name", "部门全称", "Full name with its place."),
        _s("function", "职能代码", "One code for the same duty in every place and year."),
        _s("level", "层级", "national, province, prefecture, county or township."),
        _s("role", "角色", "lead, responsible or support."), _s("role_from", "角色依据", "word, label or order."),
        _i("position", "次序", "1 for the first in its list."),
        _b("open_list", "未尽", "Whether the list ends with 等."),
        _i("governs_start", "所管起", "Where the text that the list is about starts.", _CP),
        _i("governs_end", "所管止", "Where it ends (exclusive).", _CP),
        _s("text", "名单原文", "The list as written, without blanks and line breaks."), *_span("the name"), _PAGE,
        _RULE, _REVIEW,
    ), ("responsibility_id",), {"doc_id": "documents", "section_id": "sections", "task_id": "tasks"}),
    Table("citations", "引用", "A row a mention of another document.", (
        _s("citation_id", "引用编号", "Name of the row."), _DOC,
        _s("title", "标题", "Title of the document mentioned."),
        _s("doc_number", "文号", "Its number, where the text gives it."),
        _s("relation", "关系", "basis, implements, amends, repeals, mentions or forwards."),
        _s("cited_doc_id", "所引文件编号", "The document mentioned, where it is in the corpus."), *_span("the mention"),
        _PAGE, _REVIEW,
    ), ("citation_id",), {"doc_id": "documents", "cited_doc_id": "documents"}),
    Table("terms", "词语", "A row a term of a document.", (
        _DOC, _s("term", "词语", "The word."), _s("pos", "词性", "Part of speech in the dictionary, where it has one."),
        _i("count", "次数", "How often it stands in the text."),
    ), ("doc_id", "term"), {"doc_id": "documents"}),
    Table("tasks", "任务", "A row a task: the 任务分解表.", (
        _TASK, _DOC, _SECTION, _s("task", "任务", "The words of the task, without blanks and line breaks."),
        _DEADLINE[0], *_span("the task"), _PAGE,
    ), ("task_id",), {"doc_id": "documents", "section_id": "sections"}),
    Table("versions", "版本", "A row a pair of near-identical or related documents.", (
        _s("work_id", "作品编号", "The work of doc_id; of both, where they are identical or versions."), _DOC,
        _s("other_doc_id", "另一文件编号", "The other document."),
        _s("relation", "关系", "identical, version, revision, adaptation or contains."),
        _n("similarity", "相似度", "Share of the text that they have in common.", "share"),
        _s("evidence", "依据", "Why it is thought so."),
    ), ("doc_id", "other_doc_id"), {"doc_id": "documents", "other_doc_id": "documents"}),
    Table("changes", "改动", "A row a difference of two versions, or of a text and what it revises or adapts.", (
        _DOC, _s("other_doc_id", "另一文件编号", "The other document."),
        _s("kind", "类别", "typography, wording, number, added or removed."), _s("text", "原文", "The words here."),
        _s("other_text", "另一原文", "The words there."), *_span("the difference"),
        _i("other_start", "另一起", "Where it starts in the other text.", _CP),
        _i("other_end", "另一止", "Where it ends in the other text (exclusive).", _CP),
        _s("fact", "事实", "The table of the fact that differs: targets, deadlines … empty in rows about words."),
        _s("fact_id", "事实编号", "The key of its row in that table (doc_id for a field of the header)."),
        _s("other_fact_id", "另一事实编号", "The key of the other document's row."),
        _s("field", "字段", "The column that differs; empty where only one document has the fact."),
        _s("value", "值", "The value here."), _s("other_value", "另一值", "The value there."),
    ), (), {"doc_id": "documents", "other_doc_id": "documents"}),
    Table("reuse", "沿用", "A row a clause that a text has from another one.", (
        _DOC, *_span("the passage"), _s("source_doc_id", "来源文件编号", "The document that it stands in too."),
        _i("source_start", "来源起", "Where it starts there.", _CP),
        _i("source_end", "来源止", "Where it ends there (exclusive).", _CP),
        _n("similarity", "相似度", "Share of the passage that is the same.", "share"),
    ), (), {"doc_id": "documents", "source_doc_id": "documents"}),
    Table("rejected", "未采用", "A row a number, time or name that was found and is no fact.", (
        _DOC, _s("layer", "层", "target, deadline, department, goal or citation."),
        _s("text", "原文", "The words as written."),
        _s("reason", "理由", "Why: subsidy, past, condition, request, standard, name, ordinal … review (a reader)."),
        *_span("the words"), _PAGE, _RULE,
    ), (), {"doc_id": "documents"}),
    Table("issues", "问题", "A row a thing that could not be decided.", (
        _DOC, _s("source", "来源", "The path that it was met in."), _s("code", "代码", "What kind of thing it is."),
        _s("level", "级别", "note, warning or error."), _s("message", "说明", "What happened and what to do."),
        *_span("the place"),
    ), (), {"doc_id": "documents"}),
)

TABLES: dict[str, Table] = {table.name: table for table in _TABLES}
"""Every table by its name, in the order in which they are written."""

OPTIONAL = frozenset({"rejected"})
"""Tables that are written only when asked for."""

PER_DOCUMENT = (
    "fields", "sections", "targets", "goals", "deadlines", "responsibilities", "citations", "terms", "tasks",
    "rejected", "issues",
)
"""Tables whose rows come from one document alone."""


def tables_written(rejected: bool = False) -> tuple[str, ...]:
    """The names of the tables of a result, with or without the optional ones.

    >>> "rejected" in tables_written(), "rejected" in tables_written(rejected=True)
    (False, True)
    """
    return tuple(name for name in TABLES if rejected or name not in OPTIONAL)


def in_order(table: str, row: Row, missing: Sequence[str] = ()) -> Row:
    """The row with its columns in the order of the schema; a column that it lacks is null.

    Args:
        table: name of the table.
        row: the values by column.
        missing: columns that the row is allowed to lack; all others must be there.

    Raises:
        KeyError: a column is missing or unknown.
    """
    names = TABLES[table].names
    unknown = set(row) - set(names)
    lacking = set(names) - set(row) - set(missing)
    if unknown or lacking:
        raise KeyError(f"{table}: unknown {sorted(unknown)}, missing {sorted(lacking)}")
    return {name: row.get(name) for name in names}
