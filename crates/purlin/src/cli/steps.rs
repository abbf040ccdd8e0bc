//! Steps of a migration in a few lines.

use purlin_migrate::Step;

use super::counted;

/// Nobody reads further; the migration's files say it all.
const MOST_LINES: usize = 12;

/// One line each, but a first schema is one line, and a long list is cut. Of Purlin's own tables there
/// is one line at most.
pub fn listed(steps: &[Step]) -> Vec<String> {
    let (own, steps): (Vec<&Step>, Vec<&Step>) = steps.iter().partition(|step| step.is_of_own_table());
    let is_creation = |step: &&Step| matches!(step, Step::CreateTable { .. });
    if steps.len() > 1 && steps.iter().all(is_creation) {
        return vec![format!("created {}", counted(steps.len(), "table"))];
    }
    let mut lines: Vec<String> = steps.iter().take(MOST_LINES).map(ToString::to_string).collect();
    if steps.len() > MOST_LINES {
        lines.push(format!("and {} more", steps.len() - MOST_LINES));
    }
    // Beside a table that is made, they are what comes with a first schema.
    if !own.is_empty() && !steps.iter().any(is_creation) {
        lines.push(format!("bring Purlin's own tables up to date ({})", counted(own.len(), "step")));
    }
    lines
}
