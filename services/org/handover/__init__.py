"""The open responsibilities of somebody who leaves."""
