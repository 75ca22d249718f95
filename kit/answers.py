"""What people answer in every activity."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class WrittenAnswer(BaseModel):
    """A text of the trace écrite."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: Annotated[str, Field(max_length=2000)]
