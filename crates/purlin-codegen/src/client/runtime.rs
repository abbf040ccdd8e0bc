//! The part of the client that is the same for every app: TypeScript that is checked by itself, one idea a file.

/// The files, in the order in which they stand in the client: each uses only those before it when it is loaded.
pub const RUNTIME: [(&str, &str); 9] = [
    ("error.ts", include_str!("runtime/error.ts")),
    ("encode.ts", include_str!("runtime/encode.ts")),
    ("tokens.ts", include_str!("runtime/tokens.ts")),
    ("transport.ts", include_str!("runtime/transport.ts")),
    ("types.ts", include_str!("runtime/types.ts")),
    ("pending.ts", include_str!("runtime/pending.ts")),
    ("model.ts", include_str!("runtime/model.ts")),
    ("auth.ts", include_str!("runtime/auth.ts")),
    ("client.ts", include_str!("runtime/client.ts")),
];

/// One text: what a file takes from another is there already.
pub(super) fn joined() -> String {
    let lines = RUNTIME.iter().flat_map(|(_, text)| text.lines().chain([""]));
    let kept = lines.filter(|line| !line.starts_with("import "));
    let mut text = String::new();
    let mut was_empty = true;
    for line in kept {
        if line.is_empty() && was_empty {
            continue;
        }
        was_empty = line.is_empty();
        text.push_str(line);
        text.push('\n');
    }
    text
}
