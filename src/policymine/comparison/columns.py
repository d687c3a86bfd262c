"""The tables that a comparison gives; columns that the schema has too are the schema's."""

from __future__ import annotations

from policymine.tables.schema import BOOLEAN, INTEGER, NUMBER, STRING, TABLES, Column, Table


def _schema(table: str, *names: str) -> tuple[Column, ...]:
    known = {column.name: column for column in TABLES[table].columns}
    return tuple(known[name] for name in names)


def _s(name: str, zh: str, description: str) -> Column:
    return Column(name, STRING, zh, description)


_CONCEPT = _s("concept", "指标", "The indicator under its most frequent name; the same for the same one in other words.")
_PLACE = _s("place", "地区", "Place of the document.")
_LEVEL = _s("level", "层级", "national, province, prefecture, county or township.")
_PROMISE = _s("promise", "承诺", "What is promised, in a few words.")
_OTHERS = (
    _s("other_concept", "另一指标", "The indicator of the other value."),
    _s("indicator", "指标原名", "As written."),
    _s("other_indicator", "另一指标原名", "As written."),
    Column("similarity", NUMBER, "名称相似度", "Of the two names as written.", "share"),
    _PLACE, _s("other_place", "另一地区", "Place of the other document."),
    _PROMISE, _s("other_promise", "另一承诺", "What the other promises."),
    *_schema("targets", "deadline"), _s("other_deadline", "另一期限", "When the other is due."),
    Column("comparable", BOOLEAN, "可比", "Whether the two values may be compared."),
    Column("gap", NUMBER, "差距", "By how much the other promise is stricter, in the common unit."),
    Column("ratio", NUMBER, "比值", "The other value divided by the one."),
    _s("reasons", "不可比的理由", "Why they may not be compared."),
    _s("cautions", "注意", "What to bear in mind when they are."),
    *_schema("targets", "target_id"), _s("other_target_id", "另一指标编号", "The other row of targets."),
)
_TITLE = _schema("documents", "title")[0]

VALUES = Table("values", "数值", "A row a promised number of a place.", (
    _CONCEPT, _s("indicator", "指标原名", "As written."), _PLACE, _LEVEL, _PROMISE,
    _s("deadline", "期限", "When it is due."), Column("value", NUMBER, "数值", "In the common unit."),
    _s("unit", "通用单位", "Unit that others have too."), *_schema("targets", "change", "baseline_year", "every"),
    Column("direction", INTEGER, "方向", "1 where more is stricter, -1 where less is."),
    _s("direction_from", "方向依据", "comparator, change, measure or assumed."),
    Column("extensive", BOOLEAN, "总量", "Whether it is an amount of the whole place."),
    _s("measure", "量度", "What is measured."), _s("subject", "对象", "What it is about."),
    _s("method", "方式", "How it is found out."), _s("scope_level", "范围层级", "Level in the name of the indicator."),
    _s("coverage", "覆盖", "Which part."), _s("rest", "其余", "What no word of the lexicon explains."), _TITLE,
    *_schema("targets", "clause", "doc_id", "target_id", "start", "end"),
))
PAIRS = Table("pairs", "成对", "A row a pair of values of the same or near indicators.", (_CONCEPT, *_OTHERS))
RAISES = Table("raises", "加码", "A row a pair of an upper and a lower level.", (
    _LEVEL, _s("other_level", "下级层级", "Level of the other place."), _CONCEPT, *_OTHERS,
    Column("raised", BOOLEAN, "加码", "Whether the lower level promises more."),
))
LEADS = Table("leads", "牵头", "A row a function of government and place.", (
    _schema("responsibilities", "function")[0], _PLACE, _s("department", "部门", "Its most frequent name there."),
    Column("lead", INTEGER, "牵头次数", "How often it leads."),
    Column("responsible", INTEGER, "责任次数", "How often it is responsible."),
    Column("support", INTEGER, "配合次数", "How often it supports."), Column("total", INTEGER, "合计", "All three."),
    Column("lead_share", NUMBER, "牵头占比", "Share of the times in which it leads.", "share"),
))
CALENDAR = Table("calendar", "期限", "A row a time expression that says when.", (
    _PLACE, _LEVEL, _s("kind", "性质", "once, recurring or ongoing."), _s("due", "到期日", "Last day on which it can be due."),
    Column("year", INTEGER, "年份", "Its year."), _s("text", "原文", "As written."), _s("task", "任务", "The task."), _TITLE,
    *_schema("deadlines", "doc_id", "deadline_id", "start", "end"),
))
CONCRETENESS = Table("concreteness", "具体程度", "A row a document: shares of its clauses.", (
    _PLACE, _LEVEL, _TITLE, *_schema("documents", "date_issued"), Column("clauses", INTEGER, "分句数", "Clauses."),
    Column("number", NUMBER, "有数字", "Share with a number.", "share"),
    Column("date", NUMBER, "有期限", "Share with a date.", "share"),
    Column("department", NUMBER, "有部门", "Share with a department.", "share"),
    Column("all", NUMBER, "三者皆有", "Share with all three.", "share"), *_schema("documents", "doc_id"),
))
COMPARISON_TABLES = (VALUES, PAIRS, RAISES, LEADS, CALENDAR, CONCRETENESS)
"""The tables in the order of the sheets; the matrix, whose columns are places, stands before them."""
