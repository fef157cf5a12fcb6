"""What each column may be: one module for each role, and for what is none."""
