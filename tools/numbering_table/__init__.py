"""Compiles the metadata of ``phonenumbers`` into the numbering table that callguard ships."""
