"""Encodings of text levels: each is one file that says how levels become numbers.

`kinds/` holds them; `registry` finds them there by their files' names. `tables` reads what a
fitted one gives each level, by asking the encoder itself. Not here: which columns take which
encoding (`modelling.preprocessing`), and the service's own files (`scoring`).
"""
