"""One version of a store: named, made, signed, looked at, verified, and only then unpickled."""
