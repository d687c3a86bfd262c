"""The comparison that the tests of readers rest on can fail."""

from __future__ import annotations

from round_trip import differing, mine_bytes, plain_documents, plain_rows, same_share
from samples import NAMES


def test_the_bytes_of_a_plain_text_give_its_facts() -> None:
    documents = dict(plain_documents())
    name = NAMES[2]
    assert same_share(mine_bytes(documents[name].encode("gb18030"), "a.txt"), plain_rows(name)) == 1.0


def test_another_number_place_or_name_is_another_fact() -> None:
    base = mine_bytes("一、目标\n到2025年，新建3条线路。（市财政局负责）\n".encode(), "a.txt")
    assert same_share(base, mine_bytes("一、目标\n到２０２５年，\n新建 3 条线路。(市财政局负责)\n".encode(), "b.txt")) == 1.0
    for other in ("一、目标\n到2025年，新建4条线路。（市财政局负责）\n", "一、目标\n到2026年，新建3条线路。（市财政局负责）\n", "到2025年，新建3条线路。（市财政局负责）\n", "一、目标\n到2025年，新建3条线路。（市教育局负责）\n"):
        rows = mine_bytes(other.encode(), "c.txt")
        assert same_share(base, rows) < 1.0 and differing(base, rows)
