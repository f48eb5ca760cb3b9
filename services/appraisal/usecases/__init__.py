"""One keyword-only function a verb: load, decide, write, record."""
