"""Career ladders and eligibility."""
