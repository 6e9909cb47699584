"""Where records come from and verdicts go to: each package connects one source to the guard."""
