"""The screens of « Du bruit à l'image »."""
