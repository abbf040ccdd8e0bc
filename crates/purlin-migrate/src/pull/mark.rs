//! Comments above what the schema has and the database has not. They are made anew by each pull, so that one goes
//! when the database has the thing again.

use purlin_schema::SourceFile;

const MARK: &str = "// Not in the database (db pull)";

pub(super) fn line(what: &str) -> String {
    // A name that ends the line would end the comment.
    format!("{MARK}: {}", what.replace(char::is_control, "\u{fffd}"))
}

/// Without the marks of the pulls before.
pub(super) fn clean(mut files: Vec<SourceFile>) -> Vec<SourceFile> {
    for file in files.iter_mut().filter(|file| file.text.contains(MARK)) {
        let lines = file.text.split_inclusive('\n').filter(|line| !line.trim_start().starts_with(MARK));
        file.text = lines.collect();
    }
    files
}
