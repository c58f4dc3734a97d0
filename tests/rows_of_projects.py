"""What the routes of projects are asked with, for tests/test_access_matrix.py."""

import uuid
from collections.abc import Callable
from typing import Any

from tests import gathering, participant, practice, project, report
from tests.matrix import MATRIX
from tests.world import World

STEERED = {name for name in MATRIX if name.startswith(("project_steering.", "project_budget."))}
KNOWLEDGE = {name for name in MATRIX if name.startswith("knowledge.")}
ROWS: dict[str, Callable[[World], dict[str, Any]]] = {
    "job_orders.step": lambda made: {"step": "present"},
    "job_orders.outcome": lambda made: {"candidate_id": uuid.uuid4()},
    "companies.remove_need": lambda made: {"need_id": uuid.uuid4()},
    "participants.replace": lambda made: {"event_id": participant.met(made.participant).id},
    "project_reports.answer": lambda made: {"step": "accept"},
    "evaluations.take_back": lambda made: {"recommendation_id": report.advice(made.project).id},
    "projects.step": lambda made: {"step": "report"},
    "project_partners.answer": lambda made: project.asked(made.fund, made.municipality),
    **dict.fromkeys((f"project_documents.{one}" for one in ("fetch", "remove")), project.filed),
    **dict.fromkeys(KNOWLEDGE, lambda made: practice.asked(made.fund)),
    "knowledge.newsletter": lambda made: practice.published(),
    "knowledge.paper": lambda made: practice.published(),
    **dict.fromkeys(gathering.ROUTES, gathering.taken),
    **dict.fromkeys(STEERED, lambda made: project.steered(made.fund, made.municipality)),
    **dict.fromkeys(
        (f"project_partners.{name}" for name in ("withdraw", "end", "hand_over")),
        lambda made: project.asking(made.fund, made.municipality),
    ),
}
