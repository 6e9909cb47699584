"""Where records come from and verdicts go to: each package ties one foreign form to the guard."""
