//! Certificates for the time of a test, made by `openssl`.

use std::path::{Path, PathBuf};
use std::process::Command;

/// One that signs certificates of servers, in a folder.
#[derive(Debug)]
pub struct Authority {
    certificate: PathBuf,
    key: PathBuf,
}

impl Authority {
    /// Its certificate and key are `NAME.pem` and `NAME.key`.
    pub fn new(folder: &Path, name: &str) -> Self {
        let (certificate, key) = paths(folder, name);
        let subject = format!("/CN={name}");
        openssl(&["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", &subject])
            .ends_with(&["-addext", "basicConstraints=critical,CA:TRUE"], &key, &certificate);
        Self { certificate, key }
    }

    pub fn certificate(&self) -> &Path {
        &self.certificate
    }

    /// For a host, such as `DNS:localhost` or `IP:127.0.0.1`: paths of its certificate and its key, which none but
    /// its owner reads.
    pub fn sign(&self, folder: &Path, name: &str, host: &str) -> (PathBuf, PathBuf) {
        let (certificate, key) = paths(folder, name);
        let subject = format!("/CN={name}");
        let alternative = format!("subjectAltName={host}");
        openssl(&["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", &subject])
            .arg("-CA", &self.certificate)
            .arg("-CAkey", &self.key)
            .ends_with(
                &["-addext", &alternative, "-addext", "basicConstraints=critical,CA:FALSE"],
                &key,
                &certificate,
            );
        (certificate, key)
    }
}

fn paths(folder: &Path, name: &str) -> (PathBuf, PathBuf) {
    (folder.join(format!("{name}.pem")), folder.join(format!("{name}.key")))
}

struct Openssl(Command);

fn openssl(arguments: &[&str]) -> Openssl {
    let mut command = Command::new("openssl");
    command.args(arguments);
    Openssl(command)
}

impl Openssl {
    fn arg(mut self, name: &str, path: &Path) -> Self {
        self.0.arg(name).arg(path);
        self
    }

    fn ends_with(mut self, more: &[&str], key: &Path, certificate: &Path) {
        use std::os::unix::fs::PermissionsExt as _;
        let output = self.0.args(more).arg("-keyout").arg(key).arg("-out").arg(certificate).output();
        let output = output.unwrap_or_else(|error| panic!("this test needs openssl: {error}"));
        assert!(output.status.success(), "openssl: {}", String::from_utf8_lossy(&output.stderr));
        std::fs::set_permissions(key, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
}
