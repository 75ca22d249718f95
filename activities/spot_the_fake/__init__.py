"""« Vrai ou IA ? »: sort photographs from generated images, learn where to look, and measure honestly."""
