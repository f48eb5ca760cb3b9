"""The one codec between the inputs of a result and the JSON that is stored with it (APR-11)."""

import json
from collections.abc import Mapping
from typing import Any, Final

from services.appraisal.scoring.domain.inputs import FormInputs, ResultInputs
from services.kit.database.codec import Codec

_INPUTS: Final = Codec[ResultInputs](ResultInputs, omit_defaults=True)
_FORM_BEFORE: Final = {"form": "form_id", "scheme": "scheme_id", "first": "valid_from", "last": "valid_to"}
_ITEM_BEFORE: Final = {"marks": "manual_scores", "totals": "prior_totals", "left_out": "exclusion"}


def inputs_text(forms: tuple[FormInputs, ...]) -> str:
    """The inputs of a result as JSON; what is not known is left out. The same inputs give the same bytes."""
    return _INPUTS.text(ResultInputs(forms))


def read_inputs(text: str) -> tuple[FormInputs, ...]:
    """The inputs that ``inputs_text`` wrote, or versions 1 and 2 of the rules under earlier names."""
    stored = json.loads(text)
    if any("form" in form for form in stored["forms"]):
        stored = {"forms": [_renamed_form(form) for form in stored["forms"]]}
    return _INPUTS.load(stored).forms


def _renamed_form(form: Mapping[str, Any]) -> dict[str, Any]:
    renamed = _renamed(form, _FORM_BEFORE)
    return {**renamed, "items": {key: _renamed(item, _ITEM_BEFORE) for key, item in form["items"].items()}}


def _renamed(tree: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    return {names.get(key, key): value for key, value in tree.items()}
