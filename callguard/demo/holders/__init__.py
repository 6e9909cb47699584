"""Made-up subscriber feeds and reports of any size, labelled, the same for the same seed."""
