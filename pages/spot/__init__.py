"""The screens of « Vrai ou IA ? », one module a step or two."""
