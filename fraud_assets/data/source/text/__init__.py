"""Tables as text: how a file is written, which of its lines are rows, and which are none.

Here: encoding, separator, header, and the lines between. A file of which every line is a row is
read by Arrow; any other one line by line, with the same result for its rows.
"""
