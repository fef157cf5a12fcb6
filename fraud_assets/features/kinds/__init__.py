"""One file for each kind of derived feature, under the word that contracts call it by."""
