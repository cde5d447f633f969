//! A paragraph cut into runs that are shaped as one: of one direction, script, face and shaping style.

use std::ops::Range;

use icu_properties::props::Script;
use parley_engine::Analysis;

use super::choose::{Choice, Chooser};
use super::source::Source;
use super::style::Style;

/// A run to shape.
#[derive(Debug, Clone)]
pub(super) struct Item {
    /// Bytes of the paragraph.
    pub(super) range: Range<usize>,
    /// The style of its first cluster; the others shape like it.
    pub(super) style: u16,
    /// The bidi level: odd runs from right to left.
    pub(super) level: u8,
    pub(super) script: Script,
    pub(super) choice: Choice,
}

/// What is noted about each grapheme cluster while it is given its face.
#[derive(Debug, Clone, Copy)]
pub(super) struct GraphemeStart {
    pub(super) byte: usize,
    /// A line may begin here.
    pub(super) may_wrap: bool,
}

/// The items of a paragraph, its graphemes, and the clusters that no face has.
#[derive(Debug, Default)]
pub(super) struct Itemized {
    pub(super) items: Vec<Item>,
    pub(super) graphemes: Vec<GraphemeStart>,
    pub(super) missing: Vec<String>,
}

pub(super) fn itemize(source: &Source, analysis: &Analysis, styles: &[Style], chooser: &mut Chooser) -> Itemized {
    let infos = analysis.char_info();
    let levels = analysis.bidi_levels();
    let mut scripts = Scripts::new(analysis);
    let mut found = Itemized::default();
    let mut style_starts = source.styles.iter().peekable();
    let mut style = 0;
    let mut cluster: Vec<char> = Vec::new();
    let mut characters = source.text.char_indices().enumerate().peekable();
    while let Some((index, (byte, first))) = characters.next() {
        while let Some(&&(_, number)) = style_starts.peek().filter(|&&&(start, _)| start <= byte) {
            style = number;
            style_starts.next();
        }
        cluster.clear();
        cluster.push(first);
        let script = scripts.of(infos[index].script);
        while let Some((_, (_, next))) = characters.next_if(|&(at, _)| !infos[at].is_grapheme_start()) {
            cluster.push(next);
        }
        let end = characters.peek().map_or(source.text.len(), |&(_, (byte, _))| byte);
        let level = levels.get(index).copied().unwrap_or(analysis.paragraph_level()).to_u8();
        let cluster_infos = &infos[index..index + cluster.len()];
        let choice = chooser.choose(&styles[usize::from(style)], &cluster, cluster_infos, script);
        if choice.missing {
            note_missing(&mut found.missing, &source.text[byte..end]);
        }
        found.graphemes.push(GraphemeStart { byte, may_wrap: infos[index].is_soft_wrap_opportunity() });
        add(&mut found.items, Item { range: byte..end, style, level, script, choice }, styles);
    }
    found
}

/// Lengthens the last run, or begins a new one.
fn add(items: &mut Vec<Item>, item: Item, styles: &[Style]) {
    let key = |style: u16| styles[usize::from(style)].shape_key;
    match items.last_mut() {
        Some(last)
            if last.level == item.level
                && last.script == item.script
                && last.choice.found == item.choice.found
                && key(last.style) == key(item.style) =>
        {
            last.range.end = item.range.end;
        }
        _ => items.push(item),
    }
}

/// Missing clusters that are named; nobody reads more.
const MAX_MISSING: usize = 500;

pub(super) fn note_missing(missing: &mut Vec<String>, cluster: &str) {
    if missing.len() < MAX_MISSING && !missing.iter().any(|known| known == cluster) {
        missing.push(cluster.to_owned());
    }
}

/// Characters without a script of their own (spaces, digits, punctuation) take that of the text before them, and at the
/// beginning that of the first that has one.
struct Scripts {
    current: Script,
}

impl Scripts {
    fn new(analysis: &Analysis) -> Scripts {
        let first = analysis.char_info().iter().map(|info| info.script).find(|&script| is_real(script));
        Scripts { current: first.unwrap_or(Script::Latin) }
    }

    fn of(&mut self, script: Script) -> Script {
        if is_real(script) {
            self.current = script;
        }
        self.current
    }
}

fn is_real(script: Script) -> bool {
    !matches!(script, Script::Common | Script::Inherited | Script::Unknown)
}
