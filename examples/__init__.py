"""A small believable company as files, its expected figures, and the story of one quarter."""
