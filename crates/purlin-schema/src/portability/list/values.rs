//! What each engine makes of values, and of types of the database's own.

use crate::diagnostic::Code;
use crate::portability::scope::nowhere;
use crate::portability::{Construct, State, native, types};

pub(super) const VALUES: &[Construct] = &[
    Construct {
        code: Code { id: "P0001", title: "a String in a key, an index or a foreign key" },
        sqlite: State::Same,
        postgres: State::Otherwise("an entry of more than about 2,700 bytes is refused"),
        mysql: State::Differs {
            how: "holds at most 191 characters",
            help: "state it for all engines, with @length(max: 191); or take the field out of keys and indexes, where it has no limit",
        },
        mongodb: State::Same,
        find: types::texts_in_keys,
    },
    Construct {
        code: Code { id: "P0002", title: "Bytes in a key or an index" },
        sqlite: State::Same,
        postgres: State::Otherwise("an entry of more than about 2,700 bytes is refused"),
        mysql: State::Differs {
            how: "holds at most 191 bytes",
            help: "keep a digest of the value in the key instead",
        },
        mongodb: State::Same,
        find: types::bytes_in_keys,
    },
    Construct {
        code: Code { id: "P0003", title: "the order of Bytes" },
        sqlite: State::Same,
        postgres: State::Same,
        mysql: State::Same,
        mongodb: State::Differs {
            how: "is sorted and compared by its length first, and then by its bytes",
            help: "sort by another field, or keep the bytes as hexadecimal text",
        },
        find: types::bytes,
    },
    Construct {
        code: Code { id: "P0004", title: "a list of values" },
        sqlite: State::Otherwise("a JSON array"),
        postgres: State::Same,
        mysql: State::Otherwise("a JSON array"),
        mongodb: State::Same,
        find: nowhere,
    },
    Construct {
        code: Code { id: "P0005", title: "an enum" },
        sqlite: State::Otherwise("its stored name, as text"),
        postgres: State::Otherwise(
            "its stored name, as text; a native enum of another tool keeps its own order",
        ),
        mysql: State::Otherwise(
            "its stored name, as text of at most 191 characters; a native enum of another tool keeps its own order",
        ),
        mongodb: State::Otherwise("its stored name, as text"),
        find: nowhere,
    },
    Construct {
        code: Code { id: "P0006", title: "Json" },
        sqlite: State::Otherwise("canonical text"),
        postgres: State::Otherwise("jsonb, given back in canonical form"),
        mysql: State::Otherwise(
            "json, given back in canonical form; MariaDB refuses documents nested deeper than 31",
        ),
        mongodb: State::Differs {
            how: "does not tell a document that is null from no document",
            help: "where both must be told apart, store a document such as { \"value\": null }",
        },
        find: types::documents,
    },
    Construct {
        code: Code { id: "P0007", title: "Decimal" },
        sqlite: State::Otherwise("text, with a collation of its own"),
        postgres: State::Same,
        mysql: State::Same,
        mongodb: State::Otherwise("Decimal128"),
        find: nowhere,
    },
    Construct {
        code: Code { id: "P0008", title: "DateTime" },
        sqlite: State::Otherwise("text, in UTC"),
        postgres: State::Same,
        mysql: State::Otherwise("years before 1000 are taken, but not promised by the server"),
        mongodb: State::Same,
        find: nowhere,
    },
    Construct {
        code: Code { id: "P0009", title: "Unsupported(\"…\") of another engine" },
        sqlite: State::Otherwise("declared as written, which SQLite takes whatever it is"),
        postgres: State::Differs {
            how: "is declared as written, with a type that this engine must know",
            help: "give the field a type of the schema language, or run the app where the type is from",
        },
        mysql: State::Differs {
            how: "is declared as written, with a type that this engine must know",
            help: "give the field a type of the schema language, or run the app where the type is from",
        },
        mongodb: State::Differs {
            how: "is not there: documents hold only what Purlin writes",
            help: "give the field a type of the schema language",
        },
        find: types::unsupported,
    },
];

pub(super) const DATABASE_TYPES: &[Construct] = &[
    Construct {
        code: Code { id: "P0101", title: "@db.* of another engine" },
        sqlite: State::Differs {
            how: "has no effect here: the column is that of the plain type",
            help: "take the attribute off, and say in the schema what is meant, with @length, @gte, @lower and the like",
        },
        postgres: State::Differs {
            how: "has no effect here: the column is that of the plain type",
            help: "take the attribute off, and say in the schema what is meant, with @length, @gte, @lower and the like",
        },
        mysql: State::Differs {
            how: "has no effect here: the column is that of the plain type",
            help: "take the attribute off, and say in the schema what is meant, with @length, @gte, @lower and the like",
        },
        mongodb: State::Differs {
            how: "has no effect here: the column is that of the plain type",
            help: "take the attribute off, and say in the schema what is meant, with @length, @gte, @lower and the like",
        },
        find: native::ignored,
    },
    Construct {
        code: Code { id: "P0102", title: "@db.* of the engine itself that changes or refuses values" },
        sqlite: State::Same,
        postgres: State::Differs {
            how: "has an effect that no other engine has",
            help: "take the attribute off where the field is to mean the same everywhere",
        },
        mysql: State::Differs {
            how: "has an effect that no other engine has",
            help: "take the attribute off where the field is to mean the same everywhere",
        },
        mongodb: State::Differs {
            how: "has an effect that no other engine has",
            help: "take the attribute off where the field is to mean the same everywhere",
        },
        find: native::changing,
    },
];
