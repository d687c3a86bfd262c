"""The story: what happens to one document, in the order in which it happens."""

from __future__ import annotations

from policymine.extraction import extract
from policymine.lexicon.departments import Departments
from policymine.models import MinedDocument, Options, RawDocument, Terms
from policymine.structure.header import read_header
from policymine.structure.outline import read_outline
from policymine.structure.text_tables import read_tables
from policymine.structure.typed_tables import with_typed_tables
from policymine.text.normalize import normalize
from policymine.text.segment import count_terms


def mine_document(raw: RawDocument, options: Options = Options()) -> MinedDocument:  # noqa: B008 (frozen)
    """Find every fact in one document that a reader has read.

    A pure function: no clock, no network, no global state; the same document gives the same result in any process.

    Args:
        raw: what a reader got out of the file.
        options: limits and choices.

    Returns:
        The document with its header, outline, facts, terms and issues. Never raises for any text.
    """
    layout = with_typed_tables(raw.text, raw.layout)  # tables that stand in plain text, their cells parted by blanks
    text = normalize(raw.text, layout)  # characters, blanks, line breaks: settled once, with the way back
    header = read_header(text, raw.source, raw.fields)  # who, when, under what number: the year tells past from future
    tables = read_tables(text, header)  # 专栏, 分工表: what the columns of a table mean, which cells are prose
    sections = read_outline(text, header, tables)  # 一、（一）1. -> levels and kinds of section
    departments = Departments.of(options.lexicons)  # who is who: the package's names and the user's
    facts, issues = extract(text, header, sections, departments, tables)  # targets, deadlines, duties … and tasks
    terms = count_terms(text.text) if options.terms else Terms()  # words, by jieba and the policy lexicon
    return MinedDocument(raw, text, header, sections, facts, terms, (*raw.issues, *issues))
