//! Whoever sits at the terminal. Questions go to standard error, so that an answer on standard
//! output stays what it is.

use std::io::{self, BufRead, IsTerminal, Write};

pub trait Person {
    /// Whether there is anybody to ask.
    fn is_present(&self) -> bool;

    /// The number of the choice; `None` when there is no answer.
    fn choose(&mut self, question: &str, choices: &[String]) -> Option<usize>;

    /// Yes, clearly.
    fn agrees(&mut self, question: &str) -> bool;
}

/// The terminal of this process.
#[derive(Debug)]
pub struct Terminal {
    is_present: bool,
}

impl Terminal {
    /// Nobody is asked by a program that reads JSON, nor through a pipe.
    pub fn new(is_json: bool) -> Self {
        Self { is_present: !is_json && io::stdin().is_terminal() && io::stderr().is_terminal() }
    }
}

impl Person for Terminal {
    fn is_present(&self) -> bool {
        self.is_present
    }

    fn choose(&mut self, question: &str, choices: &[String]) -> Option<usize> {
        let list: Vec<String> =
            choices.iter().enumerate().map(|(index, choice)| format!("  {}) {choice}", index + 1)).collect();
        let mut text = format!("{question}\n{}\nNumber, or nothing to stop: ", list.join("\n"));
        loop {
            let answer = ask(&text).filter(|answer| !answer.is_empty())?;
            let index = answer.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
            if let Some(index) = index.filter(|index| *index < choices.len()) {
                return Some(index);
            }
            text = format!("a number from 1 to {}, or nothing to stop: ", choices.len());
        }
    }

    fn agrees(&mut self, question: &str) -> bool {
        let answer = ask(&format!("{question} [y/N] "));
        answer.is_some_and(|answer| matches!(answer.to_lowercase().as_str(), "y" | "yes"))
    }
}

fn ask(text: &str) -> Option<String> {
    let mut stream = io::stderr().lock();
    write!(stream, "{text}").and_then(|()| stream.flush()).ok()?;
    drop(stream);
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line).ok()?;
    Some(line.trim().to_owned())
}
