//! Built-in tables: each case is a schema of some, put behind an app that uses the same names.

use purlin_schema::{Builtin, SourceFile, compile};

use crate::case_files::check_folder;
use crate::describe::schema_text;

/// The app has its own `Mail` and `State`, and its users elsewhere than in the first datasource.
const APP: &str = r#"
datasource first {
  provider = "sqlite"
}

datasource second {
  provider = "sqlite"
}

enum State {
  open
}

model Mail {
  id    Int   @id
  state State
}

model User {
  id Int @id
  @@datasource(second)
}
"#;

fn outcome(name: &str, text: &str) -> String {
    let app = compile(vec![SourceFile::new("app.zmodel", APP)]).schema.unwrap();
    match Builtin::compile(vec![SourceFile::new(name, text)]) {
        Ok(builtin) => {
            let schema = app.with_builtin(&builtin);
            assert_eq!(schema.own_models().count(), 2);
            assert_eq!(schema.model_named("Mail").map(|model| model.is_builtin), Some(false));
            assert!(schema.models.iter().enumerate().all(|(place, model)| model.id.index() == place));
            assert!(schema.enums.iter().enumerate().all(|(place, it)| it.id.index() == place));
            assert!(schema.builtin("Mail").is_none_or(|model| model.is_builtin));
            schema_text(&schema)
        }
        Err(text) => text,
    }
}

#[test]
fn case_files() {
    check_folder("builtin", outcome);
}
