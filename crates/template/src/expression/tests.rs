//! What expressions give, refuse and survive.

use serde_json::json;

use super::{EvalError, Expr, Interpolation, Scope};
use crate::date::Date;
use crate::locale::Locale;
use crate::value::{Value, Values};

fn values() -> Values {
    let json = json!({
        "title": "Hello World", "empty": "", "photo": "assets/a.jpg", "price": 89.9, "old_price": 119, "hours": 40,
        "zero": 0, "yes": true, "no": false, "gone": null, "text_number": "49.9", "braces": "{{title}}",
        "speakers": [{"name": "Ada Lovelace", "job": "Analyst"}, {"name": "Grace Hopper"}],
        "brand": {"name": "Jane Doe", "handle": "@jane"}, "flag": "👩‍👩‍👧‍👦!",
    });
    let Value::Map(mut map) = Value::from_json(&json) else { panic!("an object") };
    map.insert("starts".to_owned(), Value::Date(Date::parse("2027-03-18T17:00:00+01:00").expect("a date")));
    map
}

fn text(source: &str) -> (String, Vec<EvalError>) {
    text_in("en", source)
}

fn text_in(language: &str, source: &str) -> (String, Vec<EvalError>) {
    let values = values();
    let mut errors = Vec::new();
    let parsed = Interpolation::parse(source).unwrap_or_else(|error| panic!("{source}: {error}"));
    let value = parsed.evaluate(&Scope::new(&values), Locale::find(language), &mut errors);
    (value.to_text(), errors)
}

#[test]
fn texts_are_filled() {
    let table = [
        ("no tokens } }} {", "no tokens } }} {"),
        ("{{title}}!", "Hello World!"),
        ("{{ brand.name }} · {{brand.handle}}", "Jane Doe · @jane"),
        ("{{missing}}{{missing.deeper}}{{title.part}}", ""),
        ("{{ hours and \" (\" ~ hours ~ \" hours)\" or \"\" }}", " (40 hours)"),
        ("{{ zero and \"x\" or \"none\" }}", "none"),
        (
            "{{ price + 1 }} {{ -price }} {{ old_price - hours * 2 }} {{ hours / 3 | round(2) }}",
            "90.9 -89.9 39 13.3333333333",
        ),
        ("{{ (hours / 3) | round(2) }}", "13.33"),
        ("{{ gone + 1 }}", ""),
        ("{{ \"}} \" ~ '{{' }}", "}} {{"),
        ("{{ braces }}", "{{title}}"),
        ("{{ [1, 2, 3] | join(\"-\") }}", "1-2-3"),
        ("{{ (speakers | first).name }} {{ speakers | length }}", "Ada Lovelace 2"),
        ("{{ yes }} {{ starts }}", "true 2027-03-18T17:00:00+01:00"),
    ];
    for (source, expected) in table {
        assert_eq!(text(source), (expected.to_owned(), Vec::new()), "{source}");
    }
}

#[test]
fn filters_do_what_they_say() {
    let table = [
        ("{{ gone | default(\"you\") }}{{ empty | default(\"you\") }}", "you"),
        ("{{ empty | default(\"you\", true) }}", "you"),
        ("{{ title | upper }} {{ title | lower }}", "HELLO WORLD hello world"),
        ("{{ \"the NASA report\" | title }} {{ \"the END\" | capitalize }}", "The Nasa Report The end"),
        ("{{ \"  x \" | trim }}", "x"),
        (
            "{{ title | truncate(7) }} {{ title | truncate(11) }} {{ title | truncate(5, \"\") }}",
            "Hello… Hello World Hello",
        ),
        ("{{ flag | length }} {{ flag | first | length }}", "2 1"),
        ("{{ title | replace(\"o\", \"0\") }}", "Hell0 W0rld"),
        ("{{ 2.5 | round }} {{ price | round(0) }} {{ text_number | round }}", "3 90 50"),
        ("{{ old_price | number(2) }} {{ 1234567 | number }}", "119.00 1,234,567"),
        ("{{ price | currency(\"EUR\") }} {{ 5 | currency(\"USD\", 0) }}", "€89.90 $5"),
        ("{{ starts | date(\"d MMM yyyy, HH:mm\") }}", "18 Mar 2027, 17:00"),
        ("{{ starts | date(\"HH:mm\", \"+00:00\") }} {{ \"2027-05-02\" | date(\"d/M\") }}", "16:00 2/5"),
        ("{{ speakers | join(\" & \", \"name\") }}", "Ada Lovelace & Grace Hopper"),
        ("{{ title | first }}{{ title | last }}", "Hd"),
        ("{{ \"ada king lovelace\" | initials }} {{ \"ada\" | initials }} {{ \"a b c\" | initials(3) }}", "AL A ABC"),
        ("{{ gone | upper | default(\"x\") }} {{ gone | currency(\"EUR\") }}", "x "),
    ];
    for (source, expected) in table {
        assert_eq!(text(source), (expected.to_owned(), Vec::new()), "{source}");
    }
    assert_eq!(text_in("de", "{{ price | currency(\"EUR\") }}").0, "89,90\u{a0}€");
    assert_eq!(text_in("de", "{{ starts | date(\"EEEE, d. MMMM\") }}").0, "Donnerstag, 18. März");
    assert_eq!(text_in("tr", "{{ \"istanbul\" | upper }}").0, "İSTANBUL");
}

#[test]
fn conditions_hold() {
    let table = [
        ("photo and old_price > price", true),
        ("missing", false),
        ("not missing", true),
        ("empty or gone or zero or no", false),
        ("speakers|length == 2 or speakers|length == 4", true),
        ("missing > 3", false),
        ("missing <= 3", false),
        ("missing == \"\"", true),
        ("title == \"Hello World\" and title != \"hello\"", true),
        ("\"World\" in title", true),
        ("hours in [1, 40]", true),
        ("hours not in [1, 2]", true),
        ("1 < 2 < 3", true),
        ("1 < 3 < 3", false),
        ("starts > \"2027-01-01\"", true),
        ("starts == \"2027-03-18T16:00:00Z\"", true),
        ("none or true", true),
    ];
    let values = values();
    for (source, expected) in table {
        let parsed = Expr::parse(source).unwrap_or_else(|error| panic!("{source}: {error}"));
        let value = parsed.evaluate(&Scope::new(&values), Locale::find("en"));
        assert_eq!(value.map(|value| value.is_true()), Ok(expected), "{source}");
    }
}

#[test]
fn one_token_keeps_its_type() {
    let values = values();
    let run = |source: &str| {
        Interpolation::parse(source).expect(source).evaluate(&Scope::new(&values), Locale::find("en"), &mut Vec::new())
    };
    assert_eq!(run("{{hours}}"), Value::Number(40.0));
    assert_eq!(run("{{ no }}"), Value::Bool(false));
    assert_eq!(run("{{missing}}"), Value::Absent);
    assert_eq!(run("{{hours}} "), Value::Text("40 ".to_owned()));
    assert_eq!(run(""), Value::Text(String::new()));
}

#[test]
fn what_fails_gives_nothing_and_says_why() {
    let table = [
        ("a{{ title - 1 }}b", "ab", "arithmetic takes numbers, not text; '~' joins texts"),
        ("{{ title * 100000000 }}", "", "arithmetic takes numbers"),
        ("{{ 1 / zero }}", "", "divides by zero"),
        ("{{ title > 3 }}", "", "text cannot be compared with a number"),
        ("{{ title | date(\"d\") }}", "", "date takes YYYY-MM-DD or RFC 3339, not 'Hello World'"),
        ("{{ title | number }}", "", "number takes a number, not 'Hello World'"),
        ("{{ price | currency(title) }}", "", "three letters"),
        ("{{ title | truncate(1.5) }}", "", "whole number"),
    ];
    for (source, expected, reason) in table {
        let (value, errors) = text(source);
        assert_eq!(value, expected, "{source}");
        assert_eq!(errors.len(), 1, "{source}");
        assert!(errors[0].message.contains(reason), "{source}: {}", errors[0]);
    }
}

#[test]
fn what_is_not_allowed_is_refused_with_a_hint() {
    let table = [
        ("{% if x %}", "'{%' is refused"),
        ("{# note #}", "'{#' is refused"),
        ("{{ x ", "not closed"),
        ("{{}}", "empty"),
        ("{{ x.y() }}", "calls are refused"),
        ("{{ range(10) }}", "calls are refused"),
        ("{{ x[0] }}", "indexing is refused"),
        ("{{ x[1:2] }}", "indexing is refused"),
        ("{{ \"x\" * 100000000 }}", "arithmetic takes numbers"),
        ("{{ 3 * \"x\" }}", "arithmetic takes numbers"),
        ("{{ 2 ** 9 }}", "refused"),
        ("{{ 7 % 2 }}", "refused"),
        ("{{ x is defined }}", "tests"),
        ("{{ a if b else c }}", "write 'b and a or c'"),
        ("{{ {\"a\": 1} }}", "refused"),
        ("{{ title | uper }}", "did you mean 'upper'?"),
        ("{{ title | tojson }}", "there are default, upper"),
        ("{{ title | truncate }}", "truncate(length)"),
        ("{{ title | upper(1) }}", "is used as upper"),
        ("{{ d | date(\"YYYY\") }}", "not 'Y'"),
        ("{{ d | date(\"yyyy\", \"Europe/Berlin\") }}", "such as +02:00"),
        ("{{ p | currency(\"Euro\") }}", "three letters"),
        ("{{ p | round(digits=2) }}", "without names"),
        ("{{ a b }}", "is no expression"),
        ("{{ a. }}", "is no expression"),
    ];
    for (source, reason) in table {
        let error = Interpolation::parse(source).expect_err(source);
        assert!(error.message.contains(reason), "{source}: {error}");
    }
}

#[test]
fn cost_is_bounded() {
    let long = "x".repeat(super::MAX_SOURCE + 1);
    assert!(Expr::parse(&long).is_err());
    let chain = vec!["a"; 500].join("~");
    assert!(Expr::parse(&chain).expect_err("too deep").message.contains("at most 100 deep"));
    let brackets = "(".repeat(400) + "a" + &")".repeat(400);
    assert!(Expr::parse(&brackets).is_err());
    assert!(Expr::parse(&("not ".repeat(450) + "a")).is_err());

    let values = Values::from([("a".to_owned(), Value::Text("x".repeat(250_000)))]);
    let run = |source: &str| Expr::parse(source).expect(source).evaluate(&Scope::new(&values), Locale::find("en"));
    let error = run("a~a~a~a~a").expect_err("too much");
    assert!(error.message.contains("more than 1000000 bytes"), "{error}");
    assert!(run("a | replace(\"x\", a)").is_err());
    let mut errors = Vec::new();
    let parsed = Interpolation::parse(&"{{a}} ".repeat(5)).expect("it parses");
    assert_eq!(parsed.evaluate(&Scope::new(&values), Locale::find("en"), &mut errors), Value::Absent);
    assert_eq!(errors.len(), 1);
}

#[test]
fn names_are_found() {
    let parsed =
        Interpolation::parse("{{ s.name | default(brand.name) }} {{ [a, b] | join(c) }}{{ not d and -e < f }}")
            .expect("it parses");
    assert_eq!(parsed.names().into_iter().collect::<Vec<_>>(), ["a", "b", "brand", "c", "d", "e", "f", "s"]);
    let paths: Vec<String> = parsed.expressions().flat_map(Expr::paths).map(|path| path.join(".")).collect();
    assert_eq!(paths, ["s.name", "brand.name", "a", "b", "c", "d", "e", "f"]);
    assert_eq!(Expr::parse("a.b").expect("it parses").as_path().map(|path| path.join("/")).as_deref(), Some("a/b"));
}

#[test]
fn escaped_text_means_itself() {
    for literal in ["plain", "{{title}}", "{% x %}", "{# x #}", "{{{", "a { b } {{", "\"{{\" \\ '"] {
        let escaped = Interpolation::escape(literal);
        assert_eq!(text(&escaped).0, literal, "{escaped}");
    }
}

#[test]
fn inner_names_hide_outer_ones() {
    let outer = Values::from([("a".to_owned(), Value::from(1.0)), ("b".to_owned(), Value::from(2.0))]);
    let inner = Values::from([("a".to_owned(), Value::Absent)]);
    let outer_scope = Scope::new(&outer);
    let scope = Scope::inside(&inner, &outer_scope);
    assert_eq!(scope.get("a"), Some(&Value::Absent));
    assert_eq!(scope.get("b"), Some(&Value::Number(2.0)));
    assert_eq!(scope.get("c"), None);
}
