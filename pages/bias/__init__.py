"""The screens of « Sonder les biais »."""
