//! Bookmarks: one per page, so that viewers list the slides and jump to them.

use krilla::destination::XyzDestination;
use krilla::geom::Point;
use krilla::outline::{Outline, OutlineNode};

/// A bookmark for each page: the slide's name, else the page's heading, else the page's number.
#[derive(Default)]
pub(super) struct Bookmarks {
    titles: Vec<String>,
}

impl Bookmarks {
    pub(super) fn next_page(&mut self, name: Option<&str>, heading: Option<&str>) {
        let number = self.titles.len() + 1;
        let title = name.or(heading).map_or_else(|| number.to_string(), shortened);
        self.titles.push(title);
    }

    pub(super) fn into_outline(self) -> Outline {
        let mut outline = Outline::new();
        for (page, title) in self.titles.into_iter().enumerate() {
            outline.push_child(OutlineNode::new(title, XyzDestination::new(page, Point::from_xy(0.0, 0.0))));
        }
        outline
    }
}

/// Whole words, about as many as a side bar shows.
fn shortened(title: &str) -> String {
    const LONGEST: usize = 80;
    if title.chars().count() <= LONGEST {
        return title.to_owned();
    }
    let start: String = title.chars().take(LONGEST).collect();
    let words = start.rsplit_once(char::is_whitespace).map_or(start.as_str(), |(words, _)| words);
    format!("{}…", words.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_called_by_the_best_name_it_has() {
        let mut bookmarks = Bookmarks::default();
        bookmarks.next_page(Some("Cover"), Some("Seven habits"));
        bookmarks.next_page(None, Some("Seven habits"));
        bookmarks.next_page(None, None);
        assert_eq!(bookmarks.titles, ["Cover", "Seven habits", "3"]);
    }

    #[test]
    fn long_names_end_at_a_word() {
        assert_eq!(shortened(&"four ".repeat(30)), format!("{}…", ["four"; 16].join(" ")));
        assert_eq!(shortened(&"字".repeat(100)), format!("{}…", "字".repeat(80)));
    }
}
