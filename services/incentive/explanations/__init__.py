"""How the amounts of every kind of bonus are explained to people: one wording for screen, paper and API (INC-11)."""
