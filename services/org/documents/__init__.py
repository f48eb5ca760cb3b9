"""Role documents, amendments and document reviews."""
