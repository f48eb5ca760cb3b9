"""Every numeric column holds numbers: the database itself refuses NaN and infinity, which pass a plain comparison."""

import importlib

import pytest
from sqlalchemy import CheckConstraint, Numeric

from deploy.database import SERVICES


@pytest.mark.req("PLT-08")
@pytest.mark.parametrize("service", SERVICES)
def test_no_numeric_column_takes_what_is_no_number(service: str) -> None:
    tables = importlib.import_module(f"services.{service}.tables").Base.metadata.tables.values()
    open_to_all = [
        f"{table.name}.{column.name}"
        for table in tables
        for column in table.columns
        if isinstance(column.type, Numeric)
        and not any(
            f"{column.name} < 'Infinity'" in str(constraint.sqltext)
            for constraint in table.constraints
            if isinstance(constraint, CheckConstraint)
        )
    ]
    assert open_to_all == []
