"""Petit Journal: short news items in French, written by a grammar whose proportions are declared.

The grammar (:mod:`kit.journal.grammar`, its words in ``assets/petit_journal/grammar.yaml``) and one table of
proportions (:mod:`kit.journal.proportions`) write a corpus (:mod:`kit.journal.corpus`). What is true of the corpus is
known, and can be counted: so one can measure what a model that read it has learnt.
"""
