"""« Du bruit à l'image »: the image generator, opened."""
