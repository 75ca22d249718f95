"""Models of the hub: which the kit knows, which are installed, how one is fetched, and what makes images with one.

* :mod:`~kit.models.catalogue` reads ``assets/models.toml``, and the ``models.toml`` of the data folder if there is one.
* :mod:`~kit.models.store` says which models are whole in the data folder.
* :mod:`~kit.models.hub` fetches one: the only module of the kit that reaches for the network, and only the command
  ``contrechamp models get`` calls it. :mod:`~kit.models.picking` says which files of a repository that takes, and
  :mod:`~kit.models.fetching` brings one of them, whatever the line does.
* :mod:`~kit.models.text_to_image` runs in a compute worker, from local files alone, with the pipeline that
  :mod:`~kit.models.loading` holds there.
* Language models are loaded by :mod:`kit.language.loading`, those of speech by :mod:`~kit.models.speech`;
  :mod:`kit.models.architecture` says which of them can be.
* :mod:`~kit.models.command` is ``contrechamp models``.
"""
