"""What `make check` and its neighbours run besides ready-made tools."""
