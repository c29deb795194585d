"""No form is forgotten: what is typed is told as values, or it is known why it is not."""

import ast
from pathlib import Path

PAGES = Path(__file__).parents[2] / "mesodesk" / "ui" / "pages"
KEEPERS = {"keeper", "_keeper", "_drafts"}
# Each by where it stands, with the reason.
NOT_TOLD = {
    ("new_patient.py", "_discard"),  # a draft is given up
    ("stock_parts/new_lot.py", "_discard"),
    ("stock_parts/new_product.py", "_discard"),
    ("session_parts/lot_quick_add.py", "_cancel"),
    ("session_parts/state.py", "withdraw"),  # a value is given up
    ("patient_parts/details_tab.py", "_write"),  # archive and restore: a button
    ("patient_parts/intake_tab.py", "_close"),  # completing: a button
    ("plan_parts/plan_form.py", "_discard"),  # a draft is given up
    ("protocol_parts/protocol_form.py", "_discard"),
    ("reaction_parts/entry_card.py", "_discard"),
    ("rule_parts/rule_form.py", "_discard"),
    ("followup_parts/check_form.py", "_keep_shown"),  # the program's own words, shown again
}


def untold(source):
    """Yield the function of each write that a keeper is given without values."""
    for function in ast.walk(ast.parse(source)):
        if not isinstance(function, ast.FunctionDef):
            continue
        for call in ast.walk(function):
            if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
                continue
            owner = getattr(call.func.value, "attr", getattr(call.func.value, "id", ""))
            given = call.func.attr in ("put", "append") and owner in KEEPERS
            if given and "aside" not in {each.arg for each in call.keywords}:
                yield function.name


def test_what_is_typed_into_a_form_can_be_set_aside():
    found = {
        (path.relative_to(PAGES).as_posix(), name)
        for path in PAGES.rglob("*.py")
        for name in untold(path.read_text(encoding="utf-8"))
    }
    assert found == NOT_TOLD


def test_a_form_that_tells_nothing_would_be_found():
    source = "def typed(self):\n    self._keeper.put('a', write, self._kept)\n"
    assert list(untold(source)) == ["typed"]
