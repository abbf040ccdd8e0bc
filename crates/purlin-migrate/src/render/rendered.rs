//! Steps with the statements that carry them out.

use crate::dialect::MigrationDialect;
use crate::diff::Step;
use crate::physical::PhysicalSchema;

/// The statements of one step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    pub title: String,
    pub statements: Vec<String>,
    /// What the step cannot bring back. Only on the way down.
    pub losses: Vec<String>,
}

/// On the way down a required column that was dropped comes back with an empty value: what it
/// held is gone, but the older schema fits again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    Up,
    Down,
}

/// `target` is the state that the steps lead to.
pub fn render(
    dialect: MigrationDialect,
    steps: &[Step],
    target: &PhysicalSchema,
    direction: Direction,
) -> Vec<Rendered> {
    let render = |step: &Step| Rendered {
        title: step.to_string(),
        statements: dialect.engine().statements(step, target, direction),
        losses: if direction == Direction::Down { super::script::losses(step) } else { Vec::new() },
    };
    steps.iter().map(render).collect()
}

/// All statements in order.
pub(crate) fn flatten(rendered: Vec<Rendered>) -> Vec<String> {
    rendered.into_iter().flat_map(|step| step.statements).collect()
}
