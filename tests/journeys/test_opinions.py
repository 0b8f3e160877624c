"""One department asks another for its opinion, which answers from its own list."""

from tests.journeys.conftest import Visit

OFFICER = "chuyenvien1.tainguyen"
COLLEAGUE = "chuyenvien1.taichinh"
COLLEAGUES_PLACE = "H26.91.03"
QUESTION = "Đề nghị cho ý kiến về nguồn kinh phí."
ANSWER = "Thống nhất, kinh phí đã có."


def test_an_opinion_is_asked_for_given_and_read(visit: Visit, language: str) -> None:
    officer = visit(OFFICER, language=language).open("/desk?state=4")
    code = officer.main.locator("a.code").first.inner_text()
    officer.follow(code).follow("Xin ý kiến cơ quan khác")
    officer.field("Cơ quan được hỏi").select_option(COLLEAGUES_PLACE)
    officer.save(status=422)
    assert officer.say("Hãy ghi nội dung cần cho ý kiến.") in officer.text
    officer.field("Nội dung cần cho ý kiến").fill(QUESTION)
    officer.save()
    assert QUESTION in officer.text

    colleague = visit(COLLEAGUE, language=language).open("/tasks").follow("Ý kiến")
    colleague.follow(code).follow("Trả lời ý kiến")
    colleague.field("Ý kiến trả lời").fill(ANSWER)
    colleague.save()
    assert colleague.page.url.endswith("/opinions"), "the dossier is out of sight again"
    colleague.open("/opinions?view=ended")
    assert ANSWER in colleague.text

    officer.open(f"/dossiers/{code}")
    assert ANSWER in officer.text
