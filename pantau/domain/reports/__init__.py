"""Reports as values: what they are drawn from, and the document that is drawn."""
