from __future__ import annotations

import re
from string import Formatter

import pytest

from botarmy.domain.errors import WORDINGS, DomainError

CODES = sorted(WORDINGS)
TECHNICAL = re.compile(
    r"exception|traceback|\bnull\b|\bnone\b|json|undefined|\bNaN\b|http|sql\b|socket|\b[45]\d\d\b|0x|::|[{}<>_]|"
    r"\w+Error\b|\bstack\b|\bthread\b|\bbool",
    re.IGNORECASE,
)


def fields_of(code: str) -> dict[str, str]:
    wording = WORDINGS[code]
    parts = [*Formatter().parse(wording.message), *Formatter().parse(wording.action)]
    return {name: "Anything" for _, name, _, _ in parts if name}


@pytest.mark.parametrize("code", CODES)
def test_a_failure_is_told_in_sentences_without_technical_words(code: str) -> None:
    error = DomainError(code, **fields_of(code))
    for sentence in (error.message, error.action):
        assert sentence.endswith((".", "…"))
        assert sentence[0].isupper() or sentence.startswith("“")
        assert not TECHNICAL.search(sentence)


@pytest.mark.parametrize("code", CODES)
def test_a_code_is_stable_snake_case_and_has_an_http_status_of_a_failure(code: str) -> None:
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", code)
    assert 400 <= WORDINGS[code].status < 600


@pytest.mark.parametrize("code", [code for code in CODES if fields_of(code)])
def test_a_wording_that_is_not_filled_in_is_a_programming_error(code: str) -> None:
    with pytest.raises(KeyError):
        DomainError(code)


def test_an_unknown_code_is_a_programming_error() -> None:
    with pytest.raises(KeyError):
        DomainError("no_such_code")


def test_technical_detail_stays_out_of_what_people_read() -> None:
    error = DomainError("internal", detail="SELECT 1 failed on db-7")
    problem = error.problem("8f14e45f")
    assert "SELECT" in str(error)
    assert "SELECT" not in repr(problem)
    assert (problem.code, problem.retryable, problem.reference) == ("internal", True, "8f14e45f")


def test_a_failure_can_be_raised_again_from_its_code_and_fields() -> None:
    error = DomainError("brief_too_long", limit_kib=32)
    again = DomainError(error.code, detail=None, **error.fields)
    assert again.problem() == error.problem()
