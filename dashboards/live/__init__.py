"""The live page: its addresses, its read models, its words, and the modules the browser runs."""
