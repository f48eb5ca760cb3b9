"""The starter templates in ``templates/starter``: YAML files, read once, checked as a whole (ORG-11).

``words.yaml`` names texts that many entries share; wherever an entry needs a text, such a name may stand instead.
``competencies.yaml`` does the same for competencies. In ``appraisal.indicators`` a bare code stands for an indicator
without a level of its own. A file under ``positions`` holds one position or a list of them; its folder is their group.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from services.kit.database.codec import Codec
from services.kit.errors import FieldError, Invalid, Text
from services.kit.yaml_files import read_yaml
from services.org.documents.domain.role_document import RoleDocument, SubjectKind
from services.org.ladders.domain.career_ladder import CareerLadder
from services.org.templates.domain.templates import (
    Group,
    PositionTemplate,
    Template,
    TemplateBundle,
    TemplateIndicator,
    TemplateLibrary,
    TemplatesBroken,
)

ROOT = Path(__file__).parents[1] / "starter"
_TEXT: Codec[Text] = Codec(Text)
_DOCUMENT: Codec[RoleDocument] = Codec(RoleDocument)
_POSITION: Codec[PositionTemplate] = Codec(PositionTemplate)
_BUNDLES: Codec[tuple[TemplateBundle, ...]] = Codec(tuple[TemplateBundle, ...])
_INDICATORS: Codec[tuple[TemplateIndicator, ...]] = Codec(tuple[TemplateIndicator, ...])
_LADDERS: Codec[tuple[CareerLadder, ...]] = Codec(tuple[CareerLadder, ...])
_POSITION_FIELDS = ("track", "grade", "headcount", "reports_to", "core_talent")


@cache
def starter_templates() -> TemplateLibrary:
    """The templates that come with Merit.

    Raises:
        TemplatesBroken, Unreadable: a file has a fault; the pointer begins with the file's name.
    """
    return read_templates(ROOT)


def read_templates(root: Path) -> TemplateLibrary:
    """The templates in the folder ``root``.

    Raises:
        TemplatesBroken, Unreadable: a file has a fault; the pointer begins with the file's name.
    """
    words = {name: _TEXT.load(text, f"words.yaml/{name}") for name, text in read_yaml(root / "words.yaml").items()}
    competencies = {item["code"]: item for item in read_yaml(root / "competencies.yaml")}
    return TemplateLibrary(
        entries=tuple(_entries(root, words, competencies)),
        bundles=_BUNDLES.load(read_yaml(root / "bundles.yaml"), "bundles.yaml", words),
        indicators=_INDICATORS.load(read_yaml(root / "indicators.yaml"), "indicators.yaml", words),
        ladders=_LADDERS.load(read_yaml(root / "ladders.yaml"), "ladders.yaml", words),
    )


def _entries(root: Path, words: Mapping[str, Text], competencies: Mapping[str, Any]) -> Iterable[Template]:
    for path in sorted((root / "departments").glob("*.yaml")):
        yield _entry(read_yaml(path), Group.DEPARTMENTS, path.relative_to(root), words, competencies)
    for path in sorted((root / "positions").glob("*/*.yaml")):
        loaded = read_yaml(path)
        for data in loaded if isinstance(loaded, list) else [loaded]:
            yield _entry(data, Group(path.parent.name), path.relative_to(root), words, competencies)


def _entry(
    data: dict[str, Any], group: Group, place: Path, words: Mapping[str, Text], competencies: Mapping[str, Any]
) -> Template:
    pointer = f"{place.as_posix()}/{data['code']}"
    subject = SubjectKind.UNIT if group is Group.DEPARTMENTS else SubjectKind.POSITION
    content = {name: value for name, value in data.items() if name not in {"code", *_POSITION_FIELDS}} | {
        "subject": subject.value
    }
    content["competencies"] = [_competency(name, competencies, pointer) for name in data.get("competencies", ())]
    guide = dict(data.get("appraisal", {}))
    guide["indicators"] = [{"code": item} if isinstance(item, str) else item for item in guide.get("indicators", ())]
    content["appraisal"] = guide
    position = {name: data[name] for name in _POSITION_FIELDS if name in data}
    try:
        return Template(
            code=data["code"],
            group=group,
            document=_DOCUMENT.load(content, pointer, words),
            position=_POSITION.load(position, pointer) if position else None,
        )
    except Invalid as refused:
        refused.add_note(
            f"in {pointer}: {[(fault.pointer, fault.found, fault.expected.en) for fault in refused.field_errors]}"
        )
        raise


def _competency(name: object, known: Mapping[str, Any], pointer: str) -> object:
    if not isinstance(name, str):
        return name
    if name not in known:
        expected = Text("“competencies.yaml”中的编码", "a code of competencies.yaml")
        raise TemplatesBroken(field_errors=[FieldError(f"{pointer}/competencies", name, expected)])
    return known[name]
