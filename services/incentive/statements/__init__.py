"""What people see of their bonus."""
