"""What makes ``callguard/characters/unicode.json`` from the data files of Unicode."""
