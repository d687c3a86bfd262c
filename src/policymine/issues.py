"""What could not be decided, as data: the codes of the ``issues`` table, each with its level, meaning and remedy.

A code is ``AREA-word``. Code that meets something it cannot decide makes a ``models.Issue`` with one of these codes
and goes on; nothing is raised and nothing is dropped. Codes are never reused with another meaning.
"""

from __future__ import annotations

from dataclasses import dataclass

NOTE, WARNING, ERROR = "note", "warning", "error"


@dataclass(frozen=True, slots=True)
class IssueCode:
    """One kind of issue.

    Attributes:
        code: the name that stands in the ``issues`` table.
        level: ``note`` (for completeness), ``warning`` (look at it) or ``error`` (the file was not mined).
        meaning: what happened, in one sentence.
        remedy: what a person can do about it.
    """

    code: str
    level: str
    meaning: str
    remedy: str


_ALL = (
    # reading: what came of the bytes
    IssueCode("read-missing", ERROR, "The file could not be opened.", "Check that it exists and may be read."),
    IssueCode("read-empty", WARNING, "The file holds no text.", "Check that it was saved or downloaded completely."),
    IssueCode("read-binary", ERROR, "The bytes are not text.", "Give a text file, or convert it to one."),
    IssueCode(
        "read-unsupported", ERROR, "The format of the file is known but not read yet.",
        "Save it as plain text (UTF-8) and give that.",
    ),
    IssueCode(
        "read-too-long", ERROR, "The text is longer than the limit and was kept out of mining.",
        "Raise the limit with --max-chars, or split the file.",
    ),
    IssueCode(
        "read-encoding", WARNING, "The encoding is a guess that few characters support.",
        "Save the file as UTF-8 and compare the text.",
    ),
    IssueCode(
        "read-traditional", WARNING, "The text is in traditional script; it was read through a table of characters.",
        "Compare the facts with the text; words that differ from the mainland's may have been missed.",
    ),
    IssueCode(
        "read-undecodable", WARNING, "A byte does not belong to the encoding; it stands as U+FFFD in the text.",
        "Compare the place with the original; fetch the file again if it was damaged on the way.",
    ),
    IssueCode(
        "read-too-large", ERROR, "The packed parts of the file unpack to more than the limit.",
        "If the file can be trusted, raise the limit with --max-bytes or --max-ratio.",
    ),
    IssueCode(
        "read-damaged", ERROR, "The file is incomplete or broken.",
        "Fetch it again; or open it in an office program, let it be repaired, and save it anew.",
    ),
    IssueCode(
        "read-encrypted", ERROR, "The file is protected by a password.",
        "Open it with the password and save it without one.",
    ),
    IssueCode(
        "read-scanned", ERROR, "The file holds pictures of pages and no text.",
        "Have the text recognised (OCR) and give that; or look for the document as a web page.",
    ),
    IssueCode(
        "read-converter", ERROR, "The format is read through LibreOffice, which is not installed.",
        "Install LibreOffice Writer (Debian, Ubuntu: apt-get install libreoffice-writer), or save the file as .docx.",
    ),
    IssueCode(
        "read-timed-out", ERROR, "Opening the file took too long and was given up.",
        "Open it in an office program and save it as .docx, or print it to a new PDF.",
    ),
    IssueCode(
        "read-part", WARNING, "A part of the file is damaged; the rest was read.",
        "Open it in an office program, let it be repaired, and save it anew.",
    ),
    IssueCode(
        "read-embedded", WARNING, "A file shown within the page was not read; it may be the document itself.",
        "Open the page, save the file that it shows, and give that.",
    ),
    IssueCode(
        "read-attachment", NOTE, "The page links to files of the document, which are not part of it.",
        "Save the files and give them, too.",
    ),
    IssueCode(
        "read-flattened", WARNING, "The markup is nested deeper than any page needs; some of its layout was left out.",
        "Compare the text with the page.",
    ),
    IssueCode(
        "read-lost", NOTE, "Images, objects, hidden text or formulas of the file are not in the text, or only in part.",
        "Look at the original where a figure or table may be among it.",
    ),
    IssueCode(
        "read-link", ERROR, "A member of an archive is a link or a device.",
        "Nothing is lost if the file that it leads to is in the archive too; else give that file.",
    ),
    IssueCode(
        "read-nested", ERROR, "Archives lie in archives deeper than they are opened.",
        "Unpack the outer ones and give the folder.",
    ),
    IssueCode(
        "read-columns", ERROR, "It is not known which column of the table holds the texts.",
        "Name it with --text-column NAME.",
    ),
    IssueCode(
        "read-garbled", ERROR, "The file does not say which characters its signs stand for.",
        "Get the document in another format, or let a program recognise the text (OCR) and check it.",
    ),
    IssueCode(
        "read-signed", NOTE, "The file bears a signature or seal; whether it is genuine was not checked.",
        "Check it with a program of its issuer where that matters.",
    ),
    IssueCode(
        "read-several", NOTE, "The file holds several documents, which were read as one.",
        "Split it where each shall have rows of its own.",
    ),
    IssueCode(
        "read-pages", WARNING, "Some pages could not be read; the facts are those of the others.",
        "Look at these pages in the original.",
    ),
    IssueCode(
        "read-recognised", WARNING, "The text was recognised from a scan by a program.",
        "Check numbers and names against the image.",
    ),
    IssueCode(
        "read-metadata-unused", WARNING, "A row of the table of metadata fits no input.",
        "Compare the name in it with the column source of the table files.",
    ),
    IssueCode(
        "read-metadata-shared", WARNING, "A row of the table of metadata fits several inputs.",
        "Give their whole names, as in the column source of the table files.",
    ),
    IssueCode(
        "read-metadata-missing", NOTE, "The table of metadata does not name every input.",
        "Add rows for those that need them.",
    ),
    # mining: what came of the text
    IssueCode(
        "document-failed", ERROR, "Mining stopped at an unexpected error; the document has no facts.",
        "Report it with the message and, if possible, the file.",
    ),
    IssueCode("title-missing", NOTE, "No title was found at the head of the text.", "Add it by hand where needed."),
    IssueCode(
        "department-unknown", NOTE, "A name in a responsibility list is in no lexicon.",
        "Add it with --lexicon if it is a department.",
    ),
    IssueCode(
        "deadline-unresolved", NOTE, "A relative time has no date to count from.",
        "Look up the signing date in the published original.",
    ),
    IssueCode("number-damaged", WARNING, "A number looks damaged; it stands as written.", "Compare with the original."),
    # corrections: what came of the decisions of readers
    IssueCode(
        "correction-unfit", WARNING, "A correction no longer fits the document.",
        "Judge the place anew on the evidence page; the newer line counts, or remove the older one.",
    ),
    IssueCode(
        "correction-outdated", WARNING, "A row that was accepted has other values now.",
        "Judge it anew on the evidence page; the newer line counts.",
    ),
    IssueCode(
        "correction-absent", NOTE, "Corrections are about a document that is not among the inputs.",
        "Nothing, if it was left out on purpose.",
    ),
    IssueCode("outline-gap", NOTE, "The numbering of the headings has a gap or a repetition.", "Check the outline."),
)

CODES: dict[str, IssueCode] = {code.code: code for code in _ALL}
"""Every code by its name."""


def level_of(code: str) -> str:
    """The level of a code; ``warning`` for one that the table lacks, so that nothing unknown passes as harmless.

    >>> level_of("read-binary"), level_of("department-unknown")
    ('error', 'note')
    """
    known = CODES.get(code)
    return known.level if known else WARNING


def remedy_of(code: str) -> str:
    """What a person can do about an issue; empty for a code that the table lacks.

    >>> remedy_of("read-too-long")
    'Raise the limit with --max-chars, or split the file.'
    """
    known = CODES.get(code)
    return known.remedy if known else ""
