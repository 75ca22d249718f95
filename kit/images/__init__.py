"""Images: intake, labels, what a file says of itself, forensic views, faces."""
