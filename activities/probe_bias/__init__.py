"""« Sonder les biais »: what a language model prefers, measured, traced to what it read, and made again."""
