"""The description of the API keeps its word: whatever fits it or does not, no answer is a failure."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from guantong.api.acts import offered, schema_of
from guantong.kernel.acts import registry
from support.play import Player
from support.program import Program
from support.town import build

EXAMPLES = 3
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
WHO = ["clerk", "deputy", "handler_head", "auditor", "stranger"]
quick = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def clues_in_many_states(program: Program) -> list[str]:
    """Return clues received, assigned and in handling."""
    play = Player(program.town)
    made = [play.registered() for _number in range(3)]
    play.assigned(made[1])
    play.in_handling(play.assigned(made[2]))
    return [str(one) for one in made]


@pytest.mark.parametrize(
    "mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["fits", "does not fit"]
)
def test_no_request_makes_the_server_fail(live_site: str, mode: GenerationMode) -> None:
    program = Program(build())
    matters = clues_in_many_states(program)
    tokens = [program.headers(who)["Authorization"] for who in WHO]
    described = schemathesis.openapi.from_dict(program.client.get("/api/v1/openapi.json").json())
    checks = [*CHECKS, negative_data_rejection] if mode is GenerationMode.NEGATIVE else CHECKS
    seen = 0
    for found in described.get_all_operations():
        operation = found.ok()
        seen += 1

        @quick
        @given(
            case=operation.as_strategy(generation_mode=mode),
            matter=st.sampled_from(matters),
            token=st.sampled_from(tokens),
        )
        def probe(case: Any, matter: str, token: str) -> None:
            if "matter_id" in case.path_parameters and mode is GenerationMode.POSITIVE:
                case.path_parameters["matter_id"] = matter
            response = case.call(base_url=live_site, headers={"Authorization": token}, timeout=60)
            case.validate_response(response, checks=checks)

        probe()
    assert seen == len(offered()) + 20


@pytest.mark.django_db
def test_every_act_is_described(program: Program) -> None:
    paths = program.client.get("/api/v1/openapi.json").json()["paths"]
    for act in registry.all_acts():
        path = f"/api/v1/acts/{act.code}" if act.creates else f"/api/v1/matters/{{matter_id}}/acts/{act.code}"
        assert (path in paths) == (act in offered()), act.code
    assert {act.code for act in registry.all_acts()} - {act.code for act in offered()} >= {
        "clue.arrive", "case.open",
    }  # fmt: skip


@pytest.mark.django_db
def test_the_description_speaks_both_languages(program: Program) -> None:
    def summary(**headers: str) -> str:
        answer = program.client.get("/api/v1/openapi.json", headers=headers).json()
        return str(answer["paths"]["/api/v1/acts/clue.register"]["post"]["summary"])

    assert summary() == "登记来件" or "登记" in summary()
    assert summary(**{"Accept-Language": "en"}) == "Register a letter"


@pytest.mark.django_db
def test_an_act_s_schema_follows_its_form(program: Program) -> None:
    schema = schema_of(registry.get("clue.register")).model_json_schema()
    assert not schema["additionalProperties"]
    assert "happened_on" not in schema["required"]
    assert {"letter_number", "letter_date", "source", "category", "allegation"} <= set(schema["required"])
    assert schema["properties"]["letter_number"]["maxLength"] == 60
    assert "audit" in schema["properties"]["source"]["enum"]
    assert {"scan", "attachments"}.isdisjoint(schema["properties"])
    row = schema["$defs"]["SubjectRow"]
    assert row["required"] == ["name", "unit"]
    document = program.client.get("/api/v1/openapi.json").json()
    content = document["paths"]["/api/v1/acts/clue.register"]["post"]["requestBody"]["content"]
    assert content["multipart/form-data"]["schema"]["properties"]["scan"]["format"] == "binary"
    assert set(content["multipart/form-data"]["schema"]["properties"]) == {"data", "scan", "attachments"}
    draft = document["components"]["schemas"]["PaperDraft"]["properties"]
    assert "progress" in draft
