"""What makes files of this repository; no part of what is installed."""
