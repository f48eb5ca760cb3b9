"""What the example company was written from; `python -m examples.build_company` turns it into files."""
