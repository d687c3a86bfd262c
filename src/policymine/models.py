"""The values that the pipeline hands from step to step.

Every type is frozen: a step never changes what an earlier step found. Positions named ``start`` and ``end``
are half-open and count code points of the *normalised* text (``NormalizedText.text``) unless a docstring says
"of the document text"; the tables, and only they, carry document offsets (see ``tables/rows.py``).
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from policymine.text.normalize import NormalizedText


@dataclass(frozen=True, slots=True)
class Issue:
    """Something that could not be decided, as data: a code of ``issues.CODES``, and where it happened.

    ``start`` and ``end`` are offsets of the document text, or None where no place is meant.
    """

    code: str
    message: str
    doc_id: str | None = None
    source: str | None = None
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table of the file; ``start`` and ``end`` are offsets of the *document text* (equal: an empty cell).

    ``row`` and ``column`` count from 0 in the grid that the merged cells span; ``rows`` and ``columns`` are how many
    of it the cell covers. ``header`` tells that the file itself marks it as the head of a row or column.
    """

    start: int
    end: int
    row: int
    column: int
    rows: int = 1
    columns: int = 1
    header: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the file, its cells in the order of the document text; offsets of the *document text*."""

    start: int
    end: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """What a reader knows of the document text beyond its characters; all offsets are of the *document text*.

    Attributes:
        pages: where each page begins (the first at 0); empty where the file has no pages.
        tables: the tables of the file, none inside another, in order. The text of a row stands on one line, its
            cells with a tab between them; a paragraph break in a cell is a line break.
        furniture: spans that belong to the page and not to the document (running heads, page numbers): they stay in
            the text and out of the facts.
        synthetic: spans that the reader put in and the file holds only as a rule (automatic numbering of Word).
        paragraphs: where each paragraph begins, where the file says so (by its markup, or by indentation on the
            page); empty: the line breaks are judged by normalisation.
    """

    pages: tuple[int, ...] = ()
    tables: tuple[Table, ...] = ()
    furniture: tuple[tuple[int, int], ...] = ()
    synthetic: tuple[tuple[int, int], ...] = ()
    paragraphs: tuple[int, ...] = ()

    def page(self, at: int) -> int | None:
        """The number of the page, from 1, on which a place of the document text stands; None without pages.

        >>> Layout(pages=(0, 20)).page(19), Layout(pages=(0, 20)).page(20), Layout().page(5)
        (1, 2, None)
        """
        return bisect_right(self.pages, at) or None


@dataclass(frozen=True, slots=True)
class FieldReading:
    """One reading of one metadata field; ``start`` and ``end`` are offsets of the *document text* (or None)."""

    field: str
    value: str
    origin: str
    start: int | None
    end: int | None
    chosen: bool = True


@dataclass(frozen=True, slots=True)
class RawDocument:
    """What a reader got out of one file: the document text, to which all offsets of the tables refer.

    ``fields`` are readings of metadata that stand beside the document: of the site (``origin`` "site"), of its
    file name, of the user; the header's own readings are not among them.
    """

    doc_id: str
    source: str
    text: str
    size: int
    media_type: str
    encoding: str | None
    reader: str
    status: str = "ok"
    issues: tuple[Issue, ...] = ()
    layout: Layout = Layout()
    fields: tuple[FieldReading, ...] = ()


@dataclass(frozen=True, slots=True)
class Header:
    """Who issued a document, when, under what number, to whom; absent is None, never guessed from citations.

    ``year`` is the best guess at the year of writing (signing date, number, website date), used to tell past
    from future and to resolve 今年; ``body_start`` is the offset of the document text where the header ends.
    ``flags`` tell what is doubtful about it (of ``structure.places.Place``).
    """

    title: str | None = None
    inner_title: str | None = None
    doc_number: str | None = None
    issuers: tuple[str, ...] = ()
    issuer_level: str | None = None
    province: str | None = None
    prefecture: str | None = None
    county: str | None = None
    adcode: str | None = None
    doc_type: str | None = None
    date_issued: str | None = None
    date_published: str | None = None
    date_effective: str | None = None
    date_expiry: str | None = None
    addressees: str | None = None
    year: int | None = None
    fields: tuple[FieldReading, ...] = ()
    title_spans: tuple[tuple[int, int], ...] = ()
    body_start: int = 0
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and all it governs; the text before the first heading is the section without marker and heading.

    ``level`` 1 is the top of the document's own outline, 0 the text before the first heading. ``start``..``end``
    covers heading and all it governs (sub-sections too); ``body`` is where the text after the heading begins,
    ``heading_start``..``heading_end`` where the words of the heading stand (empty where it has none).
    """

    index: int
    parent: int | None
    level: int
    marker: str
    heading: str
    kind: str
    path: str
    start: int
    end: int
    body: int
    family: str = ""
    heading_start: int = 0
    heading_end: int = 0


@dataclass(frozen=True, slots=True)
class TimeExpression:
    """A time expression as it stands, before it is known whether it is a deadline.

    ``relation`` is by, from, during, within, every or on; ``start_date`` and ``end_date`` are ISO dates cut to
    what is stated; ``period`` an ISO 8601 length. ``rule`` names the row of ``rules/times.toml`` that matched.
    """

    start: int
    end: int
    text: str
    relation: str
    start_date: str | None
    end_date: str | None
    period: str | None
    rule: str


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit and bound words: 不低于96.5%, 3—5家, 翻一番, 前三.

    ``number_start`` is where the digits begin (``start`` includes 不低于, 超过 …). ``kind`` is amount, percent,
    points, rank, multiple or index (a bare number); ``unit`` is without the magnitude (3万件 → 30000 件).
    """

    start: int
    end: int
    text: str
    number_start: int
    value: float
    value_max: float | None
    unit: str | None
    comparator: str
    kind: str


@dataclass(frozen=True, slots=True)
class Deadline:
    """A time expression that says when something in the policy must be, begins, lasts or recurs."""

    expression: TimeExpression
    section: int
    due_earliest: str | None = None
    due_latest: str | None = None
    resolved_from: str | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """A number that the policy promises to reach; ``deadline`` is inherited as ``deadline_from`` says."""

    quantity: Quantity
    section: int
    indicator: str
    change: str
    clause_start: int
    clause_end: int
    deadline: str | None
    deadline_from: str | None
    deadline_index: int | None
    every: str | None
    baseline_value: float | None
    baseline_year: str | None
    binding: str | None
    rule: str
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Goal:
    """A sentence that promises an outcome in words."""

    start: int
    end: int
    section: int
    goal_class: str
    deadline: str | None
    deadline_from: str | None
    deadline_index: int | None
    rule: str


@dataclass(frozen=True, slots=True)
class Department:
    """One department named in a list or assignment; ``start`` and ``end`` are those of the name."""

    start: int
    end: int
    name: str
    full_name: str
    function: str | None
    level: str | None
    role: str
    role_from: str
    position: int


@dataclass(frozen=True, slots=True)
class Responsibility:
    """A list or assignment with its departments and the text that it is about."""

    start: int
    end: int
    section: int
    departments: tuple[Department, ...]
    open_list: bool
    governs_start: int
    governs_end: int
    rule: str


@dataclass(frozen=True, slots=True)
class Citation:
    """A mention of another document by name."""

    start: int
    end: int
    title: str
    doc_number: str | None
    relation: str


@dataclass(frozen=True, slots=True)
class Task:
    """A line of the 任务分解表: the words of a task and the facts that belong to it, by their indices."""

    start: int
    end: int
    section: int
    deadline: str | None
    targets: tuple[int, ...]
    deadlines: tuple[int, ...]
    responsibilities: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Rejected:
    """A number, time or name that was found and is no fact, with the reason."""

    layer: str
    start: int
    end: int
    reason: str
    rule: str


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the extractors found in one document."""

    targets: tuple[Target, ...] = ()
    goals: tuple[Goal, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    responsibilities: tuple[Responsibility, ...] = ()
    citations: tuple[Citation, ...] = ()
    tasks: tuple[Task, ...] = ()
    rejected: tuple[Rejected, ...] = ()


class Terms(NamedTuple):
    """The terms of a document, the most frequent first, with tag and number of occurrences; in columns, since there
    are some hundreds."""

    words: tuple[str, ...] = ()
    tags: tuple[str | None, ...] = ()
    times: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class UserLexicon:
    """A user's rows of the lexicon of departments, in its columns; ``name`` is what it is called in messages."""

    name: str
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Options:
    """What a caller may choose; part of the cache key and of ``run.json``.

    ``max_chars`` is the longest document text that is mined (longer ones get the status ``too-long``);
    ``max_bytes`` is how much the packed parts of one file may unpack to, ``max_ratio`` how many times its packed size
    a large part may (beyond them: ``too-large``);
    ``text_column`` is the column of tables that holds the texts (None: as its name or its values plainly say);
    ``lexicons`` come from ``lexicon.user.read_user_lexicon`` and go before the package's own rows.
    """

    max_chars: int = 20_000_000
    max_bytes: int = 100_000_000
    max_ratio: int = 200
    text_column: str | None = None
    terms: bool = True
    lexicons: tuple[UserLexicon, ...] = ()


@dataclass(frozen=True, slots=True)
class MinedDocument:
    """One document with all that was found in it; positions as in the parts."""

    raw: RawDocument
    text: NormalizedText
    header: Header
    sections: tuple[Section, ...]
    facts: Facts
    terms: Terms = Terms()
    issues: tuple[Issue, ...] = ()
