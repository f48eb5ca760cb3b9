"""Fields that several requests and answers about suppliers share, each described once."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query
from pydantic import Field

from services.appraisal.library.domain.supplier_class import SupplierClass
from services.kit.fields import CodeText, Day, Label

_ID = "01972c5e-7a10-7c3e-9b1f-5d2f6a8e4c01"

SupplierPath = Annotated[UUID, Path(description="Id of the supplier.", examples=[_ID])]
AgreementPath = Annotated[UUID, Path(description="Id of the version of the agreement.", examples=[_ID])]
EliminationPath = Annotated[UUID, Path(description="Id of the elimination.", examples=[_ID])]
PolicyPath = Annotated[int, Path(ge=0, description="Number of the version; 0 is the one built in.", examples=[1])]
AsOf = Annotated[Day | None, Query(description="Day as of which this is read; today by default.")]

SupplierId = Annotated[UUID, Field(description="Id of the supplier.", examples=[_ID])]
SupplierCode = Annotated[CodeText, Field(description="Code of the supplier.", examples=["SUP-018"])]
SupplierName = Annotated[Label, Field(description="Name of the supplier.", examples=["华星印务有限公司"])]
UnitCode = Annotated[
    CodeText, Field(description="Code of the unit that works with it; its head answers for it.", examples=["D12"])
]
ClassField = Annotated[SupplierClass, Field(description="Class, from A (best) to C.", examples=["A"])]
ValidFrom = Annotated[Day, Field(description="First day on which it applies.", examples=["2026-01-01"])]
