"""What is shown, and what is logged, when something fails."""

from __future__ import annotations

import logging
import re

import pytest
from streamlit.testing.v1 import AppTest

from story import words
from ui import errors


@pytest.fixture(autouse=True)
def english():
    words.speak("en")


def failing(kind: str, message: str) -> None:
    import streamlit as st

    from data_access import errors as data_errors
    from story import words
    from ui import errors

    words.speak("en")
    st.session_state[errors.PERSON] = "lin@bank.example"
    with errors.shown():
        st.title("Begun")
        raise getattr(data_errors, kind)(message)


def run(kind: str, message: str) -> AppTest:
    return AppTest.from_function(failing, args=(kind, message)).run()


def test_a_failure_is_one_sentence_on_screen_and_one_entry_in_the_log(caplog):
    page = run("StoreError", "postgresql://app:hunter2@db/bank: customer 'C17' of B003")
    (shown,) = page.error
    reference = re.fullmatch(r"This page could not be shown\. Your data is unchanged\. Reference (\w+)\.", shown.value)
    assert reference is not None
    assert re.fullmatch("[0-9A-F]{8}", reference[1])
    (entry,) = [record for record in caplog.records if record.name.startswith("branchlight")]
    assert entry.getMessage() == f"Reference {reference[1]}, person lin@bank.example"
    assert entry.exc_info is not None
    assert not page.exception
    assert "C17" not in shown.value


def test_a_failure_says_what_to_do_and_leaves_the_title_of_the_page_alone():
    page = run("StoreError", "x")
    assert [title.value for title in page.title] == ["Begun"]
    assert "tell those who run Branchlight the reference" in page.caption[0].value


def test_a_failure_before_anything_is_shown_has_a_title_of_its_own():
    def early() -> None:
        from ui import errors

        errors.tell(OSError("no route to host"))

    page = AppTest.from_function(early).run()
    assert [title.value for title in page.title] == ["Nothing can be shown right now"]
    assert page.error[0].value.startswith("This page could not be shown. Your data is unchanged.")


def test_each_failure_has_a_reference_of_its_own():
    assert len({run("StoreError", "x").error[0].value for _ in range(5)}) == 5


def test_a_full_queue_asks_to_try_again_and_is_no_failure(caplog):
    page = run("QueueError", "4 queries were running for 30 seconds")
    assert "Try again in a moment" in page.info[0].value
    assert [button.label for button in page.button] == ["Try again"]
    assert not page.error
    assert not [record for record in caplog.records if record.name.startswith("branchlight")]


def test_a_question_that_takes_too_long_is_not_said_to_be_the_fault_of_a_crowd():
    page = run("SlowError", "A query was stopped after 30 seconds")
    assert "Choose less" in page.info[0].value
    assert "Many people" not in page.info[0].value
    assert [button.label for button in page.button] == ["Try again"]


def test_data_of_an_older_program_is_said_in_words_and_logged(caplog):
    page = run("OutdatedError", "Version 7 of /srv/warehouse lacks sale.amount")
    assert page.error[0].value.startswith("This data was loaded by an older version of Branchlight.")
    assert len([record for record in caplog.records if record.name.startswith("branchlight")]) == 1


def test_a_server_that_does_not_answer_may_in_a_moment_and_is_logged(caplog):
    page = run("UnreachableError", "postgresql://app:***@db.bank.example/bank does not answer")
    assert "cannot be reached at this moment" in page.warning[0].value
    assert [button.label for button in page.button] == ["Try again"]
    assert "db.bank.example" not in page.warning[0].value
    assert not page.error
    (entry,) = [record for record in caplog.records if record.name.startswith("branchlight")]
    assert re.search(r"Reference ([0-9A-F]{8})", entry.getMessage())[1] in page.warning[0].value


def refusing(kind: str, template: str, values: dict[str, object]) -> None:
    import streamlit as st

    from data_access import errors as data_errors
    from story import words
    from ui import errors

    words.speak("zh")
    st.session_state[errors.PERSON] = "lin@bank.example"
    st.query_params["lang"] = "zh"
    with errors.shown():
        raise getattr(data_errors, kind).of(template, **values)


def refused(kind: str, template: str, **values: object) -> AppTest:
    return AppTest.from_function(refusing, args=(kind, template, values)).run()


def test_rights_that_changed_are_said_in_words_and_are_no_failure(caplog):
    changed = "Your rights have changed. Nothing was changed or handed out. Here is what you may see now."
    page = refused("AccessError", changed)
    assert [one.value for one in page.warning] == [
        "您的权限已变更。未作任何更改，也未导出任何内容。现在显示的是您目前可以看到的内容。"
    ]
    assert [button.label for button in page.button] == ["查看我现在能看到的内容"]
    assert not page.error
    assert not [record for record in caplog.records if record.name.startswith("branchlight")]


@pytest.mark.parametrize("kind", ["WorkspaceError", "TooManyRowsError"])
def test_a_refusal_is_said_in_words_with_its_reference_beside_it_and_its_values_are_no_markup(kind, caplog):
    page = refused(
        kind, "{who} saw to this alarm meanwhile. Nothing was changed. Look at it again, then decide.", who="*x*"
    )
    assert page.warning[0].value == r"\*x\* 刚刚处理了这条预警。您的操作未生效，请重新查看后再决定。"
    assert not page.error
    (entry,) = [record for record in caplog.records if record.name.startswith("branchlight")]
    assert re.search(r"Reference ([0-9A-F]{8})", entry.getMessage())[1] in page.caption[0].value


def test_a_version_that_is_damaged_is_said_to_be_so_and_the_place_stays_in_the_log(caplog):
    page = refused("StoreError", "The warehouse {place} is damaged.", place="/srv/bank")
    (shown,) = page.error
    assert shown.value.startswith("数据无法读取：数据版本缺失、损坏或无权打开。未更改或删除任何内容。")
    assert "/srv/bank" not in shown.value
    (entry,) = [record for record in caplog.records if record.name.startswith("branchlight")]
    assert re.search(r"Reference ([0-9A-F]{8})", entry.getMessage())[1] in shown.value


def test_what_was_written_for_the_log_alone_is_not_shown():
    for kind in ("AccessError", "ScopeError", "WorkspaceError"):
        page = run(kind, "reads 'contact' directly")
        assert "could not be shown" in page.error[0].value
        assert not page.warning


def test_a_failure_before_the_page_has_set_its_language_is_told_in_the_readers():
    def early() -> None:
        from ui import errors

        errors.tell(ValueError("x"))

    page = AppTest.from_function(early)
    page.query_params["lang"] = "zh"
    assert "本页无法显示" in page.run().error[0].value


def test_stopping_a_run_is_no_failure():
    def stopping() -> None:
        import streamlit as st

        from ui import errors

        with errors.shown():
            st.stop()

    page = AppTest.from_function(stopping).run()
    assert not page.error


def test_streamlits_own_entry_of_an_error_is_left_out_and_nothing_else_of_its_log():
    def entry(message: str) -> logging.LogRecord:
        return logging.LogRecord("streamlit.error_util", logging.ERROR, "", 1, message, (), None)

    assert not errors.not_twice(entry("Uncaught app execution"))
    assert errors.not_twice(entry("on_script_error handler raised an exception"))
