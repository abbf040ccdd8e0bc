//! Rows of a block with aligned columns. A blank line starts a new group with its own
//! widths; comments and block attributes stand between rows without breaking a group.

#[derive(Debug, Default)]
pub(super) struct Row {
    pub(super) blank_before: bool,
    /// One cell: a line of its own. Several: columns to align.
    pub(super) cells: Vec<String>,
    /// Comments after the row, on its line.
    pub(super) trailing: String,
}

pub(super) const INDENT: usize = 2;

pub(super) fn write_rows(out: &mut String, rows: &[Row]) {
    let mut start = 0;
    while start < rows.len() {
        let end = rows
            .iter()
            .skip(start + 1)
            .position(|row| row.blank_before)
            .map_or(rows.len(), |length| start + 1 + length);
        let group = rows.get(start..end).unwrap_or(&[]);
        if start > 0 {
            out.push('\n');
        }
        write_group(out, group);
        start = end;
    }
}

fn write_group(out: &mut String, group: &[Row]) {
    let mut widths: Vec<usize> = Vec::new();
    for row in group.iter().filter(|row| row.cells.len() > 1) {
        for (column, cell) in row.cells.iter().enumerate() {
            let width = last_line_width(cell);
            match widths.get_mut(column) {
                Some(widest) => *widest = width.max(*widest),
                None => widths.push(width),
            }
        }
    }
    for row in group {
        out.extend(std::iter::repeat_n(' ', INDENT));
        let mut pending = 0;
        for (column, cell) in row.cells.iter().enumerate() {
            if !cell.is_empty() {
                if !cell.starts_with('\n') {
                    out.extend(std::iter::repeat_n(' ', pending));
                }
                out.push_str(cell);
                pending = 0;
            }
            let width = widths.get(column).copied().unwrap_or(0);
            pending += width.saturating_sub(last_line_width(cell)) + usize::from(width > 0);
        }
        if !row.trailing.is_empty() {
            out.push(' ');
            out.push_str(&row.trailing);
        }
        out.push('\n');
    }
}

fn last_line_width(cell: &str) -> usize {
    cell.rsplit('\n').next().map_or(0, |line| line.chars().count())
}
