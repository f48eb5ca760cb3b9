"""The class of a supplier, which decides by which scheme it is scored and whether it is preferred (APR-03)."""

from enum import StrEnum

from services.kit.errors import Text


class SupplierClass(StrEnum):
    """The class of a supplier, from A (best) to C."""

    A = "A"
    B = "B"
    C = "C"


SUPPLIER_CLASS_NAMES = {each: Text(f"{each} 类供应商", f"suppliers of class {each}") for each in SupplierClass}
