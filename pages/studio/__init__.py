"""The screens of « Défi podcast »."""
