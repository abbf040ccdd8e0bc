//! Steps of a migration in a few lines.

use purlin_migrate::Step;

use super::counted;

/// Nobody reads further; the migration's files say it all.
const MOST_LINES: usize = 12;

/// One line each, but a first schema is one line, and a long list is cut.
pub fn listed(steps: &[Step]) -> Vec<String> {
    let is_creation = |step: &Step| matches!(step, Step::CreateTable { .. });
    if steps.len() > 1 && steps.iter().all(is_creation) {
        return vec![format!("created {}", counted(steps.len(), "table"))];
    }
    let mut lines: Vec<String> = steps.iter().take(MOST_LINES).map(ToString::to_string).collect();
    if steps.len() > MOST_LINES {
        lines.push(format!("and {} more", steps.len() - MOST_LINES));
    }
    lines
}
