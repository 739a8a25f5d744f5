"""Rules of the house that reading the code alone can check."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
STATUS_WRITERS = {"apps/cases/domain/lifecycle.py"}


def writes_case_status(tree: ast.AST) -> bool:
    """True when something assigns ``case.status`` (alone or in a tuple)."""
    targets = [
        target
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign | ast.AugAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
    ]
    single = [part for t in targets for part in (t.elts if isinstance(t, ast.Tuple) else [t])]
    return any(
        isinstance(part, ast.Attribute)
        and part.attr == "status"
        and isinstance(part.value, ast.Name)
        and "case" in part.value.id
        for part in single
    )


def test_detector_sees_a_writer():
    assert writes_case_status(ast.parse("case.status, case.x = 1, 2"))
    assert not writes_case_status(ast.parse("response.status = 1"))


def test_case_status_is_written_in_one_module():
    found = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "apps").rglob("*.py")
        if writes_case_status(ast.parse(path.read_text()))
    }
    assert found == STATUS_WRITERS
