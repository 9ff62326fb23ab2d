//! Another version in the place of a running server, with its sockets and under its process id.
//!
//! `SIGUSR2` asks for it. The program that stands by then where the server was started from says whether it can go on with
//! configuration and database; else nothing happens. Then the server ends as it does at any stop, and the process becomes
//! that program. Its [sockets](crate::listeners) stay open all the while: who connects waits, and is refused nothing.

use std::{
    ffi::{OsStr, OsString},
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use anyhow::{Context, bail, ensure};
use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use tokio::time::{Instant, sleep, timeout};

use crate::{
    config::Config,
    listeners::{Listeners, pass_on},
    store::{self, Holder, Notice},
};

/// How long a program may take to say whether it can go on.
const CHECK: Duration = Duration::from_secs(30);
/// How often it is looked how far an upgrade is.
const LOOK: Duration = Duration::from_millis(50);
/// How long a server may take to notice that it is asked, to end and to begin again. A database that is brought up to date
/// may take long.
const PATIENCE: Duration = Duration::from_mins(10);
/// What runs, even where its file is gone.
const SELF: &str = "/proc/self/exe";

/// How this process was started, so that another version can be started so.
#[derive(Debug, Clone)]
pub struct Successor {
    /// Where the program stands, whatever stands there by now.
    program: PathBuf,
    arguments: Vec<OsString>,
    config: Option<PathBuf>,
}

impl Successor {
    /// What would be started in the place of this process. To be called at the start: later its file may be another.
    pub fn of_this(config: Option<&Path>) -> anyhow::Result<Self> {
        let mut arguments = std::env::args_os();
        let program = program(&arguments.next().unwrap_or_default())?;
        Ok(Self { program, arguments: arguments.collect(), config: config.map(Path::to_owned) })
    }

    /// Has it say whether it can go on; the errors are sentences.
    pub async fn check(&self) -> anyhow::Result<()> {
        let program = self.program.display();
        let mut check = tokio::process::Command::new(&self.program);
        check.arg("check").stdin(Stdio::null()).kill_on_drop(true);
        if let Some(config) = &self.config {
            check.arg("--config").arg(config);
        }
        let answer = match timeout(CHECK, check.output()).await {
            Ok(answer) => answer.with_context(|| format!("{program} cannot be started"))?,
            Err(_) => bail!("{program} does not say within {} s whether it can go on", CHECK.as_secs()),
        };
        let said = String::from_utf8_lossy(&answer.stderr);
        ensure!(answer.status.success(), "{program} cannot go on: {}", said.trim());
        Ok(())
    }

    /// Becomes it. Comes back only where that failed, and what runs cannot be started anew either.
    pub fn take_over(&self, listeners: &Listeners) -> anyhow::Error {
        for program in [&self.program, Path::new(SELF)] {
            let mut next = Command::new(program);
            next.arg0(&self.program).args(&self.arguments);
            let error = match pass_on(listeners, &mut next) {
                Ok(_open) => next.exec(),
                Err(error) => error,
            };
            tracing::error!(program = %program.display(), %error, "the upgrade failed after the stop; trying to go on as before");
        }
        anyhow::anyhow!("neither {} nor what ran until now can be started", self.program.display())
    }
}

/// Where a program stands that was started by this name. A link on the way stays one: it may lead elsewhere later.
fn program(name: &OsStr) -> anyhow::Result<PathBuf> {
    if Path::new(name).components().count() > 1 {
        return Ok(std::path::absolute(name)?);
    }
    let running = std::env::current_exe().context("this program does not know where it is")?;
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).map(|directory| directory.join(name));
    let same = |found: &PathBuf| found.canonicalize().is_ok_and(|found| found == running);
    Ok(match found.filter(|found| found.is_absolute()).find(same) {
        Some(found) => found,
        None => running,
    })
}

/// What a server tells of itself beside its database.
#[derive(Debug)]
pub struct Told {
    url: String,
    notice: Notice,
}

impl Told {
    /// It serves since `since`, in Unix milliseconds.
    pub fn serving(url: &str, since: i64) -> Self {
        let version = env!("CARGO_PKG_VERSION").to_owned();
        let notice = Notice { pid: std::process::id(), version, since, refused: None };
        let told = Self { url: url.to_owned(), notice };
        told.write();
        told
    }

    /// It was asked to be upgraded, and goes on as it is.
    pub fn refused(&mut self, why: String) {
        let times = self.notice.refused.take().map_or(0, |(times, _)| times);
        self.notice.refused = Some((times + 1, why));
        self.write();
    }

    fn write(&self) {
        if let Err(error) = store::announce(&self.url, &self.notice) {
            tracing::warn!(%error, "onecouch upgrade will not find this server");
        }
    }
}

/// `onecouch upgrade`: asks the server that has the database, and waits until another serves in its place.
pub async fn ask(config: &Config) -> anyhow::Result<String> {
    let url = &config.database.url;
    let before = server(url).await?;
    let pid = i32::try_from(before.pid).ok().and_then(Pid::from_raw).context("the server's process has no number")?;
    kill_process(pid, Signal::USR2)
        .with_context(|| format!("cannot ask process {}: do it as the user that runs the server", before.pid))?;
    let until = Instant::now() + PATIENCE;
    while Instant::now() < until {
        sleep(LOOK).await;
        match store::holder(url)? {
            Holder::Server(now) if now.since != before.since => {
                return Ok(format!(
                    "onecouch {} serves in the place of {}, as process {}",
                    now.version, before.version, now.pid
                ));
            }
            Holder::Server(Notice { refused: Some((times, why)), .. })
                if Some(times) != before.refused.as_ref().map(|(times, _)| *times) =>
            {
                bail!("onecouch {} goes on: {why}", before.version)
            }
            // Between the two nobody has the database.
            _ => ensure!(
                test_kill_process(pid).is_ok(),
                "process {} ended: its log says why. What started it may start it again",
                before.pid
            ),
        }
    }
    bail!("process {} is not through after {} minutes: its log says why", before.pid, PATIENCE.as_secs() / 60)
}

/// The server that has a database.
async fn server(url: &str) -> anyhow::Result<Notice> {
    let until = Instant::now() + Duration::from_secs(5);
    loop {
        match store::holder(url)? {
            Holder::Server(notice) => return Ok(notice),
            Holder::Nobody => bail!("no server has {url}: start it"),
            Holder::Untold => bail!(
                "which process has {} stands nowhere, as the machine may be another: send it SIGUSR2 (kill -USR2 PID), and \
                 read in its log what came of it",
                store::shown(url)
            ),
            Holder::Somebody if Instant::now() < until => sleep(LOOK).await,
            Holder::Somebody => bail!("what has {url} open is no server that serves: try again"),
        }
    }
}
