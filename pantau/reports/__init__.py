"""Reports: the SKM report with its poster and the evaluation of a unit, read from the tables, written as files."""
