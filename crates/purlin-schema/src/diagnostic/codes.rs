//! Every code a schema can be answered with, by group: 00 text and syntax, 01 names and
//! blocks. `ALL` is the list for documentation; a code never changes its meaning.

use super::Code;

macro_rules! codes {
    ($($name:ident = $id:literal, $title:literal;)*) => {
        $(
            #[doc = $title]
            pub const $name: Code = Code { id: $id, title: $title };
        )*
        /// Every code, in order.
        pub const ALL: &[Code] = &[$($name),*];
    };
}

codes! {
    UNEXPECTED_CHARACTER = "E0001", "a character that the language does not use";
    UNTERMINATED_STRING = "E0002", "a string without its closing quote";
    UNTERMINATED_COMMENT = "E0003", "a block comment without its end";
    INVALID_ESCAPE = "E0004", "an escape that strings do not have";
    UNEXPECTED_TOKEN = "E0005", "something else was expected here";
    UNCLOSED_BLOCK = "E0006", "a block without its closing brace";
    UNCLOSED_BRACKET = "E0007", "a bracket that is not closed";
    MIXED_LOGIC = "E0008", "`&&` and `||` mixed without parentheses";
    TOO_DEEP = "E0009", "an expression nested too deeply";
    LEGACY_SYNTAX = "E0010", "a form of an old version of the language";
    MISSING_TYPE = "E0011", "a field without a type";
    INVALID_NAME = "E0012", "a name with characters that names cannot have";
    TOO_LARGE = "E0013", "a file too large to be a schema";
    TOO_MANY_ERRORS = "E0014", "so many problems that the rest is not shown";
}
