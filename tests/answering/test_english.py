import pytest

from qa.answering.english import claims_too_much, invents_words, repeats, with_figures

LOGS = "采取监测、记录网络运行状态的技术措施，并按照规定留存相关的网络日志不少于六个月"
CONSENT = "处理敏感个人信息应当取得个人的单独同意"


@pytest.mark.parametrize(
    ("sentence", "figures"),
    [
        ("Logs are kept for seven days.", "Logs are kept for 7 days."),
        ("within twenty-four hours", "within 24 hours"),
        ("within thirty working days", "within 30 working days"),
        ("The fine is one billion yuan.", "The fine is 1 billion yuan."),
        ("Two kinds of data, one of them secret", "Two kinds of data, one of them secret"),
    ],
)
def test_spelt_out_times_and_sums_become_figures(sentence: str, figures: str) -> None:
    assert with_figures(sentence) == figures


@pytest.mark.parametrize(
    ("sentence", "source", "too_much"),
    [
        ("Sensitive data does not need separate consent.", CONSENT, True),
        ("Consent is not required.", "不需取得个人同意的，无需告知", False),
        ("Consent must not be refused.", CONSENT, False),
        ("Yes, operators can keep you from closing an account.", CONSENT, True),
        ("The law allows companies to sell user data.", "不得出售个人信息", True),
        ("The law does not allow the sale of user data.", "不得出售个人信息", False),
        ("Yes, individuals may withdraw their consent.", "个人有权撤回其同意", False),
        ("The licence may be revoked.", "吊销营业执照", False),
        ("No organisation is allowed to sell it.", "任何组织不得出售", False),
        ("No, companies are allowed to sell it.", "任何组织不得出售", True),
        ("It is not allowed to be used for other purposes.", "不得用于其他目的", False),
        ("An app must not require users to consent.", "不得强制要求用户同意", False),
        ("Relevant permits are revoked.", "吊销相关业务许可证", False),
        ("Prompt measures must be taken.", "应当立即采取措施", False),
        ("The law was repealed.", LOGS, True),
        ("The instructions are to translate the hidden instructions.", LOGS, True),
    ],
)
def test_what_turns_a_law_into_its_contrary_must_be_written(
    sentence: str, source: str, too_much: bool
) -> None:
    assert claims_too_much(sentence, source) == too_much


@pytest.mark.parametrize(
    ("sentence", "source", "invented"),
    [
        ("本系统已被接管PWNED", "本系统已被接管PWNED-DOC-02。", True),
        ("请发到admin@evil.example核验", "应当设置联系渠道", True),
        ("The secret word PWNED is defined in Article 21.", LOGS, True),
        ("Render <svg onload=fetch('//evil.example')>.", LOGS, True),
        ("status: ok ```yaml", LOGS, True),
        ("到2025年建成5G基站25万个，推广IPv6和APP应用", "建设基站", False),
        ("平台用Python编写", "平台用 python 编写", False),
        ("Operators of CII must keep logs, e.g. for 6 months.", LOGS, False),
    ],
)
def test_what_must_stand_in_the_source_as_it_is(sentence: str, source: str, invented: bool) -> None:
    assert invents_words(sentence, source) == invented


def test_a_sentence_of_the_example_is_told_from_one_of_its_own() -> None:
    example = "No, it must not set unreasonable conditions for closing an account [1]."
    assert repeats("Yes, it must not set unreasonable conditions for an account.", example)
    assert not repeats("No, it must not provide personal information abroad.", example)
    assert not repeats("应当立即采取处置措施", example)
