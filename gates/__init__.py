"""What `make check` and its neighbours run in addition to ready-made tools."""
