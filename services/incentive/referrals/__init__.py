"""Referral bonuses: who referred whom, and which of them passed probation (INC-06)."""
