//! The templates of mails, and whether the mail server is there and lets us in.

use super::Finding;
use crate::config::Config;
use crate::wire;

pub(super) fn mail(config: &Config, findings: &mut Vec<Finding>) {
    if let Err(failure) = wire::mail_templates(&config.app) {
        findings.push(Finding::of_failure("mail", failure));
    }
    findings.push(match wire::mail_server(config) {
        Ok(None) => {
            Finding::ok("mail", "MAIL_URL is not set: `purlin dev` catches mail, `purlin serve` sends none")
        }
        Ok(Some(server)) => {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            match runtime.map(|runtime| runtime.block_on(server.check())) {
                Ok(Ok(())) => Finding::ok("mail", "the mail server is there and lets us in"),
                Ok(Err(refusal)) => {
                    let help =
                        "look at the host, port, user and password of MAIL_URL, and at its certificate";
                    Finding::problem(
                        "mail",
                        format!("the mail server cannot be used: {}", refusal.text),
                        help,
                    )
                }
                Err(error) => Finding::problem("mail", format!("cannot look: {error}"), "try again"),
            }
        }
        Err(failure) => Finding::of_failure("mail", failure),
    });
}
