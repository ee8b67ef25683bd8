from pathlib import Path

from portal.run.install.trimming import classes, trimmed, used_words

SHEET = (
    '@charset "utf-8";:root{--a:1}.card{x:1}.card,.unused{x:2}.card .unused{x:3}.btn:not(.unused){x:4}'
    "@media (min-width:1px){.card{x:5}.unused{x:6}}@media print{.unused{x:7}}@keyframes turn{to{x:8}}"
    r".w-50\%{x:9}.is-on\.five{x:10}a,b{x:11}:is(.card,.btn) b{x:12}"
)


def test_it_keeps_what_a_page_may_use_and_drops_the_rest() -> None:
    kept = trimmed(SHEET, {"card", "btn", "w-50%", "is-on"})
    assert kept == (
        '@charset "utf-8";:root{--a:1}.card{x:1}.card{x:2}.btn:not(.unused){x:4}'
        "@media (min-width:1px){.card{x:5}}@keyframes turn{to{x:8}}"
        r".w-50\%{x:9}a,b{x:11}:is(.card,.btn) b{x:12}"
    )


def test_it_knows_every_class_of_a_sheet() -> None:
    assert classes(SHEET) == {"card", "unused", "btn", "w-50%", "is-on.five"}


def test_a_class_counts_wherever_a_source_names_it(tmp_path: Path) -> None:
    for folder, name, text in [
        ("templates/fleet", "a.html", '<div class="row g-2 w-50% {{ one }}">'),
        ("static/js/console", "b.js", 'box.className = "form-control copy-box";'),
        ("portal", "c.py", 'attrs={"class": "form-select"}'),
    ]:
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / name).write_text(text)
    script = tmp_path / "tabler.js"
    script.write_text('this.add("collapsing")')
    found = used_words(tmp_path, [script])
    assert {"row", "g-2", "w-50%", "form-control", "copy-box", "form-select", "collapsing"} <= found
    assert "modal" not in found
