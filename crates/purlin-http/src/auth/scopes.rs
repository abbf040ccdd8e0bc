//! What a limited token, such as an API key, may be used for. A scope is `read`, `write` (which reads too),
//! or one of these for one model, by its path: `posts:read`.

/// Each as it was given; whoever stores them has checked their form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scopes(Box<[Box<str>]>);

impl Scopes {
    /// The forms that exist, for `path` names of models. The message names what is wrong.
    pub fn parse<'t>(given: impl IntoIterator<Item = &'t str>) -> Result<Self, String> {
        let mut scopes: Vec<Box<str>> = Vec::new();
        for scope in given {
            let (path, right) = scope.split_once(':').unwrap_or(("any", scope));
            let is_path = !path.is_empty()
                && path.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
            if !is_path || !matches!(right, "read" | "write") {
                return Err(format!("`{scope}` is no scope; use read, write, or such as posts:read"));
            }
            if !scopes.iter().any(|known| **known == *scope) {
                scopes.push(scope.into());
            }
        }
        if scopes.is_empty() { Err("name at least one scope".to_owned()) } else { Ok(Self(scopes.into())) }
    }

    pub fn allow(&self, path: &str, writes: bool) -> bool {
        self.0.iter().any(|scope| {
            let (of, right) = scope.split_once(':').unwrap_or((path, scope));
            of == path && (right == "write" || !writes)
        })
    }

    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|scope| &**scope)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_is_a_right_for_all_models_or_one() {
        for (scopes, path, writes, expected) in [
            (&["read"][..], "posts", false, true),
            (&["read"], "posts", true, false),
            (&["write"], "posts", true, true),
            (&["write"], "posts", false, true),
            (&["posts:read"], "posts", false, true),
            (&["posts:read"], "posts", true, false),
            (&["posts:read"], "users", false, false),
            (&["posts:write", "users:read"], "users", false, true),
            (&["posts:write", "users:read"], "users", true, false),
        ] {
            let parsed = Scopes::parse(scopes.iter().copied()).unwrap();
            assert_eq!(parsed.allow(path, writes), expected, "{scopes:?} {path}");
        }
        for bad in [&[][..], &["admin"], &["posts:"], &[":read"], &["a b:read"], &["*"], &["posts:read:x"]] {
            assert!(Scopes::parse(bad.iter().copied()).is_err(), "{bad:?}");
        }
    }
}
