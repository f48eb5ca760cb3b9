"""A program that has nothing to do: `python -m tests.deploy.sleeper`."""

import time

time.sleep(60)
