//! What was compared, so that a test can tell a thorough run from one in which everything is refused.

use std::ops::AddAssign;

#[derive(Debug, Clone, Copy, Default)]
pub struct Tally {
    pub reads: u32,
    /// Reads that found a row.
    pub reads_with_rows: u32,
    /// Answers of reads that came from the cache.
    pub hits: u32,
    pub writes: u32,
    /// Writes that were carried out.
    pub writes_done: u32,
}

impl Tally {
    pub fn compared(&self) -> u32 {
        self.reads + self.writes
    }

    pub(super) fn read(&mut self, has_rows: bool) {
        self.reads += 1;
        self.reads_with_rows += u32::from(has_rows);
    }

    pub(super) fn write(&mut self, is_done: bool) {
        self.writes += 1;
        self.writes_done += u32::from(is_done);
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.reads += other.reads;
        self.reads_with_rows += other.reads_with_rows;
        self.hits += other.hits;
        self.writes += other.writes;
        self.writes_done += other.writes_done;
    }
}
