//! The `meta` of a list, written behind the rows that are already in the buffer.

use std::io::Write as _;

use purlin_core::statement::Total;

/// Of a page by number; without a total it says whether more follows.
pub(crate) fn push_page(body: &mut Vec<u8>, page: u64, limit: u64, total: Option<Total>, has_more: bool) {
    // Writing to memory cannot fail.
    let _ = write!(body, ",\"meta\":{{\"page\":{page},\"limit\":{limit}");
    let _ = match total {
        None => write!(body, ",\"hasMore\":{has_more}"),
        Some(Total { rows, is_capped }) => {
            let pages = if limit == 0 { 0 } else { rows.div_ceil(limit) };
            let capped = if is_capped { ",\"totalIsCapped\":true" } else { "" };
            write!(body, ",\"total\":{rows},\"totalPages\":{pages}{capped}")
        }
    };
    body.extend_from_slice(b"}}");
}

/// Of a page by cursor. One that was read backwards has no next cursor, whether or not more rows stand before it.
pub(crate) fn push_cursor(body: &mut Vec<u8>, limit: u64, next: Option<&str>, has_more: bool) {
    let _ = write!(body, ",\"meta\":{{\"limit\":{limit},\"nextCursor\":");
    let _ = match next {
        Some(cursor) => write!(body, "\"{cursor}\""),
        None => write!(body, "null"),
    };
    let _ = write!(body, ",\"hasMore\":{has_more}}}}}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(write: impl FnOnce(&mut Vec<u8>), expected: &str) {
        let mut body = b"{\"data\":[]".to_vec();
        write(&mut body);
        assert_eq!(String::from_utf8(body).unwrap(), format!("{{\"data\":[],\"meta\":{expected}}}"));
    }

    #[test]
    fn forms() {
        let total = |rows, is_capped| Some(Total { rows, is_capped });
        check(|body| push_page(body, 1, 20, None, true), r#"{"page":1,"limit":20,"hasMore":true}"#);
        check(
            |body| push_page(body, 2, 20, total(41, false), false),
            r#"{"page":2,"limit":20,"total":41,"totalPages":3}"#,
        );
        check(
            |body| push_page(body, 1, 20, total(10_000, true), true),
            r#"{"page":1,"limit":20,"total":10000,"totalPages":500,"totalIsCapped":true}"#,
        );
        check(
            |body| push_page(body, 1, 0, total(5, false), true),
            r#"{"page":1,"limit":0,"total":5,"totalPages":0}"#,
        );
        for (next, has_more, expected) in [
            (Some("abc"), true, r#"{"limit":5,"nextCursor":"abc","hasMore":true}"#),
            (None, false, r#"{"limit":5,"nextCursor":null,"hasMore":false}"#),
            (None, true, r#"{"limit":5,"nextCursor":null,"hasMore":true}"#),
        ] {
            check(|body| push_cursor(body, 5, next, has_more), expected);
        }
    }
}
