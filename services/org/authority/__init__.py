"""Authority limits, delegations and approval checks."""
