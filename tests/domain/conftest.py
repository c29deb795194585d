"""A copy of the clinical files in which one thing is wrong, and patients to screen."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from mesodesk.domain.answers import Answer
from mesodesk.domain.catalogue import load_catalogue
from mesodesk.domain.clinical_files import folder
from mesodesk.domain.questionnaire import ItemKind, load_questionnaire
from mesodesk.domain.screening import Finding, ScreeningFacts, evaluate, load_rules


@pytest.fixture
def altered(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that copies the clinical files, changes one, and returns its path.

    `old` must stand in the file; its first place is replaced by `new`.
    """

    def alter(name: str, old: str = "", new: str = "") -> Path:
        copy = tmp_path / "clinical"
        shutil.copytree(folder(), copy, dirs_exist_ok=True)
        path = copy / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return path

    return alter


@pytest.fixture
def healthy() -> ScreeningFacts:
    """A woman of 40 who was asked everything and said no to everything."""
    items = load_questionnaire().items
    return ScreeningFacts(
        on=date(2026, 5, 4),
        answers={item.id: Answer.NO for item in items if item.kind is ItemKind.YES_NO},
        age_years=40,
        body_sex="female",
        height_cm=Decimal(168),
        weight_kg=Decimal(62),
        skin_type=2,
        jurisdiction="US",
        allergies_asked=True,
        emergency_kit_checked=Answer.YES,
    )


@pytest.fixture
def a_patient(healthy: ScreeningFacts) -> Callable[..., ScreeningFacts]:
    """Return a function: the healthy woman, but with a "yes" to some items and other facts.

    `products` are ids of starter products in the syringes.
    """

    def make(
        yes: str | tuple[str, ...] = (), products: str | tuple[str, ...] = (), **changes: Any
    ) -> ScreeningFacts:
        said = (yes,) if isinstance(yes, str) else yes
        drawn = (products,) if isinstance(products, str) else products
        exposure = load_catalogue().exposure((), (), drawn)._asdict()
        answers = {**healthy.answers, **dict.fromkeys(said, Answer.YES)}
        return replace(healthy, **{**exposure, "answers": answers, **changes})

    return make


@pytest.fixture
def found() -> Callable[[ScreeningFacts], dict[str, tuple[Any, Any]]]:
    """Return a function: severity and kind of each finding, by rule."""

    def find(facts: ScreeningFacts) -> dict[str, tuple[Any, Any]]:
        return {f.rule_id: (f.severity, f.kind) for f in evaluate(load_rules(), facts)}

    return find


@pytest.fixture
def the() -> Callable[..., Finding]:
    """Return a function: what one rule says."""

    def find(rule_id: str, facts: ScreeningFacts, language: str = "en") -> Finding:
        findings = evaluate(load_rules(), facts, language)
        return {finding.rule_id: finding for finding in findings}[rule_id]

    return find
