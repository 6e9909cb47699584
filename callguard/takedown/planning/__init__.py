"""Plans: what would be ordered for a file of reports, and what would not, and why."""
