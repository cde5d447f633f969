//! Inline markup: `**bold**`, `*italic*`, `==mark==`, `~~strike~~`, `` `code` ``, `[text](url)`, backslash escapes.
//!
//! Markup is read once, from left to right, in linear time. A delimiter without a partner stands for itself.

use crate::document::MarkName;

/// A piece of text and how it is marked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarkedSpan {
    pub text: String,
    pub marks: Marks,
    /// The address as it is written; whether it may be followed is for others to say.
    pub link: Option<String>,
}

/// The marks on a piece of text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Marks {
    pub bold: bool,
    pub italic: bool,
    pub mark: bool,
    pub strike: bool,
    pub code: bool,
}

impl Marks {
    /// The names of the marks that are set, in the order in which their styles lie over each other.
    pub fn names(self) -> impl Iterator<Item = MarkName> {
        let set = [
            (self.bold, MarkName::Bold),
            (self.italic, MarkName::Italic),
            (self.mark, MarkName::Mark),
            (self.strike, MarkName::Strike),
            (self.code, MarkName::Code),
        ];
        set.into_iter().filter_map(|(is_set, name)| is_set.then_some(name))
    }

    fn set(&mut self, kind: Kind, on: bool) {
        match kind {
            Kind::Bold => self.bold = on,
            Kind::Italic => self.italic = on,
            Kind::Mark => self.mark = on,
            Kind::Strike => self.strike = on,
            Kind::Link => {}
        }
    }
}

/// Longest address of a link, in bytes.
const MAX_URL: usize = 2000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Bold,
    Italic,
    Mark,
    Strike,
    Link,
}

#[derive(Debug)]
enum Token {
    Text(String),
    Code(String),
    /// A delimiter as it is written; `pair` is set once its partner is found.
    Delimiter {
        kind: Kind,
        text: &'static str,
        pair: Option<Pair>,
    },
}

#[derive(Debug)]
enum Pair {
    Opens,
    OpensLink(String),
    Closes,
}

/// Reads a text with inline markup. Empty pieces are left out.
pub fn parse(source: &str) -> Vec<MarkedSpan> {
    let mut reader = Reader {
        source,
        at: 0,
        tokens: Vec::new(),
        open: Vec::new(),
        last_tick: source.rfind('`'),
        last_parenthesis: source.rfind(')'),
    };
    while reader.at < source.len() {
        reader.step();
    }
    spans(reader.tokens)
}

struct Reader<'a> {
    source: &'a str,
    at: usize,
    tokens: Vec<Token>,
    /// Openers without a partner yet: index of the token and its kind; each kind at most once.
    open: Vec<(usize, Kind)>,
    last_tick: Option<usize>,
    last_parenthesis: Option<usize>,
}

impl Reader<'_> {
    fn step(&mut self) {
        let rest = &self.source[self.at..];
        let Some(letter) = rest.chars().next() else { return };
        match letter {
            '\\' => self.escape(rest),
            '`' => self.code(rest),
            '*' if is_odd_run(rest) && self.closes(rest, Kind::Italic, "*") && self.is_innermost(Kind::Italic) => {
                self.delimiter(Kind::Italic, "*");
            }
            '*' if rest.starts_with("**") => self.delimiter(Kind::Bold, "**"),
            '*' => self.delimiter(Kind::Italic, "*"),
            '=' if rest.starts_with("==") => self.delimiter(Kind::Mark, "=="),
            '~' if rest.starts_with("~~") => self.delimiter(Kind::Strike, "~~"),
            '[' if !self.is_open(Kind::Link) => self.push_opener(Kind::Link, "["),
            ']' if self.is_open(Kind::Link) => self.close_link(rest),
            letter => {
                self.push_text(letter);
                self.at += letter.len_utf8();
            }
        }
    }

    fn push_text(&mut self, letter: char) {
        match self.tokens.last_mut() {
            Some(Token::Text(text)) => text.push(letter),
            _ => self.tokens.push(Token::Text(letter.to_string())),
        }
    }

    fn escape(&mut self, rest: &str) {
        match rest.chars().nth(1).filter(char::is_ascii_punctuation) {
            Some(escaped) => {
                self.push_text(escaped);
                self.at += 2;
            }
            None => {
                self.push_text('\\');
                self.at += 1;
            }
        }
    }

    fn code(&mut self, rest: &str) {
        let end = if self.last_tick > Some(self.at) { rest[1..].find('`') } else { None };
        match end.filter(|end| *end > 0) {
            Some(end) => {
                self.tokens.push(Token::Code(rest[1..=end].to_owned()));
                self.at += end + 2;
            }
            None => {
                self.push_text('`');
                self.at += 1;
            }
        }
    }

    fn is_open(&self, kind: Kind) -> bool {
        self.open.iter().any(|(_, open)| *open == kind)
    }

    fn is_innermost(&self, kind: Kind) -> bool {
        self.open.last().is_some_and(|(_, open)| *open == kind)
    }

    /// A closer stands behind something that is no blank, and its opener is open and not right before it.
    fn closes(&self, rest: &str, kind: Kind, text: &str) -> bool {
        let before = self.source[..self.at].chars().next_back();
        let has_content = |(token, open): &(usize, Kind)| *open == kind && token + 1 < self.tokens.len();
        rest.starts_with(text)
            && self.open.iter().any(has_content)
            && before.is_some_and(|letter| !letter.is_whitespace())
    }

    fn delimiter(&mut self, kind: Kind, text: &'static str) {
        let rest = &self.source[self.at..];
        let after = rest[text.len()..].chars().next();
        if self.closes(rest, kind, text) {
            self.close(kind, Pair::Opens);
            self.tokens.push(Token::Delimiter { kind, text, pair: Some(Pair::Closes) });
            self.at += text.len();
        } else if !self.is_open(kind) && after.is_some_and(|letter| !letter.is_whitespace()) {
            self.push_opener(kind, text);
        } else {
            text.chars().for_each(|letter| self.push_text(letter));
            self.at += text.len();
        }
    }

    fn push_opener(&mut self, kind: Kind, text: &'static str) {
        self.open.push((self.tokens.len(), kind));
        self.tokens.push(Token::Delimiter { kind, text, pair: None });
        self.at += text.len();
    }

    /// Gives the opener its partner; openers inside that are still alone stand for themselves.
    fn close(&mut self, kind: Kind, with: Pair) {
        while let Some((token, open)) = self.open.pop() {
            if open == kind {
                if let Token::Delimiter { pair, .. } = &mut self.tokens[token] {
                    *pair = Some(with);
                }
                return;
            }
        }
    }

    fn close_link(&mut self, rest: &str) {
        let inside = rest.strip_prefix("](").filter(|_| self.last_parenthesis > Some(self.at));
        let url = inside.and_then(|inside| {
            let end = inside.char_indices().take(MAX_URL).find(|(_, c)| *c == ')' || c.is_whitespace())?;
            (inside[end.0..].starts_with(')') && end.0 > 0).then_some(&inside[..end.0])
        });
        match url {
            Some(url) => {
                self.close(Kind::Link, Pair::OpensLink(url.to_owned()));
                self.tokens.push(Token::Delimiter { kind: Kind::Link, text: "]", pair: Some(Pair::Closes) });
                self.at += url.len() + 3;
            }
            None => {
                self.open.retain(|(_, kind)| *kind != Kind::Link);
                self.push_text(']');
                self.at += 1;
            }
        }
    }
}

/// One star, or three: where italic and bold end together, italic, the inner one, ends first.
fn is_odd_run(rest: &str) -> bool {
    matches!(rest.bytes().take(4).take_while(|byte| *byte == b'*').count(), 1 | 3)
}

fn spans(tokens: Vec<Token>) -> Vec<MarkedSpan> {
    let mut spans: Vec<MarkedSpan> = Vec::new();
    let mut marks = Marks::default();
    let mut link: Option<String> = None;
    let mut push = |text: String, marks: Marks, link: &Option<String>| match spans.last_mut() {
        Some(last) if last.marks == marks && last.link == *link => last.text.push_str(&text),
        _ => spans.push(MarkedSpan { text, marks, link: link.clone() }),
    };
    for token in tokens {
        match token {
            Token::Text(text) => push(text, marks, &link),
            Token::Code(text) => push(text, Marks { code: true, ..marks }, &link),
            Token::Delimiter { kind, pair: Some(Pair::Opens), .. } => marks.set(kind, true),
            Token::Delimiter { pair: Some(Pair::OpensLink(url)), .. } => link = Some(url),
            Token::Delimiter { kind: Kind::Link, pair: Some(Pair::Closes), .. } => link = None,
            Token::Delimiter { kind, pair: Some(Pair::Closes), .. } => marks.set(kind, false),
            Token::Delimiter { text, pair: None, .. } => push(text.to_owned(), marks, &link),
        }
    }
    spans
}

#[cfg(test)]
mod tests {
    use super::parse;

    /// Spans as `text` or `text<bi>` or `text<url>`, joined by `|`.
    fn shown(source: &str) -> String {
        let show = |span: super::MarkedSpan| {
            let marks: String =
                span.marks.names().map(|mark| format!("{mark:?}").chars().next().unwrap_or('?')).collect();
            let marks = marks.to_lowercase() + span.link.as_deref().unwrap_or_default();
            if marks.is_empty() { span.text } else { format!("{}<{marks}>", span.text) }
        };
        parse(source).into_iter().map(show).collect::<Vec<_>>().join("|")
    }

    #[test]
    fn reads_marks() {
        let table = [
            ("plain", "plain"),
            ("", ""),
            ("a **b** c", "a |b<b>| c"),
            ("*i* ==m== ~~s~~ `c`", "i<i>| |m<m>| |s<s>| |c<c>"),
            ("**a *b* c**", "a <b>|b<bi>| c<b>"),
            ("***both***", "both<bi>"),
            ("*a **b** c*", "a <i>|b<bi>| c<i>"),
            ("[Site](https://a.example/x?y=1) now", "Site<https://a.example/x?y=1>| now"),
            ("**[a *b*](u)**", "a <bu>|b<biu>"),
            ("`**raw**`", "**raw**<c>"),
            ("**b** and **c**", "b<b>| and |c<b>"),
            ("one\n**two**", "one\n|two<b>"),
        ];
        for (source, expected) in table {
            assert_eq!(shown(source), expected, "{source}");
        }
    }

    #[test]
    fn what_has_no_partner_stands_for_itself() {
        for source in [
            "5 * 3 * 2",
            "a ** b",
            "**open",
            "==",
            "a == b",
            "`tick",
            "``",
            "[x]",
            "[x](",
            "[x](a b)",
            "[x]()",
            "]",
            "x\\",
            "snake_case_name",
            "~ ~~",
            "* item",
        ] {
            assert_eq!(shown(source), source);
        }
        assert_eq!(shown("**a *b**"), "a *b<b>");
        assert_eq!(shown("[a] [b](u)"), "[a] |b<u>");
    }

    #[test]
    fn escapes_take_the_meaning_away() {
        assert_eq!(shown(r"\*a\* \[b\](c) \\ \`"), r"*a* [b](c) \ `");
        assert_eq!(shown(r"**a\*\*b**"), "a**b<b>");
        assert_eq!(shown(r"C:\dir"), r"C:\dir");
    }

    #[test]
    fn hostile_text_takes_linear_time() {
        for piece in ["*", "**", "[", "](", "`", "==", "*a", "[*a](", "**a*"] {
            let source = piece.repeat(100_000);
            assert!(!parse(&source).is_empty(), "{piece}");
        }
    }
}
