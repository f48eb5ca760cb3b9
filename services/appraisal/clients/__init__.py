"""What appraisal needs of other services, no more."""
