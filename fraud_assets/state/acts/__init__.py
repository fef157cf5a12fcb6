"""What is done with a state beside deciding: fill it, tell it, show it, tidy it."""
