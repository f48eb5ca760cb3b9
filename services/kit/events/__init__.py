"""Business events from the transaction that causes them to the subscribers (PLT-05)."""
