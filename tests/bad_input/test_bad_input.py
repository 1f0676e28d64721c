"""The table of bad input: whatever is wrong gives its named error, which says what was given and what to do."""

import traceback
from pathlib import Path

import pytest
from bad_arguments import VALUES
from bad_files import DATA_FILES
from bad_learning import LEARNED
from bad_simulations import SIMULATIONS
from bad_solving import SOLVED
from bad_statements import STATEMENTS

import sobolev as sv

SOURCE = Path(sv.__file__).parent
CASES = [*STATEMENTS, *VALUES, *SOLVED, *DATA_FILES, *SIMULATIONS, *LEARNED]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_refused_by_name(case, tmp_path):
    with pytest.raises(sv.SobolevError) as caught:
        case.provoke(tmp_path)
    error = caught.value
    assert type(error) is case.error
    assert case.fragment in str(error)
    assert str(error).splitlines()[0] == error.headline and error.headline.rstrip().endswith((".", "?"))
    assert any(line is not None for line in (error.given, error.expected, error.fix))
    # It is raised by the library itself, on purpose, and quotes no traceback of a library below.
    assert SOURCE in Path(traceback.extract_tb(error.__traceback__)[-1].filename).parents
    assert "Traceback" not in str(error) and "0x" not in str(error)


def test_the_table_has_no_repetition():
    names = [case.name for case in CASES]
    assert len(names) == len(set(names)) >= 60
