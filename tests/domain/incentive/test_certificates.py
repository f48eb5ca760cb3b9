"""The words of a certificate, from top to bottom (INC-09)."""

from datetime import date

import pytest

from services.incentive.recognition.domain.recognition import Certificate, Granted, RecognitionKind, certificate_of
from services.kit.errors import Text

pytestmark = pytest.mark.req("INC-09")

HONOUR = Granted(
    code="H-2026-001",
    kind=RecognitionKind.HONOUR,
    name=Text("年度销售之星", "Sales star of the year"),
    reason=Text("连续四个季度考核等级为 S。", "Graded S in four quarters in a row."),
    person="苏曼青",
    unit=Text("大客户部", "Key Accounts"),
    issuer=Text("澄川厨电有限公司", "Chengchuan Kitchen Appliances"),
    granted_on=date(2026, 12, 31),
    valid_to=date(2027, 12, 31),
)


def test_a_certificate_says_who_grants_what_to_whom_why_and_since_when_in_both_languages() -> None:
    assert certificate_of(HONOUR, "zh") == Certificate(
        heading="荣誉证书",
        person="苏曼青",
        unit="大客户部",
        body="兹授予荣誉",
        award="年度销售之星",
        reason="连续四个季度考核等级为 S。",
        period="有效期：2026 年 12 月 31 日至 2027 年 12 月 31 日",
        number="证书编号 H-2026-001",
        issuer="澄川厨电有限公司",
        day="2026 年 12 月 31 日",
    )
    english = certificate_of(HONOUR, "en")
    assert (english.heading, english.body) == ("Certificate of Honour", "is hereby granted the honour")
    assert (english.issuer, english.unit, english.day) == (
        "Chengchuan Kitchen Appliances",
        "Key Accounts",
        "31 December 2026",
    )
    assert english.period == "Valid from 31 December 2026 to 31 December 2027"
