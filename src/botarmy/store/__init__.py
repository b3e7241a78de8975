"""The durable log and all that is written in its transactions, in one SQL database."""
