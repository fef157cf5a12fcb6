"""The contract's sections, a module for each, in the order of `contract.schema`."""
