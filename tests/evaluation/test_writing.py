from qa.evaluation.measures.writing import measure


def test_what_a_model_wrote_has_its_share_and_its_cost() -> None:
    found = measure({"supported": 0.5}, {"prompt": 700, "completion": 40})
    assert found == {"checked": 0.5, "prompt_tokens": 700.0, "completion_tokens": 40.0}


def test_an_extract_has_neither() -> None:
    assert measure({"supported": None}, {}) == {}
