//! The list's query string, read strictly: what is not known is refused.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Count {
    None,
    Capped,
    Exact,
}

pub(crate) struct List {
    pub(crate) page: i64,
    pub(crate) limit: i64,
    pub(crate) count: Count,
    pub(crate) cursor: Option<Cursor>,
    pub(crate) includes_author: bool,
}

/// A place in the order newest first; `None` inside is the start.
pub(crate) struct Cursor(pub(crate) Option<(String, String)>);

impl List {
    /// Only the order `-createdAt` is served here.
    pub(crate) fn parse(query: &str) -> Option<Self> {
        let mut list =
            Self { page: 1, limit: 20, count: Count::Capped, cursor: None, includes_author: false };
        let mut sorted = false;
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            match pair.split_once('=')? {
                ("page", value) => list.page = value.parse().ok().filter(|page| *page >= 1)?,
                ("limit", value) => {
                    list.limit = value.parse().ok().filter(|limit| (1..=100).contains(limit))?
                }
                ("sort", "-createdAt") => sorted = true,
                ("count", "none") => list.count = Count::None,
                ("count", "capped") => list.count = Count::Capped,
                ("count", "exact") => list.count = Count::Exact,
                ("include", "author") => list.includes_author = true,
                ("cursor", value) => list.cursor = Some(Cursor::decode(value)?),
                _ => return None,
            }
        }
        sorted.then_some(list)
    }
}

impl Cursor {
    /// `place` is the last row's time and id, parted by a bar.
    pub(crate) fn encode(place: &[u8]) -> String {
        URL_SAFE_NO_PAD.encode(place)
    }

    fn decode(text: &str) -> Option<Self> {
        if text.is_empty() {
            return Some(Self(None));
        }
        let place = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
        let (created_at, id) = place.split_once('|')?;
        Some(Self(Some((created_at.to_owned(), id.to_owned()))))
    }
}
