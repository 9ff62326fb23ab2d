//! What an operator does to a server that people are on: the real program, upgraded, copied, put back, moved elsewhere.

mod backup;
mod export;
mod migrations;
mod moving;
mod supervised;
mod upgrade;

use std::{
    fmt::Write as _,
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
    process::{Output, Stdio},
    time::Duration,
};

use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, BufReader, Lines},
    process::{Child, ChildStdout, Command},
    time::timeout,
};

use crate::fake_web::FakeWeb;

/// How long a step of these stories may take: programs start, on a machine that has other work.
pub(crate) const LONG: Duration = Duration::from_secs(60);

/// The program of this build.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_onecouch");

/// A directory with a configuration, a link to the program that may lead elsewhere later, and data.
pub(crate) struct Place {
    directory: TempDir,
    web: FakeWeb,
}

impl Place {
    pub(crate) async fn new(settings: &str) -> Self {
        let place = Self { directory: tempfile::tempdir().unwrap(), web: FakeWeb::start().await };
        place.is_set(settings);
        symlink(PROGRAM, place.program()).unwrap();
        place
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.path("data/onecouch.db")
    }

    pub(crate) fn program(&self) -> PathBuf {
        self.path("onecouch")
    }

    pub(crate) fn link(&self, path: &str) -> String {
        self.web.url(path).to_string()
    }

    /// Writes its configuration: this, and limits that are in nobody's way.
    pub(crate) fn is_set(&self, settings: &str) {
        let web = self.web.authority();
        let mut text = format!(
            "{settings}\n[resolve]\nallow_private = [\"{web}\"]\n[log]\nfilter = \"warn\"\n[limits]\nsockets_per_address = 10000\n"
        );
        for limit in
            ["calls", "chat", "chat_of_address", "commands", "frames", "guests", "links", "links_of_address", "rooms"]
        {
            writeln!(text, "{limit} = {{ burst = 1000000, per_minute = 1000000 }}").unwrap();
        }
        fs::write(self.path("couch.toml"), text).unwrap();
    }

    /// Puts a shell script in the place of the program.
    pub(crate) fn becomes(&self, script: &str) {
        let next = self.path("next");
        fs::write(&next, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&next, fs::Permissions::from_mode(0o755)).unwrap();
        fs::rename(next, self.program()).unwrap();
    }

    /// Puts this build in the place of the program.
    pub(crate) fn becomes_this_build(&self) {
        let _ = fs::remove_file(self.program());
        symlink(PROGRAM, self.program()).unwrap();
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(self.program());
        command.args(["--config", "couch.toml"]).args(arguments).current_dir(self.directory.path());
        command.stdin(Stdio::null()).kill_on_drop(true);
        command
    }

    /// Runs a command to its end.
    pub(crate) async fn runs(&self, arguments: &[&str]) -> Said {
        Said::of(timeout(LONG, self.command(arguments).output()).await.expect("it does not end").unwrap())
    }

    pub(crate) async fn serves(&self) -> Server {
        Server::starts(self.command(&["serve"])).await
    }
}

/// What a command said, and how it ended.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) good: bool,
    pub(crate) out: String,
    pub(crate) error: String,
}

impl Said {
    fn of(output: Output) -> Self {
        Self {
            good: output.status.success(),
            out: String::from_utf8(output.stdout).unwrap(),
            error: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// What it said, where all went well.
    pub(crate) fn good(self) -> String {
        assert!(self.good, "{self:?}");
        self.out
    }

    /// Why it did not do it.
    pub(crate) fn no(self) -> String {
        assert!(!self.good && self.error.starts_with("onecouch: "), "{self:?}");
        self.error
    }
}

/// A server in a process of its own.
pub(crate) struct Server {
    pub(crate) child: Child,
    pub(crate) url: String,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Server {
    pub(crate) async fn starts(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).kill_on_drop(true).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut server = Self { child, url: String::new(), lines };
        server.opens().await;
        server
    }

    /// Waits until it says that it is open: at its start, and after each upgrade.
    pub(crate) async fn opens(&mut self) {
        let open = async {
            loop {
                let line = self.lines.next_line().await.unwrap().expect("the server ended");
                if let Some(url) = line.strip_prefix("onecouch is open at ") {
                    return url.trim_end_matches('/').to_owned();
                }
            }
        };
        self.url = timeout(LONG, open).await.expect("the server did not open");
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id().expect("it runs")
    }

    pub(crate) fn is_told(&self, signal: rustix::process::Signal) {
        let pid = rustix::process::Pid::from_raw(i32::try_from(self.pid()).unwrap()).unwrap();
        rustix::process::kill_process(pid, signal).unwrap();
    }

    /// Ends it as systemd does; what it wrote to its log, where that was kept.
    pub(crate) async fn stops(mut self) -> String {
        self.is_told(rustix::process::Signal::TERM);
        let mut log = String::new();
        if let Some(mut stderr) = self.child.stderr.take() {
            stderr.read_to_string(&mut log).await.unwrap();
        }
        assert!(timeout(LONG, self.child.wait()).await.expect("it does not end").unwrap().success());
        log
    }

    /// As the power does: no word, no last write.
    pub(crate) async fn dies(mut self) {
        self.child.kill().await.unwrap();
    }
}

/// An address that nobody listens on.
pub(crate) fn free_address() -> String {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

/// The mode of a file, as chmod writes it.
fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}
