import pytest

from planning.ui.markup import plain


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Café St. Anna", "Café St. Anna"),
        ("[Haus](x) *neu*", r"\[Haus\]\(x\) \*neu\*"),
        ("www.haus.example", "www\u2060.haus.example"),
        ("WWW.haus.example", "WWW\u2060.haus.example"),
        ("post@haus.example", "post\u2060@haus.example"),
        ("https://haus.example", r"https\://haus.example"),
        ("<script>", r"\<script\>"),
    ],
)
def test_no_text_from_data_becomes_a_link_or_a_sign(text, shown):
    assert plain(text) == shown
