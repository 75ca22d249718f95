"""A podcast episode: what a team writes, records and dresses, kept in a folder that opens with no kit."""
