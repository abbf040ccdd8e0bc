//! What a migration needs a person for: losses to agree to, renames to tell from drops. Flags
//! answer before, a person on a terminal when asked; otherwise the command stops with the flags to give.

use purlin_migrate::{Accepted, Answers, Consent, Error, Finding};

use super::{Failure, Person};

#[derive(Clone, Debug, Default, clap::Args)]
pub struct LossFlags {
    /// Apply changes that lose data without asking.
    #[arg(long)]
    pub accept_data_loss: bool,

    /// Allow one change that loses data, as its message names it; may be given several times.
    #[arg(long, value_name = "CODE:OBJECT")]
    pub allow: Vec<String>,
}

#[derive(Clone, Debug, Default, clap::Args)]
pub struct ConsentFlags {
    #[command(flatten)]
    pub loss: LossFlags,

    /// A model (Old=New) or a field (Model.old=new) has another name; may be given several times.
    #[arg(long, value_name = "OLD=NEW")]
    pub rename: Vec<String>,

    /// A model or a field (Model.field) is gone and not renamed; may be given several times.
    #[arg(long, value_name = "NAME")]
    pub drop: Vec<String>,
}

impl LossFlags {
    pub fn accepted(&self) -> Result<Accepted, Failure> {
        let mut accepted = Accepted::default();
        for flag in &self.allow {
            accepted.add(flag).map_err(|error| Failure::wrong_use(error.to_string()))?;
        }
        Ok(accepted)
    }
}

impl ConsentFlags {
    pub fn consent(&self) -> Result<Consent, Failure> {
        let wrong = |error: Error| Failure::wrong_use(error.to_string());
        let mut answers = Answers::default();
        for flag in &self.rename {
            answers.add_rename(flag).map_err(wrong)?;
        }
        for flag in &self.drop {
            answers.add_drop(flag).map_err(wrong)?;
        }
        Ok(Consent { answers, accepted: self.loss.accepted()? })
    }
}

/// Runs `act` until nothing is open: what it asks is answered by flags or by the person. `copy` says what becomes of a
/// copy of the database.
pub fn settle<T>(
    mut consent: Consent,
    accept_data_loss: bool,
    person: &mut dyn Person,
    copy: &str,
    mut act: impl FnMut(&Consent) -> Result<T, Error>,
) -> Result<T, Failure> {
    loop {
        match act(&consent) {
            Ok(done) => return Ok(done),
            Err(Error::Unanswered { questions, .. }) if person.is_present() => {
                for question in &questions {
                    let choices = question
                        .candidates
                        .iter()
                        .map(|name| format!("renamed to {name}"))
                        .chain(["dropped, with what it holds".to_owned()])
                        .collect::<Vec<_>>();
                    let chosen = person.choose(&question.to_string(), &choices).ok_or_else(refused)?;
                    consent.answers.0.push(match question.candidates.get(chosen) {
                        Some(candidate) => question.rename_to(candidate),
                        None => question.drop(),
                    });
                }
            }
            Err(Error::Guarded { findings, .. }) if can_be_allowed(&findings) && accept_data_loss => {
                consent.accepted.add_findings(&findings);
            }
            Err(Error::Guarded { findings, .. }) if can_be_allowed(&findings) && person.is_present() => {
                let list: Vec<String> = findings
                    .iter()
                    .map(|finding| format!("  - {}: {}", finding.object, finding.message))
                    .collect();
                let question = format!("This loses data:\n{}\nDo it? ({copy})", list.join("\n"));
                if !person.agrees(&question) {
                    return Err(refused());
                }
                consent.accepted.add_findings(&findings);
            }
            Err(error) => {
                let failure = failure(&error);
                let is_loss = failure.code == DATA_LOSS;
                return Err(if is_loss {
                    failure.with_help(format!("{ALLOWS_ALL}; {copy}"))
                } else {
                    failure
                });
            }
        }
    }
}

const DATA_LOSS: &str = "DATA_LOSS";
const ALLOWS_ALL: &str = "--accept-data-loss allows all of it";

fn can_be_allowed(findings: &[Finding]) -> bool {
    findings.iter().all(|finding| !finding.code.is_impossible())
}

fn refused() -> Failure {
    Failure::problem("REFUSED", "stopped as you asked; nothing was changed")
}

/// A migration's error with its stable code.
pub fn failure(error: &Error) -> Failure {
    let message = error.to_string();
    match error {
        Error::Unanswered { .. } => Failure::problem("RENAME_OR_DROP", message),
        Error::Guarded { findings, .. } if can_be_allowed(findings) => {
            Failure::problem(DATA_LOSS, message).with_help(ALLOWS_ALL)
        }
        Error::Guarded { .. } => Failure::problem("DATA_DOES_NOT_FIT", message),
        Error::Flag { .. } | Error::Name { .. } => Failure::wrong_use(message),
        _ => Failure::problem("MIGRATION", message),
    }
}

#[cfg(test)]
mod tests {
    use purlin_migrate::{Answer, FindingCode, Question};

    use super::*;

    /// Answers from a list; nobody is there when it is `None`.
    struct Scripted(Option<Vec<usize>>);

    impl Person for Scripted {
        fn is_present(&self) -> bool {
            self.0.is_some()
        }

        fn choose(&mut self, _: &str, choices: &[String]) -> Option<usize> {
            let chosen = self.0.as_mut()?.pop()?;
            (chosen < choices.len()).then_some(chosen)
        }

        fn agrees(&mut self, _: &str) -> bool {
            self.0.as_mut().and_then(Vec::pop) == Some(1)
        }
    }

    fn finding(code: FindingCode) -> Finding {
        let (message, suggestion) = ("2 rows".to_owned(), "keep it".to_owned());
        Finding { code, object: "Post.title".to_owned(), rows: 2, message, suggestion }
    }

    fn question() -> Question {
        Question {
            table: Some("Post".to_owned()),
            from: "title".to_owned(),
            database_name: "title".to_owned(),
            candidates: vec!["name".to_owned()],
        }
    }

    /// A migration that asks both, and is done when both are answered.
    fn asking(code: FindingCode) -> impl FnMut(&Consent) -> Result<Vec<Answer>, Error> {
        move |consent| {
            let datasource = "db".to_owned();
            if consent.answers.0.is_empty() {
                return Err(Error::Unanswered { datasource, questions: vec![question()] });
            }
            let findings = consent.accepted.remaining(&[finding(code)]);
            if findings.is_empty() {
                return Ok(consent.answers.0.clone());
            }
            Err(Error::Guarded { datasource, migration: None, findings })
        }
    }

    #[track_caller]
    fn check(flags: &ConsentFlags, answers: Option<Vec<usize>>, code: FindingCode, expected: &str) {
        let consent = flags.consent().unwrap();
        let settled = settle(consent, flags.loss.accept_data_loss, &mut Scripted(answers), "", asking(code));
        let found = settled.map_or_else(|failure| failure.code.to_owned(), |answers| format!("{answers:?}"));
        assert!(found.contains(expected), "{found}");
    }

    #[test]
    fn flags_and_people_answer() {
        let lossy = FindingCode::DropColumn;
        let none = ConsentFlags::default();
        check(&none, None, lossy, "RENAME_OR_DROP");
        check(&none, Some(vec![1, 0]), lossy, "Rename");
        check(&none, Some(vec![1, 1]), lossy, "Drop");
        check(&none, Some(vec![0, 0]), lossy, "REFUSED");
        check(&none, Some(vec![7]), lossy, "REFUSED");
        let rename = ConsentFlags { rename: vec!["Post.title=name".to_owned()], ..ConsentFlags::default() };
        check(&rename, None, lossy, "DATA_LOSS");
        check(&rename, Some(vec![1]), FindingCode::RequiredWithNulls, "DATA_DOES_NOT_FIT");
        let mut all = rename.clone();
        all.loss.accept_data_loss = true;
        check(&all, None, lossy, "Rename");
        check(&all, None, FindingCode::RequiredWithNulls, "DATA_DOES_NOT_FIT");
        let mut one = ConsentFlags { drop: vec!["Post.title".to_owned()], ..ConsentFlags::default() };
        one.loss.allow = vec!["drop-column:Post.title".to_owned()];
        check(&one, None, lossy, "Drop");
    }

    #[test]
    fn flags_that_say_nothing_are_wrong_use() {
        let flags = |rename: &str, drop: &str, allow: &str| ConsentFlags {
            rename: vec![rename.to_owned()],
            drop: vec![drop.to_owned()],
            loss: LossFlags { allow: vec![allow.to_owned()], accept_data_loss: false },
        };
        for flags in [flags("a", "b", "c:d"), flags("a=b", "", "c:d"), flags("a=b", "c", "d")] {
            assert_eq!(flags.consent().unwrap_err().exit, crate::cli::Exit::WrongUse);
        }
    }
}
