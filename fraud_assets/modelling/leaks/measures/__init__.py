"""What can be measured of one feature against the label, each measure in its own file."""
