"""Who did what, in a chain of hashes that shows every change to it (PLT-04)."""
