//! What each engine makes of keys and indexes.

use crate::diagnostic::Code;
use crate::portability::scope::nowhere;
use crate::portability::{Construct, State, keys};

pub(super) const KEYS: &[Construct] = &[
    Construct {
        code: Code { id: "P0301", title: "a key or an index over long fields" },
        sqlite: State::Same,
        postgres: State::Otherwise("an entry of more than about 2,700 bytes is refused"),
        mysql: State::Refused {
            how: "does not fit into 16 fields and 3,072 bytes",
            help: "take a field out, or shorten texts with @db.VarChar(n) where provider = \"mysql\"; lists and documents can be in no key",
        },
        mongodb: State::Same,
        find: keys::too_long,
    },
    Construct {
        code: Code { id: "P0302", title: "a key or an index over @db.Json or @db.Xml" },
        sqlite: State::Same,
        postgres: State::Refused { how: "cannot be made", help: "use @db.JsonB, or take the field out" },
        mysql: State::Same,
        mongodb: State::Same,
        find: keys::without_order,
    },
    Construct {
        code: Code { id: "P0303", title: "a unique key with a condition (where)" },
        sqlite: State::Same,
        postgres: State::Same,
        mysql: State::Otherwise("a column of its own, null where the condition does not hold, ends the key"),
        mongodb: State::Refused {
            how: "can ask only for values that are equal, null or not null",
            help: "write the condition as where: { field: value } or where: { field: { not: null } }",
        },
        find: keys::conditions,
    },
    Construct {
        code: Code { id: "P0304", title: "where: raw(\"…\") of another engine" },
        sqlite: State::Differs {
            how: "is passed on as it is written, and must be an expression of this engine",
            help: "write the condition as where: { field: value }",
        },
        postgres: State::Differs {
            how: "is passed on as it is written, and must be an expression of this engine",
            help: "write the condition as where: { field: value }",
        },
        mysql: State::Otherwise("an index holds all rows"),
        mongodb: State::Otherwise("an index holds all rows"),
        find: keys::raw_conditions,
    },
    Construct {
        code: Code { id: "P0305", title: "an index with a condition (where)" },
        sqlite: State::Same,
        postgres: State::Same,
        mysql: State::Otherwise("the index holds all rows"),
        mongodb: State::Otherwise("the index holds all rows"),
        find: nowhere,
    },
    Construct {
        code: Code { id: "P0306", title: "a unique key on a member of a document" },
        sqlite: State::Same,
        postgres: State::Same,
        mysql: State::Refused { how: "cannot be made", help: "keep the member in a field of its own" },
        mongodb: State::Same,
        find: keys::unique_members,
    },
    Construct {
        code: Code { id: "P0307", title: "a unique key on the beginning of a field (length)" },
        sqlite: State::Otherwise("the whole value"),
        postgres: State::Otherwise("the whole value"),
        mysql: State::Differs {
            how: "compares only the beginning of the value, and refuses others that begin alike",
            help: "take `length` off",
        },
        mongodb: State::Otherwise("the whole value"),
        find: keys::unique_prefixes,
    },
    Construct {
        code: Code { id: "P0308", title: "an index of another type, or on a member of a document" },
        sqlite: State::Otherwise("the usual tree"),
        postgres: State::Same,
        mysql: State::Differs {
            how: "is left out: answers are right, but may be slow",
            help: "keep the member in a field of its own with an index, or accept it",
        },
        mongodb: State::Otherwise("the usual tree"),
        find: keys::left_out,
    },
    Construct {
        code: Code { id: "P0309", title: "one index on two lists" },
        sqlite: State::Same,
        postgres: State::Same,
        mysql: State::Otherwise("refused with P0301, or left out with P0308"),
        mongodb: State::Refused {
            how: "cannot be made: no index holds two lists",
            help: "make an index for each of them",
        },
        find: keys::several_lists,
    },
    Construct {
        code: Code { id: "P0310", title: "ops, and the order of an index" },
        sqlite: State::Otherwise("the order, without ops"),
        postgres: State::Same,
        mysql: State::Otherwise("neither: it is read backwards"),
        mongodb: State::Otherwise("the order, without ops"),
        find: nowhere,
    },
    Construct {
        code: Code { id: "P0311", title: "a unique key of fields that may be null" },
        sqlite: State::Same,
        postgres: State::Same,
        mysql: State::Same,
        mongodb: State::Otherwise("an index of the rows without null"),
        find: nowhere,
    },
    Construct {
        code: Code { id: "P0312", title: "a key of several fields" },
        sqlite: State::Same,
        postgres: State::Same,
        mysql: State::Same,
        mongodb: State::Otherwise("_id is a document of them, and they are fields too"),
        find: nowhere,
    },
];
