"""The open responsibilities of a leaver."""
