"""Who calls, with which token and permission, here and at other services (PLT-03)."""
