"""Features of more rows than memory holds at once: cut by entity on disk, derived piece by piece.

A feature looks at its entity's own payments and at nothing else, and its sums are exact. So rows
may be cut into pieces by their entity: each piece is derived by the same code as all rows in one,
and gives the same bits, whatever the number of pieces.

    blocks of rows --cut_rows--> a file a piece --derive_rows--> its values --gather--> blocks

Kinds that read the same entity share a cut. Here: the cut (`cutting`), one piece as a unit of work
that any process can do (`piece`, its `rows`), values back in the order of the rows (`gathering`),
and how both lie on disk (`lots`). Numpy at most. Not here: frames, and who runs the units.
"""
