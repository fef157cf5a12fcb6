"""From numbers to pictures and one HTML file. Not here: any computation of a number."""
