"""What clerks and officers fill in."""
