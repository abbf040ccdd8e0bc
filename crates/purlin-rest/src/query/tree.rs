//! Parameter names with brackets and dots, as a tree: `author.team[in]=a` and
//! `author.name=b` meet under `author`.

use std::borrow::Cow;
use std::fmt;

use purlin_core::input::Problems;

use super::text::{excerpt, pairs};

/// Each step costs a level of the filter.
const MAX_STEPS: usize = 16;

#[derive(Debug, Default)]
pub(crate) struct Node<'q> {
    /// Of the name that ends here.
    pub(crate) value: Option<Cow<'q, str>>,
    /// In the order of the text.
    pub(crate) children: Vec<(Step<'q>, Node<'q>)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Step<'q> {
    pub(crate) name: Cow<'q, str>,
    /// Written in brackets, as operators are, not after a dot.
    pub(crate) is_bracket: bool,
}

/// Where in the tree something is, for messages; made on the way down, written only if needed.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) outer: Option<&'a Place<'a>>,
    pub(crate) step: &'a Step<'a>,
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(outer) = self.outer else { return formatter.write_str(&self.step.name) };
        outer.fmt(formatter)?;
        if self.step.is_bracket {
            write!(formatter, "[{}]", self.step.name)
        } else {
            write!(formatter, ".{}", self.step.name)
        }
    }
}

impl<'q> Node<'q> {
    pub(crate) fn parse(query: &'q str, problems: &mut Problems) -> Self {
        let mut root = Self::default();
        for (name, value) in pairs(query, problems) {
            match steps(&name) {
                Some(steps) if steps.len() <= MAX_STEPS => {
                    if !root.place(steps, value) {
                        problems.add(&excerpt(&name), "is given more than once");
                    }
                }
                Some(_) => {
                    problems.add(&excerpt(&name), format!("must not be nested deeper than {MAX_STEPS}"));
                }
                None => problems.add(
                    &excerpt(&name),
                    "is not a parameter's name: write relation.field or field[operator], and lists by commas",
                ),
            }
        }
        root
    }

    /// Whether the place was free.
    fn place(&mut self, steps: Vec<Step<'q>>, value: Cow<'q, str>) -> bool {
        let mut node = self;
        for step in steps {
            let known = node.children.iter().position(|(other, _)| *other == step);
            let index = known.unwrap_or_else(|| {
                node.children.push((step, Node::default()));
                node.children.len() - 1
            });
            let Some((_, child)) = node.children.get_mut(index) else { return false };
            node = child;
        }
        if node.value.is_some() {
            return false;
        }
        node.value = Some(value);
        true
    }
}

/// `a.b[c][d.e]` as its steps; `None` when it is malformed.
fn steps<'q>(name: &Cow<'q, str>) -> Option<Vec<Step<'q>>> {
    // Most names are one word, which can be borrowed.
    if let Cow::Borrowed(text) = name
        && !text.is_empty()
        && !text.bytes().any(|byte| matches!(byte, b'.' | b'[' | b']'))
    {
        return Some(vec![Step { name: Cow::Borrowed(text), is_bracket: false }]);
    }
    let mut found = Vec::new();
    let mut rest: &str = name;
    let mut is_first = true;
    while is_first || !rest.is_empty() {
        let (inside, after, is_bracket) = match rest.strip_prefix('[') {
            Some(inner) if !is_first => {
                let (inside, after) = inner.split_once(']')?;
                (inside, after, true)
            }
            _ => {
                let text = if is_first { rest } else { rest.strip_prefix('.')? };
                let end = text.find(['.', '[']).unwrap_or(text.len());
                let (inside, after) = text.split_at(end);
                (inside, after, false)
            }
        };
        for (index, part) in inside.split('.').enumerate() {
            if part.is_empty() || part.contains(['[', ']']) {
                return None;
            }
            found.push(Step { name: Cow::Owned(part.to_owned()), is_bracket: is_bracket && index == 0 });
        }
        rest = after;
        is_first = false;
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, expected: Option<&str>) {
        let found = steps(&Cow::Borrowed(name)).map(|steps| {
            let show = |step: &Step<'_>| format!("{}{}", if step.is_bracket { '#' } else { '.' }, step.name);
            steps.iter().map(show).collect::<String>()
        });
        assert_eq!(found.as_deref(), expected, "{name}");
    }

    #[test]
    fn names_become_steps() {
        check("a", Some(".a"));
        check("a.b", Some(".a.b"));
        check("a[b]", Some(".a#b"));
        check("a[contains:i]", Some(".a#contains:i"));
        check("or[0][a.b][gte]", Some(".or#0#a.b#gte"));
        check("a[b].c", Some(".a#b.c"));
        for bad in [
            "", ".", "a.", ".a", "a..b", "[a]", "a[", "a]", "a[]", "a[b", "a[b]c", "a[b]]", "a[[b]]", "a[b.]",
        ] {
            check(bad, None);
        }
    }
}
