"""Every example runs in its reduced form and keeps its claim; the committed page is made from the committed results."""

import json
import re
from pathlib import Path

import pytest
from examples.__main__ import DOCS, NAMES, RESULTS, example, rounded
from examples._page import page

STORED = json.loads(RESULTS.read_text())


# The other two train for half a minute each even when reduced; `python -m examples --quick` runs them all.
@pytest.mark.parametrize("name", ["etdrk4", "fno", "deeponet"])
def test_reduced_form_passes_its_check(name):
    one = example(name)
    found = rounded(one.module.measure(True))
    assert json.loads(json.dumps(found)) == found  # plain data: what is stored is what was measured
    one.module.check(found)
    assert one.rows(found) or name == "deeponet"  # its claims are for numbers of steps the reduced form does not take


@pytest.mark.parametrize("name", STORED)
def test_committed_results_pass_the_check(name):
    one, found = example(name), STORED[name]["found"]
    one.module.check(found)
    assert all(row.claimed and row.measured for row in one.rows(found))


def test_page_is_made_from_the_results():
    assert (DOCS / "reproductions.md").read_text() == page([example(name) for name in NAMES], STORED)


def test_pictures_are_drawn_small_and_repeatably(tmp_path):
    one, found = example("etdrk4"), STORED["etdrk4"]["found"]
    for path in (tmp_path / "a.svg", tmp_path / "b.svg"):
        one.picture(found, path)
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
    pictures = [DOCS / "reproductions" / f"{name}.svg" for name in STORED]
    assert sum(p.stat().st_size for p in (*pictures, RESULTS, DOCS / "reproductions.md")) < 300_000


@pytest.mark.parametrize("name", NAMES)
def test_examples_are_short_and_say_what_they_try(name):
    one = example(name)
    source = Path(one.module.__file__).read_text()
    assert len(source.splitlines()) <= 80
    assert all(f"**{word}" in one.text for word in ("Source", "Claim", "Here"))
    assert not re.search(r"sobolev(\.\w+)*\._|\bsv(\.\w+)*\._", source)  # the public interface only
