"""The screens of « Le mot d'après »."""
