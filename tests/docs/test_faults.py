"""The table of what an AI service may do wrong says what people really read."""

from __future__ import annotations

from botarmy.agents.demo import MISHAPS
from botarmy.domain.errors import WORDINGS
from botarmy.llm.patience import PASSING
from botarmy.llm.server import FAULTS, fault
from tests.docs.pages import quoted, sections
from tests.fault_table import PAGE, rows


def test_every_sentence_is_one_of_the_table_of_errors_and_is_tried_again_as_it_says() -> None:
    codes = {wording.message: code for code, wording in WORDINGS.items()}
    told = {codes[row.sentence]: row for row in rows() if row.sentence}
    assert len(told) > 12
    assert {code for code, row in told.items() if row.is_tried_again} == PASSING


def test_every_fault_of_the_local_server_stands_in_the_table_once() -> None:
    written = [name for row in rows() for name in row.faults]
    assert all(fault(name) for name in written)
    assert len(written) == len(set(written))
    assert {name.partition(":")[0] for name in written} == set(FAULTS)


def test_every_mishap_of_the_demo_is_described() -> None:
    (table,) = sections(PAGE)["Without a key"].tables
    assert [name for row in table for name in quoted(row[0])] == [f"demo:{name}" for name in MISHAPS]
