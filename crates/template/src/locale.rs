//! Names, numbers and money as a language writes them. The facts are in `locale/cldr.txt`; nothing is read at run time.

use std::sync::LazyLock;

use crate::date::Date;

/// How one language, or one country's form of it, writes numbers and dates.
#[derive(Debug)]
pub struct Locale {
    tag: &'static str,
    months: Vec<&'static str>,
    short_months: Vec<&'static str>,
    days: Vec<&'static str>,
    short_days: Vec<&'static str>,
    periods: Vec<&'static str>,
    zero: char,
    decimal: &'static str,
    group: &'static str,
    minus: &'static str,
    /// Digits of the group next to the decimal point, of the others, and before the first separator at least.
    grouping: [usize; 3],
    money: &'static str,
    negative_money: &'static str,
    symbols: Vec<(&'static str, &'static str)>,
}

static LOCALES: LazyLock<Vec<Locale>> = LazyLock::new(|| {
    include_str!("locale/cldr.txt").lines().filter(|line| !line.starts_with('#')).map(read_line).collect()
});

/// Currencies that are not counted in hundredths, as the CLDR has them.
const DECIMALS: [(&str, usize); 17] = [
    ("BHD", 3),
    ("CLP", 0),
    ("COP", 0),
    ("HUF", 0),
    ("IDR", 0),
    ("ISK", 0),
    ("JOD", 3),
    ("JPY", 0),
    ("KRW", 0),
    ("KWD", 3),
    ("OMR", 3),
    ("PKR", 0),
    ("PYG", 0),
    ("TND", 3),
    ("UGX", 0),
    ("VND", 0),
    ("XAF", 0),
];

fn read_line(line: &'static str) -> Locale {
    let column: Vec<&str> = line.split('\t').collect();
    let list = |n: usize| column[n].split('|').collect::<Vec<_>>();
    let grouping: Vec<usize> = list(10).iter().filter_map(|text| text.parse().ok()).collect();
    Locale {
        tag: column[0],
        months: list(1),
        short_months: list(2),
        days: list(3),
        short_days: list(4),
        periods: list(5),
        zero: column[6].chars().next().unwrap_or('0'),
        decimal: column[7],
        group: column[8],
        minus: column[9],
        grouping: [grouping[0], grouping[1], grouping[2]],
        money: column[11],
        negative_money: column[12],
        symbols: column[13].split(' ').filter_map(|pair| pair.split_once('=')).collect(),
    }
}

impl Locale {
    /// The locale of a BCP 47 tag: exact, else its language's, else English.
    pub fn find(tag: &str) -> &'static Locale {
        let tag = tag.replace('_', "-");
        let language = tag.split('-').next().unwrap_or_default();
        let language = match language {
            "no" | "nn" => "nb",
            "iw" => "he",
            "in" => "id",
            other => other,
        };
        let traditional = language == "zh" && ["TW", "HK", "MO", "Hant"].iter().any(|part| tag.contains(part));
        let named = |wanted: &str| LOCALES.iter().find(|locale| locale.tag.eq_ignore_ascii_case(wanted));
        (if traditional { named("zh-Hant") } else { named(&tag) })
            .or_else(|| named(language))
            .or_else(|| named("en"))
            .unwrap_or(&LOCALES[0])
    }

    /// A number with this language's separators and digits. Without `decimals`: as many as it needs, at most 3.
    pub fn number(&self, value: f64, decimals: Option<usize>) -> String {
        let text = self.magnitude(value, decimals);
        if is_negative(value, &text) { format!("{}{text}", self.minus) } else { text }
    }

    /// An amount of money; `code` is ISO 4217, such as EUR. Without `decimals`: what the currency is counted in.
    pub fn currency(&self, value: f64, code: &str, decimals: Option<usize>) -> String {
        let code = code.to_ascii_uppercase();
        let usual = DECIMALS.iter().find(|(name, _)| *name == code).map_or(2, |(_, decimals)| *decimals);
        let number = self.magnitude(value, Some(decimals.unwrap_or(usual)));
        let symbol = self.symbols.iter().find(|(name, _)| *name == code).map_or(code.as_str(), |(_, symbol)| symbol);
        let pattern = if is_negative(value, &number) { self.negative_money } else { self.money };
        // A code in letters needs a space where a sign does not: CHF 5, but $5.
        let symbol = match (symbol.ends_with(char::is_alphabetic), symbol.starts_with(char::is_alphabetic)) {
            (true, _) if pattern.contains("¤n") => format!("{symbol}\u{a0}"),
            (_, true) if pattern.contains("n¤") => format!("\u{a0}{symbol}"),
            _ => symbol.to_owned(),
        };
        pattern.replace('-', self.minus).replace('n', &number).replace('¤', &symbol)
    }

    /// A date by a CLDR pattern of the letters `y M d E H h m a`; `'quoted'` text and signs stand for themselves.
    pub fn date(&self, date: &Date, pattern: &str) -> Result<String, PatternError> {
        let mut text = String::new();
        for part in pattern_parts(pattern)? {
            match part {
                PatternPart::Literal(literal) => text.push_str(&literal),
                PatternPart::Field(letter, count) => text.push_str(&self.date_field(date, letter, count)),
            }
        }
        Ok(text)
    }

    /// Capital letters, with the dotted İ of Turkish.
    pub fn upper(&self, text: &str) -> String {
        if self.tag == "tr" { text.replace('i', "İ").to_uppercase() } else { text.to_uppercase() }
    }

    /// Small letters, with the dotless ı of Turkish.
    pub fn lower(&self, text: &str) -> String {
        if self.tag == "tr" { text.replace('I', "ı").replace('İ', "i").to_lowercase() } else { text.to_lowercase() }
    }

    fn date_field(&self, date: &Date, letter: char, count: usize) -> String {
        let (hour, minute) = date.time.map_or((0, 0), |time| (time.hour, time.minute));
        let padded = |number: u32| self.localized(&format!("{number:0count$}"));
        match letter {
            'y' if count == 2 => self.localized(&format!("{:02}", date.year.rem_euclid(100))),
            'y' => self.localized(&format!("{:0count$}", date.year)),
            'M' if count == 3 => self.short_months[usize::from(date.month) - 1].to_owned(),
            'M' if count > 3 => self.months[usize::from(date.month) - 1].to_owned(),
            'M' => padded(u32::from(date.month)),
            'd' => padded(u32::from(date.day)),
            'E' if count > 3 => self.days[date.weekday()].to_owned(),
            'E' => self.short_days[date.weekday()].to_owned(),
            'H' => padded(u32::from(hour)),
            'h' => padded(if hour % 12 == 0 { 12 } else { u32::from(hour % 12) }),
            'm' => padded(u32::from(minute)),
            _ => self.periods[usize::from(hour >= 12)].to_owned(),
        }
    }

    fn magnitude(&self, value: f64, decimals: Option<usize>) -> String {
        let mut text = format!("{:.*}", decimals.unwrap_or(3), value.abs());
        if decimals.is_none() {
            text = text.trim_end_matches('0').trim_end_matches('.').to_owned();
        }
        let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
        let mut grouped = self.grouped(whole);
        if !fraction.is_empty() {
            grouped.push_str(self.decimal);
            grouped.push_str(fraction);
        }
        self.localized(&grouped)
    }

    fn grouped(&self, whole: &str) -> String {
        let [primary, secondary, minimum] = self.grouping;
        if whole.len() < primary + minimum {
            return whole.to_owned();
        }
        let mut head = &whole[..whole.len() - primary];
        let mut groups = vec![&whole[whole.len() - primary..]];
        while head.len() > secondary {
            groups.push(&head[head.len() - secondary..]);
            head = &head[..head.len() - secondary];
        }
        groups.push(head);
        groups.reverse();
        groups.join(self.group)
    }

    fn localized(&self, digits: &str) -> String {
        if self.zero == '0' {
            return digits.to_owned();
        }
        let shift = |c: char| c.to_digit(10).and_then(|digit| char::from_u32(self.zero as u32 + digit)).unwrap_or(c);
        digits.chars().map(shift).collect()
    }
}

/// Minus zero and what rounds to zero have no sign.
fn is_negative(value: f64, magnitude: &str) -> bool {
    value < 0.0 && magnitude.chars().any(|c| c.is_numeric() && !matches!(c, '0' | '٠' | '۰' | '०' | '০'))
}

/// A date pattern that says what it cannot.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    #[error("a date pattern has the letters y M d E H h m a, not '{0}'; put other text in 'quotes'")]
    Letter(char),
    #[error("a quote in the date pattern is not closed")]
    Quote,
}

/// Says whether a date pattern can be used.
pub fn check_date_pattern(pattern: &str) -> Result<(), PatternError> {
    pattern_parts(pattern).map(|_| ())
}

enum PatternPart {
    Literal(String),
    Field(char, usize),
}

fn pattern_parts(pattern: &str) -> Result<Vec<PatternPart>, PatternError> {
    let mut parts = Vec::new();
    let mut letters = pattern.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\'' if letters.next_if_eq(&'\'').is_some() => parts.push(PatternPart::Literal("'".to_owned())),
            '\'' => {
                let mut quoted = String::new();
                loop {
                    match letters.next() {
                        Some('\'') if letters.next_if_eq(&'\'').is_some() => quoted.push('\''),
                        Some('\'') => break,
                        Some(other) => quoted.push(other),
                        None => return Err(PatternError::Quote),
                    }
                }
                parts.push(PatternPart::Literal(quoted));
            }
            'y' | 'M' | 'd' | 'E' | 'H' | 'h' | 'm' | 'a' => {
                let mut count = 1;
                while letters.next_if_eq(&letter).is_some() {
                    count += 1;
                }
                parts.push(PatternPart::Field(letter, count.min(9)));
            }
            letter if letter.is_ascii_alphabetic() => return Err(PatternError::Letter(letter)),
            other => parts.push(PatternPart::Literal(other.to_string())),
        }
    }
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use super::Locale;
    use crate::date::Date;

    #[test]
    fn writes_numbers() {
        let table = [
            ("en", 1_234_567.5, None, "1,234,567.5"),
            ("de", 1234.0, None, "1.234"),
            ("de-DE", 0.5, Some(2), "0,50"),
            ("fr", 1234.5, None, "1\u{202f}234,5"),
            ("es", 1234.5, None, "1234,5"),
            ("es", 12345.0, None, "12.345"),
            ("pl", 1234.0, None, "1234"),
            ("hi", 1_234_567.0, None, "12,34,567"),
            ("de-CH", 1234.5, None, "1'234.5"),
            ("fa", 12.5, None, "۱۲٫۵"),
            ("sv", -3.0, None, "−3"),
            ("en", -0.0001, None, "0"),
            ("xx", 1000.0, None, "1,000"),
        ];
        for (tag, value, decimals, expected) in table {
            assert_eq!(Locale::find(tag).number(value, decimals), expected, "{tag} {value}");
        }
    }

    #[test]
    fn writes_money() {
        let table = [
            ("en", 89.9, "EUR", "€89.90"),
            ("en", -5.0, "USD", "-$5.00"),
            ("en", 5.0, "CHF", "CHF\u{a0}5.00"),
            ("de", 1119.0, "EUR", "1.119,00\u{a0}€"),
            ("de", 5.0, "chf", "5,00\u{a0}CHF"),
            ("nl", -5.0, "EUR", "€\u{a0}-5,00"),
            ("ja", 1980.4, "JPY", "￥1,980"),
            ("pl", 25.0, "PLN", "25,00\u{a0}zł"),
            ("sv", -2.0, "SEK", "−2,00\u{a0}kr"),
            ("en-GB", 5.0, "USD", "US$5.00"),
        ];
        for (tag, value, code, expected) in table {
            assert_eq!(Locale::find(tag).currency(value, code, None), expected, "{tag} {code}");
        }
    }

    #[test]
    fn writes_dates() {
        let date = Date::parse("2027-03-18T17:05:00+01:00").expect("a date");
        let table = [
            ("en", "d MMMM yyyy", "18 March 2027"),
            ("en", "EEEE, d MMM yy · h:mm a", "Thursday, 18 Mar 27 · 5:05 PM"),
            ("de", "EEEE, d. MMMM yyyy 'um' HH:mm 'Uhr'", "Donnerstag, 18. März 2027 um 17:05 Uhr"),
            ("fr", "E d MMMM", "jeu. 18 mars"),
            ("ru", "d MMMM y", "18 марта 2027"),
            ("cs", "d. MMM", "18. bře"),
            ("ja", "y年M月d日(E)", "2027年3月18日(木)"),
            ("zh-TW", "EEE", "週四"),
            ("pt-BR", "dd/MM/yyyy", "18/03/2027"),
            ("fa", "d MMMM", "۱۸ مارس"),
            ("en", "'o''clock' ''", "o'clock '"),
        ];
        for (tag, pattern, expected) in table {
            assert_eq!(Locale::find(tag).date(&date, pattern).as_deref(), Ok(expected), "{tag} {pattern}");
        }
        for pattern in ["dd.MM.YYYY", "HH:mm:ss", "'open"] {
            assert!(Locale::find("en").date(&date, pattern).is_err(), "{pattern}");
        }
    }

    #[test]
    fn knows_every_language_of_the_table() {
        assert!(super::LOCALES.len() > 50);
        for locale in super::LOCALES.iter() {
            let counts = [locale.months.len(), locale.short_months.len(), locale.days.len(), locale.short_days.len()];
            assert_eq!(counts, [12, 12, 7, 7], "{}", locale.tag);
            assert_eq!(locale.periods.len(), 2);
            assert!(locale.money.contains('n') && locale.money.contains('¤'), "{}", locale.tag);
            assert_eq!(Locale::find(locale.tag).tag, locale.tag);
        }
    }
}
