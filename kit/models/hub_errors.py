"""What the hub, the line and the disk can do wrong, as one sentence each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from kit.errors import KitError, SetupError
from kit.models.catalogue import Entry


@contextmanager
def as_sentences(entry: Entry, revision: str, endpoint: str) -> Iterator[None]:
    """Turn what the library and the system raise while it lasts into a :class:`SetupError`."""
    import httpx2
    from huggingface_hub.errors import (
        EntryNotFoundError,
        HfHubHTTPError,
        OfflineModeIsEnabled,
        RepositoryNotFoundError,
        RevisionNotFoundError,
    )

    try:
        yield
    except KitError:
        raise
    except OfflineModeIsEnabled as error:
        raise SetupError(
            "HF_HUB_OFFLINE or TRANSFORMERS_OFFLINE is set, which forbids any download. Unset it to install a model."
        ) from error
    except RevisionNotFoundError as error:
        raise SetupError(
            "The hub has no revision {revision} of {hub_id}. Look it up on the page of the model.",
            revision=revision,
            hub_id=entry.hub_id,
        ) from error
    except RepositoryNotFoundError as error:
        raise SetupError(
            "The hub {endpoint} has no {hub_id}, or asks for an account to see it. Choose another model.",
            endpoint=endpoint,
            hub_id=entry.hub_id,
        ) from error
    except EntryNotFoundError as error:
        raise SetupError(
            "A file of “{name}” that the hub lists is missing there. What has arrived is kept; try again later.",
            name=entry.name,
        ) from error
    except (HfHubHTTPError, httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise SetupError(
            "The hub {endpoint} cannot be reached ({reason}). Installing a model needs a network; the rest of the kit "
            "does not.",
            endpoint=endpoint,
            reason=(str(error).splitlines() or [type(error).__name__])[0][:200],
        ) from error
    except OSError as error:
        raise SetupError(
            "“{name}” cannot be written in the data folder ({reason}).",
            name=entry.name,
            reason=error.strerror or str(error),
        ) from error
