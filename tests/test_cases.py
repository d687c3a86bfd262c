"""Every fact of the cases of ``cases.toml``, and the rules whose loss a case notices."""

from __future__ import annotations

import pytest

from cases import Case, facts_of, read_cases
from rule_loss import unnoticed
from samples import SLOW


@pytest.mark.parametrize("case", read_cases(), ids=lambda case: " ".join(case.text.split())[:40])
def test_a_case_states_these_facts_and_no_others(case: Case) -> None:
    assert tuple(facts_of(case.text, case.year)) == case.facts


@pytest.mark.slow
@pytest.mark.skipif(not SLOW, reason="some minutes: run by make test-full")
def test_the_loss_of_every_rule_is_noticed_by_a_case() -> None:
    assert unnoticed([]) == []

