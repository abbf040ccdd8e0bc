//! What each engine makes of relations, names and the rest.

use crate::diagnostic::Code;
use crate::portability::scope::nowhere;
use crate::portability::{Construct, State, names, relations};

pub(super) const RELATIONS: &[Construct] = &[
    Construct {
        code: Code { id: "P0401", title: "onDelete or onUpdate: SetDefault" },
        sqlite: State::Same,
        postgres: State::Same,
        mysql: State::Refused { how: "cannot be held", help: "use SetNull, Restrict or Cascade" },
        mongodb: State::Otherwise("kept by Purlin"),
        find: relations::set_default,
    },
    Construct {
        code: Code { id: "P0402", title: "foreign keys and their actions" },
        sqlite: State::Same,
        postgres: State::Same,
        mysql: State::Same,
        mongodb: State::Otherwise("kept by Purlin, in the same transaction"),
        find: nowhere,
    },
    Construct {
        code: Code { id: "P0403", title: "a change of several rows at once" },
        sqlite: State::Same,
        postgres: State::Same,
        mysql: State::Same,
        mongodb: State::Differs {
            how: "needs transactions, which a server without a replica set does not have: such changes are refused there",
            help: "start the server as a replica set, of one member if need be",
        },
        find: relations::first,
    },
    Construct {
        code: Code { id: "P0404", title: "an implicit many-to-many relation" },
        sqlite: State::Otherwise("a table"),
        postgres: State::Otherwise("a table"),
        mysql: State::Otherwise("a table"),
        mongodb: State::Otherwise("a collection"),
        find: nowhere,
    },
    Construct {
        code: Code { id: "P0405", title: "relationMode = \"prisma\"" },
        sqlite: State::Differs {
            how: "has no foreign keys in the database: keys may lead nowhere, and onDelete and onUpdate do nothing",
            help: "take relationMode out",
        },
        postgres: State::Differs {
            how: "has no foreign keys in the database: keys may lead nowhere, and onDelete and onUpdate do nothing",
            help: "take relationMode out",
        },
        mysql: State::Differs {
            how: "has no foreign keys in the database: keys may lead nowhere, and onDelete and onUpdate do nothing",
            help: "take relationMode out",
        },
        mongodb: State::Otherwise("actions are kept all the same"),
        find: relations::without_foreign_keys,
    },
    Construct {
        code: Code { id: "P0406", title: "two columns compared without regard to case" },
        sqlite: State::Same,
        postgres: State::Same,
        mysql: State::Same,
        mongodb: State::Differs {
            how: "folds letters as the server does it, not as Unicode says",
            help: "compare a field that @lower has made lower case",
        },
        find: relations::cases_of_columns,
    },
];

pub(super) const NAMES: &[Construct] = &[
    Construct {
        code: Code { id: "P0501", title: "a long name of a table or a column" },
        sqlite: State::Same,
        postgres: State::Refused {
            how: "is longer than 63 bytes",
            help: "give it another with @map or @@map, or the relation another name",
        },
        mysql: State::Refused {
            how: "is longer than 64 characters",
            help: "give it another with @map or @@map, or the relation another name",
        },
        mongodb: State::Same,
        find: names::too_long,
    },
    Construct {
        code: Code { id: "P0502", title: "a long name of a key or an index (map)" },
        sqlite: State::Same,
        postgres: State::Differs { how: "is cut to 63 bytes", help: "shorten it" },
        mysql: State::Refused { how: "is longer than 64 characters", help: "shorten it" },
        mongodb: State::Same,
        find: names::mapped_too_long,
    },
    Construct {
        code: Code { id: "P0503", title: "names that differ by case alone" },
        sqlite: State::Refused {
            how: "differ by case alone, which is not enough here",
            help: "give one of them another with @map or @@map",
        },
        postgres: State::Refused {
            how: "differ by case alone, which is not enough here",
            help: "give one of them another with @map or @@map",
        },
        mysql: State::Refused {
            how: "differ by case alone, which is not enough here",
            help: "give one of them another with @map or @@map",
        },
        mongodb: State::Same,
        find: names::same_but_case,
    },
    Construct {
        code: Code { id: "P0504", title: "a name that the engine keeps for itself" },
        sqlite: State::Refused { how: "begins with sqlite_", help: "give the model another with @@map" },
        postgres: State::Refused {
            how: "holds a point",
            help: "give the model another with @@map, and the namespace with @@schema",
        },
        mysql: State::Same,
        mongodb: State::Refused {
            how: "is not for a schema to use",
            help: "give it another with @map or @@map",
        },
        find: names::reserved,
    },
    Construct {
        code: Code { id: "P0505", title: "@@schema" },
        sqlite: State::Otherwise("the beginning of the table's name"),
        postgres: State::Same,
        mysql: State::Otherwise("the beginning of the table's name"),
        mongodb: State::Otherwise("the beginning of the table's name"),
        find: nowhere,
    },
];

pub(super) const REST: &[Construct] = &[
    Construct {
        code: Code { id: "P0601", title: "a view" },
        sqlite: State::Otherwise("yours to make"),
        postgres: State::Otherwise("yours to make"),
        mysql: State::Otherwise("yours to make"),
        mongodb: State::Otherwise("yours to make"),
        find: nowhere,
    },
    Construct {
        code: Code { id: "P0602", title: "@@fulltext, @fullText, @fuzzy" },
        sqlite: State::Otherwise("with an index, of FTS5"),
        postgres: State::Otherwise("with an index, of GIN"),
        mysql: State::Otherwise("searched row by row, without an index"),
        mongodb: State::Otherwise("searched row by row, without an index"),
        find: nowhere,
    },
    Construct {
        code: Code { id: "P0603", title: "triggers of yours" },
        sqlite: State::Otherwise("kept when a table is made anew"),
        postgres: State::Otherwise("left alone"),
        mysql: State::Otherwise("left alone"),
        mongodb: State::Otherwise("there are none"),
        find: nowhere,
    },
    Construct {
        code: Code { id: "P0604", title: "a position counted from the end in a path into Json" },
        sqlite: State::Otherwise("leads nowhere"),
        postgres: State::Differs {
            how: "counts from the end of the list",
            help: "count positions from the beginning",
        },
        mysql: State::Otherwise("leads nowhere"),
        mongodb: State::Otherwise("leads nowhere"),
        find: nowhere,
    },
];
