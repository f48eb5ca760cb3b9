"""What every service needs and no business noun. Nothing here imports a service."""
