"""Calibration, public notice, appeals and corrections."""
