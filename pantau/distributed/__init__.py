"""The product on servers: Kafka, Faust workers, ClickHouse. What each process is made of."""
