"""What operators see of a running program: logs, traces, figures."""
