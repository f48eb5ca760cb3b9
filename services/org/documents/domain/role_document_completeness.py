"""What a role document has to say before it can be submitted for review (ORG-03)."""

from collections.abc import Iterator

from services.kit.errors import FieldError, Invalid, Text
from services.org.documents.domain.role_document import RoleDocument, SubjectKind, texts


class RoleDocumentIncomplete(Invalid):
    """A role document still has gaps, so it cannot be submitted."""

    code = "role_document_incomplete"
    zh = "说明书尚不完整，补齐下列内容后再提交。"
    en = "The role document is not complete; add the following and submit it again."


def demand_complete(document: RoleDocument) -> None:
    """Accept a document that says all that reviewers need.

    Raises:
        RoleDocumentIncomplete: naming every gap.
    """
    field_errors = [*_gaps(document), *_untranslated(document)]
    if field_errors:
        raise RoleDocumentIncomplete(field_errors=field_errors)


def _gaps(document: RoleDocument) -> Iterator[FieldError]:
    if not document.core_duties:
        yield FieldError("/duties", str(len(document.duties)), Text("请至少填写一项核心职责", "at least one core duty"))
    if document.subject is SubjectKind.POSITION and document.reporting.superior is None:
        yield FieldError("/reporting/superior", None, Text("请填写直接上级", "the direct superior"))
    if document.qualification is None:
        yield FieldError("/qualification", None, Text("请填写任职资格", "the qualification"))
    guide = document.appraisal
    if guide is None:
        yield FieldError("/appraisal", None, Text("请填写考核指引", "the appraisal guide"))
        return
    for name, values in (
        ("frequencies", guide.frequencies),
        ("evaluators", guide.evaluators),
        ("indicators", guide.indicators),
        ("uses", guide.uses),
    ):
        if not values:
            yield FieldError(f"/appraisal/{name}", None, Text("请至少填写一项", "at least one"))


def _untranslated(document: RoleDocument) -> Iterator[FieldError]:
    for pointer, text in texts(document):
        for language, half in zip(("zh", "en"), text, strict=True):
            if not half.strip():
                yield FieldError(f"{pointer}/{language}", half, Text("中文与英文均须填写", "both Chinese and English"))
