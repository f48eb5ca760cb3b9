"""A library with a fault is refused, and the fault is found by its file (ORG-11)."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from services.kit.errors import DomainError
from services.kit.yaml_files import read_yaml
from services.org.templates.store.templates import ROOT, read_templates

pytestmark = pytest.mark.req("ORG-11")

Edit = Callable[[Any], object]


def _edited(folder: Path, name: str, edit: Edit) -> Path:
    root = folder / "starter"
    shutil.copytree(ROOT, root)
    data = read_yaml(root / name)
    edit(data)
    (root / name).write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    return root


@pytest.mark.parametrize(
    ("name", "edit", "pointer"),
    [
        (
            "departments/brand.yaml",
            lambda data: data.update(colour="red"),
            "departments/brand.yaml/charter_brand/colour",
        ),
        (
            "departments/brand.yaml",
            lambda data: data["title"].update(en=" "),
            "/entries/charter_brand/title/en",
        ),
        (
            "departments/brand.yaml",
            lambda data: data["competencies"].append("flying"),
            "departments/brand.yaml/charter_brand/competencies",
        ),
        (
            "departments/brand.yaml",
            lambda data: data["appraisal"]["indicators"].append("Z99"),
            "/entries/charter_brand/appraisal/indicators",
        ),
        (
            "departments/brand.yaml",
            lambda data: data["duties"][0]["standards"][0].update(value=95),
            "departments/brand.yaml/charter_brand/duties/0/standards/0/value",
        ),
        (
            "departments/brand.yaml",
            lambda data: data["duties"][0].update(text="no_such_word"),
            "departments/brand.yaml/charter_brand/duties/0/text",
        ),
        (
            "departments/brand.yaml",
            lambda data: data["duties"][1].update(code="D01"),
            "departments/brand.yaml/charter_brand/duties/1",
        ),
        ("departments/brand.yaml", lambda data: data.update(code="charter_sales"), "/entries/11"),
        (
            "positions/department_of_seven/manager.yaml",
            lambda data: data.update(reports_to="nobody"),
            "/entries/seven_manager/reports_to",
        ),
        ("bundles.yaml", lambda data: data[0].update(charter="seven_manager"), "/bundles/department_of_seven/charter"),
        (
            "bundles.yaml",
            lambda data: data[0]["positions"].reverse(),
            "/bundles/department_of_seven/positions/0",
        ),
        ("indicators.yaml", lambda data: data.append(data[0]), "/indicators/75"),
        ("ladders.yaml", lambda data: data[0]["steps"][0].update(standing=9), "ladders.yaml/0/steps/1/standing"),
    ],
)
def test_a_fault_in_a_file_is_found(tmp_path: Path, name: str, edit: Edit, pointer: str) -> None:
    root = _edited(tmp_path, name, edit)
    with pytest.raises(DomainError) as refused:
        read_templates(root)
    assert pointer in [fault.pointer for fault in refused.value.field_errors]
