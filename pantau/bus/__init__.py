"""The bus: which topics there are, which partition a unit has, and how events and refusals are written as records."""
