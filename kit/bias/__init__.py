"""Measures of bias: word vectors, paired sentences."""
