"""One paper's claim per module, tried at a size that two cores manage in minutes: `python -m examples --help`."""
