//! Placeholders have no numbers here, while fragments are put together in any order: so each is a mark with its number
//! until the text is whole.

use crate::binding::Binding;

/// Stands in no identifier and no literal: those leave it out.
const MARK: char = '\u{1}';

pub(super) fn mark(number: usize) -> String {
    format!("{MARK}{number}{MARK}")
}

/// Question marks for the marks, and the bindings in their order.
pub(super) fn resolve(text: &str, bindings: &[Binding]) -> (String, Vec<Binding>) {
    let mut resolved = String::with_capacity(text.len());
    let mut ordered = Vec::with_capacity(bindings.len());
    for (position, part) in text.split(MARK).enumerate() {
        if position % 2 == 0 {
            resolved.push_str(part);
            continue;
        }
        let binding = part.parse::<usize>().ok().and_then(|number| bindings.get(number.checked_sub(1)?));
        if let Some(binding) = binding {
            resolved.push('?');
            ordered.push(binding.clone());
        }
    }
    (resolved, ordered)
}
