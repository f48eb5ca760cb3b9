"""The currencies in which people can be paid (ISO 4217)."""

from decimal import Decimal
from typing import Final

from services.kit.errors import Text
from services.kit.money import FEN, grouped, plain

_CODES: Final = """
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP
    CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF
    IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD
    MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB
    RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD
    UYU UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
"""
CURRENCIES: Final = frozenset(_CODES.split())
"""The codes in circulation; those of metals, funds, tests and units of account are left out."""
YUAN: Final = "CNY"
"""That of everything that a plan's rule states as an amount, and of the authorities by which awards are approved."""
EXPECTED: Final = Text("国际标准货币代码，例如 CNY", "an ISO 4217 code such as CNY")
"""What a currency is to be, for refusals."""

_NAMES: Final = {YUAN: Text("人民币元", "yuan")}
_NO_MINOR_UNIT: Final = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
_WHOLE: Final = frozenset(_NO_MINOR_UNIT.split())
"""Those without a minor unit."""


def currency_name(currency: str) -> Text:
    """A currency for people; its code where it has no other name here."""
    return _NAMES.get(currency, Text(currency, currency))


def amount_text(amount: Decimal, currency: str) -> Text:
    """An amount with its currency, in sentences."""
    name = currency_name(currency)
    return Text(f"{grouped(amount)} {name.zh}", f"{grouped(amount)} {name.en}")


def has_minor_unit(currency: str) -> bool:
    """Whether amounts in a currency have two places; otherwise they are whole."""
    return currency not in _WHOLE


def places(currency: str) -> int:
    """How many places an amount in a currency has."""
    return 2 if has_minor_unit(currency) else 0


def amount_in_figures(amount: Decimal, currency: str) -> str:
    """An amount as explanations write it, without places where its currency has none."""
    is_whole = not has_minor_unit(currency) and amount == amount.to_integral_value()
    return plain(amount.to_integral_value() if is_whole else amount)


def is_payable(amount: Decimal, currency: str) -> bool:
    """Whether an amount is one that can be paid in its currency: two places, none where there is no minor unit."""
    return not amount % (FEN if has_minor_unit(currency) else 1)


def expected_places(currency: str) -> Text:
    """How exact an amount in a currency is, for refusals."""
    return Text(f"{currency} 没有小数，请填整数", f"a whole number: {currency} has no minor unit")
