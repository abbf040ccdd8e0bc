//! The page at `/docs` works under a strict content policy and turns no text into markup. That it works
//! at all is seen in a browser; these are the mistakes that a change could make unseen.

use purlin_codegen::docs::{HTML, SCRIPT, STYLE};

#[track_caller]
fn check_absent(name: &str, text: &str, forbidden: &[&str]) {
    for word in forbidden {
        assert!(!text.contains(word), "{name} holds {word:?}");
    }
}

#[test]
fn nothing_is_inline() {
    assert_eq!(HTML.matches("<script").count(), 1);
    assert!(HTML.contains("<script type=\"module\" src=\"/docs/app.js\"></script>"));
    assert!(HTML.contains("<link rel=\"stylesheet\" href=\"/docs/style.css\">"));
    check_absent("the page", HTML, &["<style", "style=", "onclick=", "onload=", "javascript:"]);
}

#[test]
fn nothing_comes_from_elsewhere() {
    let own = SCRIPT.replace("https://example.com", "");
    for (name, text) in [("the page", HTML), ("the script", own.as_str()), ("the style", STYLE)] {
        check_absent(name, text, &["http://", "https://", "@import", "import(", "src=\"//", "href=\"//"]);
    }
    check_absent("the style", STYLE, &["url("]);
}

#[test]
fn no_text_becomes_markup() {
    check_absent(
        "the script",
        SCRIPT,
        &[
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "eval(",
            "new Function",
            "srcdoc",
            "DOMParser",
        ],
    );
}

/// The token is for this tab: it never goes where other tabs or later visits find it.
#[test]
fn the_token_is_kept_in_the_tab() {
    assert!(SCRIPT.contains("sessionStorage, \"purlin-docs-token\""));
    check_absent("the script", SCRIPT, &["localStorage, \"purlin-docs-token\"", "document.cookie"]);
}
