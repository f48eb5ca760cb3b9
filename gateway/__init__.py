"""The gateway: the one origin that frontends and other systems talk to (PLT-01)."""
