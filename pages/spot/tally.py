"""From the saved run to the results of a round."""

from __future__ import annotations

from activities.spot_the_fake import together
from activities.spot_the_fake.results import RoundResult, from_answers, from_slates
from kit.levels import Role
from pages.spot.scene import Scene


def round_result(scene: Scene, round_id: str) -> RoundResult:
    """What was answered in a round, by one person or by a room with slates."""
    if round_id not in {step.id for step in scene.run.steps}:
        return from_answers((), {})
    if scene.led is not None and scene.role is not Role.PARTICIPANT:
        return together.pooled(round_id, scene.room, scene.halves)
    truths = {shown.opaque: shown.truth for shown in scene.images(round_id)}
    if scene.projected:
        counts = scene.run.counts.get(round_id, {}).values()
        return from_slates([count for count in counts if count.opaque in truths], truths)
    answers = scene.run.answers.get(round_id, {}).values()
    return from_answers([answer for answer in answers if answer.opaque in truths], truths)
