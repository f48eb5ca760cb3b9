"""What answers with amounts have in common: each amount has the places of its currency (INC-01)."""

from decimal import Decimal
from typing import Self

from pydantic import BaseModel, model_validator

from services.incentive.currencies import has_minor_unit
from services.kit.fields import Model


class InCurrency(Model):
    """An answer with a ``currency``: its amounts, and those of its parts, have no places where there is no minor unit.

    An amount that is not whole stays as it is.
    """

    @model_validator(mode="after")
    def _with_places(self) -> Self:
        currency = getattr(self, "currency", None)
        if isinstance(currency, str) and not has_minor_unit(currency):
            _shorten(self)
        return self


def _shorten(answer: BaseModel) -> None:
    for name, value in list(vars(answer).items()):
        if isinstance(value, Decimal) and value == value.to_integral_value():
            vars(answer)[name] = value.quantize(Decimal(1))
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, BaseModel):
                _shorten(part)
