"""One file for each encoding, under the encoding's name, with its `ENCODING`."""
