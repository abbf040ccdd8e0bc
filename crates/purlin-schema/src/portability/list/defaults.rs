//! What each engine makes of values that the database is to make.

use crate::diagnostic::Code;
use crate::portability::scope::nowhere;
use crate::portability::{Construct, State, defaults};

pub(super) const DEFAULTS: &[Construct] = &[
    Construct {
        code: Code { id: "P0201", title: "autoincrement() or sequence() beside the key of one field" },
        sqlite: State::Refused {
            how: "is counted by nothing, so no row could be made",
            help: "count the key itself, or use another default",
        },
        postgres: State::Same,
        mysql: State::Refused {
            how: "cannot be counted",
            help: "add @unique or @@index to one such field, and give the others another default",
        },
        mongodb: State::Otherwise("counted in a collection of counters"),
        find: defaults::counted,
    },
    Construct {
        code: Code { id: "P0202", title: "the numbers of autoincrement()" },
        sqlite: State::Same,
        postgres: State::Otherwise("a write that fails leaves a gap"),
        mysql: State::Otherwise("a write that fails leaves a gap; TiDB gives each of its servers a range"),
        mongodb: State::Otherwise("counted in a collection of counters; a write that fails leaves a gap"),
        find: nowhere,
    },
    Construct {
        code: Code { id: "P0203", title: "dbgenerated(\"…\") with an expression of another engine" },
        sqlite: State::Differs {
            how: "is passed on as it is written, and must be an expression of this engine",
            help: "use a default of the schema language, such as now(), uuid() or a constant",
        },
        postgres: State::Differs {
            how: "is passed on as it is written, and must be an expression of this engine",
            help: "use a default of the schema language, such as now(), uuid() or a constant",
        },
        mysql: State::Differs {
            how: "is passed on as it is written, and must be an expression of this engine",
            help: "use a default of the schema language, such as now(), uuid() or a constant",
        },
        mongodb: State::Same,
        find: defaults::as_written,
    },
    Construct {
        code: Code { id: "P0204", title: "dbgenerated(\"…\") that has no translation" },
        sqlite: State::Differs {
            how: "has no default here: it is null unless a value is given",
            help: "use a default of the schema language, such as now(), uuid() or a constant",
        },
        postgres: State::Same,
        mysql: State::Differs {
            how: "has no default here: it is null unless a value is given",
            help: "use a default of the schema language, such as now(), uuid() or a constant",
        },
        mongodb: State::Differs {
            how: "has no default here: it is null unless a value is given",
            help: "use a default of the schema language, such as now(), uuid() or a constant",
        },
        find: defaults::dropped,
    },
    Construct {
        code: Code { id: "P0205", title: "a key by dbgenerated(\"…\") that has no translation" },
        sqlite: State::Refused {
            how: "has no default here, so a row would have no key",
            help: "use a default of the schema language, such as uuid(), cuid() or autoincrement()",
        },
        postgres: State::Same,
        mysql: State::Refused {
            how: "has no default here, so a row would have no key",
            help: "use a default of the schema language, such as uuid(), cuid() or autoincrement()",
        },
        mongodb: State::Refused {
            how: "has no default here, so a row would have no key",
            help: "use a default of the schema language, such as uuid(), cuid() or autoincrement()",
        },
        find: defaults::dropped_key,
    },
    Construct {
        code: Code { id: "P0206", title: "dbgenerated(\"now() + …\")" },
        sqlite: State::Differs {
            how: "is taken for now() alone",
            help: "let the writer give the value, or use now() and reckon when it is read",
        },
        postgres: State::Same,
        mysql: State::Differs {
            how: "is taken for now() alone",
            help: "let the writer give the value, or use now() and reckon when it is read",
        },
        mongodb: State::Differs {
            how: "is taken for now() alone",
            help: "let the writer give the value, or use now() and reckon when it is read",
        },
        find: defaults::reckoned,
    },
    Construct {
        code: Code { id: "P0207", title: "dbgenerated() by a trigger of yours" },
        sqlite: State::Otherwise("the trigger is yours to make"),
        postgres: State::Otherwise("the trigger is yours to make"),
        mysql: State::Otherwise("the trigger is yours to make"),
        mongodb: State::Differs {
            how: "is made by nothing, for there are no triggers",
            help: "use a default of the schema language, such as now(), uuid() or a constant",
        },
        find: defaults::by_trigger,
    },
    Construct {
        code: Code { id: "P0208", title: "auto()" },
        sqlite: State::Otherwise("24 hexadecimal digits that Purlin makes"),
        postgres: State::Otherwise("24 hexadecimal digits that Purlin makes"),
        mysql: State::Otherwise("24 hexadecimal digits that Purlin makes"),
        mongodb: State::Otherwise("the same; an ObjectId with @db.ObjectId"),
        find: nowhere,
    },
    Construct {
        code: Code { id: "P0209", title: "@updatedAt" },
        sqlite: State::Otherwise("set by Purlin"),
        postgres: State::Otherwise("set by Purlin"),
        mysql: State::Otherwise("set by Purlin"),
        mongodb: State::Otherwise("set by Purlin"),
        find: nowhere,
    },
];
