"""The achieved ratio of a measure that has a target (domain §2.1, §2.2)."""

from services.appraisal.library.domain.indicators.rule import Facts, Raw, present, shown


def higher_ratio(facts: Facts) -> Raw:
    """100 × a ÷ t, or for a negative target 100 × (1 + (a − t) ÷ |t|)."""
    actual, target = present(facts.actual), present(facts.target)
    if target > 0:
        return Raw(100 * actual / target, f"100 × {shown(actual)} ÷ {shown(target)}")
    formula = f"100 × (1 + ({shown(actual)} − ({shown(target)})) ÷ {shown(-target)})"
    return Raw(100 * (1 + (actual - target) / -target), formula)


def lower_ratio(facts: Facts) -> Raw:
    """100 × (2 − a ÷ t), or for a negative target 100 × (1 − (a − t) ÷ |t|)."""
    actual, target = present(facts.actual), present(facts.target)
    if target > 0:
        return Raw(100 * (2 - actual / target), f"100 × (2 − {shown(actual)} ÷ {shown(target)})")
    formula = f"100 × (1 − ({shown(actual)} − ({shown(target)})) ÷ {shown(-target)})"
    return Raw(100 * (1 - (actual - target) / -target), formula)
