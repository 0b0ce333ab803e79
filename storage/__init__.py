"""One SQL dialect (ClickHouse): migrations, named queries, engines, writers and readers."""
