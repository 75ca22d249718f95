"""A diffusion model without training: its denoiser is a search among the patches of the photographs it is given.

``trace`` is numpy only, so that results travel to processes that know no torch. ``bank``, ``denoiser`` and ``pipeline``
import torch, scipy or diffusers: they are imported by the functions that the compute workers run, never by a page.
"""
