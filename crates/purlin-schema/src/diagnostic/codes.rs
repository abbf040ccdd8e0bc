//! Every code a schema can be answered with, by group: 00 text and syntax, 01 names and
//! blocks, 02 attributes and fields, 03 keys, 04 relations, 05 rules, 06 datasources; `E`
//! refuses the schema, `W` warns. `ALL` is the list for documentation; a code never changes its meaning.

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

    DUPLICATE_NAME = "E0101", "a name used twice";
    RESERVED_NAME = "E0102", "a name that the language needs itself";
    UNKNOWN_TYPE = "E0103", "a type that does not exist";
    CYCLE = "E0104", "types that contain or extend themselves";
    BAD_BASE = "E0105", "a base or mixin that cannot be one";
    UNSUPPORTED_INHERITANCE = "E0106", "inheritance across tables";
    MISSING_IMPORT = "E0107", "an imported file that does not exist";
    EMPTY_BLOCK = "E0108", "a block that needs content";
    PATH_CLASH = "E0109", "two models at one path of the API";
    BAD_PATH = "E0110", "a path that the API cannot serve";
    BAD_AUTH_MODEL = "E0111", "no or several models for `auth()`";
    TOO_MANY = "E0112", "more declarations than a schema can hold";

    UNKNOWN_ATTRIBUTE = "E0201", "an attribute that does not exist";
    MISPLACED_ATTRIBUTE = "E0202", "an attribute where it has no meaning";
    BAD_ARGUMENT = "E0203", "an argument that is missing, unknown or of the wrong kind";
    REPEATED_ATTRIBUTE = "E0204", "an attribute that may stand only once";
    UNSUPPORTED_ATTRIBUTE = "E0205", "an attribute that this product does not honour";
    BAD_DEFAULT = "E0206", "a default value that does not fit its field";
    BAD_FIELD_TYPE = "E0207", "a type that a field cannot have";
    BAD_PATTERN = "E0208", "a regular expression that cannot be used";

    MISSING_ID = "E0301", "a model without a key";
    SEVERAL_IDS = "E0302", "a model with more than one primary key";
    BAD_KEY_FIELD = "E0303", "a field that cannot be part of a key or index";
    UNKNOWN_FIELD = "E0304", "a field that does not exist";

    MISSING_OPPOSITE = "E0401", "a relation with one end only";
    AMBIGUOUS_RELATION = "E0402", "relations that cannot be told apart";
    RELATION_KEY_SIDE = "E0403", "a relation whose key stands on no side or on both";
    RELATION_FIELDS = "E0404", "fields and references that do not fit together";
    REFERENCES_NOT_UNIQUE = "E0405", "references that do not name one row";
    ONE_TO_ONE_NOT_UNIQUE = "E0406", "a one-to-one relation whose key is not unique";
    RELATION_ARITY = "E0407", "an end of a relation that must be optional or a list";
    BAD_ACTION = "E0408", "a referential action that cannot work";
    MANY_TO_MANY_KEY = "E0409", "a many-to-many relation that needs a single id on both sides";

    UNKNOWN_NAME = "E0501", "a name that means nothing in a rule";
    TYPE_MISMATCH = "E0502", "values that cannot be compared";
    UNKNOWN_FUNCTION = "E0503", "a function that does not exist or not here";
    LIST_ACCESS = "E0504", "a list where one value is needed";
    MODEL_COMPARISON = "E0505", "rows that cannot be compared";
    NOT_A_CONDITION = "E0506", "a value where a condition is needed";
    BAD_CALL = "E0507", "a function called with the wrong arguments";
    BAD_BEFORE = "E0508", "`before()` where there is no earlier row";
    CREATE_REACHES_OUT = "E0509", "a rule for create that follows relations which do not exist yet";
    BAD_OPERATION = "E0510", "an operation that rules do not have";
    BAD_AUTH = "E0511", "`auth()` where nobody can be signed in";
    MEMBER_IN_RULE = "E0512", "a part of a stored value where rules cannot reach it";
    CHECK_CYCLE = "E0513", "rules that ask each other in a circle";

    UNKNOWN_PROVIDER = "E0601", "a database that is not known";
    BAD_SETTING = "E0602", "a setting with a value it cannot have";
    UNKNOWN_DATASOURCE = "E0603", "a datasource that does not exist";
    CROSSES_DATASOURCES = "E0604", "a rule that would have to look into another datasource";

    DEPRECATED = "W0101", "a form of an older version";
    FOREIGN_IMPORT = "W0102", "an import from a package";
    NO_EFFECT = "W0201", "something that has no effect here";
    NOT_ATOMIC = "W0601", "a relation between two datasources";
}
