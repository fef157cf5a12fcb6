"""The programs of the stack, a file each with `programs_of(place)`."""
