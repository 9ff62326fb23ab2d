//! Processes under test: started, read out of `/proc`, ended.

use std::{
    fs,
    io::{self, BufRead, BufReader},
    process::{Child, Command, Stdio},
    time::Duration,
};

use anyhow::{Context, bail};
use rustix::process::{Pid, Signal, kill_process};

/// A process of ours; ended with us.
#[derive(Debug)]
pub struct Process {
    child: Child,
}

impl Process {
    /// Starts a process and waits for the line that begins with `open`; what follows in that line is returned.
    pub fn start(command: &mut Command, open: &str) -> anyhow::Result<(Self, String)> {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {}", command.get_program().display()))?;
        let stdout = child.stdout.take().context("the process has no output")?;
        let process = Self { child };
        let mut lines = BufReader::new(stdout);
        let mut line = String::new();
        loop {
            line.clear();
            if lines.read_line(&mut line)? == 0 {
                bail!("{} ended before it was open", command.get_program().display());
            }
            if let Some(rest) = line.strip_prefix(open) {
                let rest = rest.trim().to_owned();
                // A closed pipe would end it; nobody needs what else it says.
                std::thread::spawn(move || io::copy(&mut lines, &mut io::sink()));
                return Ok((process, rest));
            }
        }
    }

    /// Starts a process that says nothing when it is open.
    pub fn spawn(command: &mut Command) -> anyhow::Result<Self> {
        let child = command.stdin(Stdio::null()).spawn();
        Ok(Self { child: child.with_context(|| format!("cannot start {}", command.get_program().display()))? })
    }

    /// Time that its threads ran, in nanoseconds of resolution. Threads that ended are not in it.
    pub fn cpu(&self) -> anyhow::Result<Duration> {
        Self::cpu_of(&self.child.id().to_string())
    }

    /// The same of any process, by its number.
    pub fn cpu_of(id: &str) -> anyhow::Result<Duration> {
        let mut ran = 0;
        for task in fs::read_dir(format!("/proc/{id}/task"))? {
            // A thread may end between the listing and the reading.
            let Ok(text) = fs::read_to_string(task?.path().join("schedstat")) else { continue };
            let first = text.split_whitespace().next().context("schedstat is empty")?;
            ran += first.parse::<u64>()?;
        }
        Ok(Duration::from_nanos(ran))
    }

    /// What it ran since it had run for `before`.
    pub fn ran_since(&self, before: Duration) -> anyhow::Result<Duration> {
        Ok(self.cpu()?.saturating_sub(before))
    }

    /// Memory that it has resident, in kB.
    pub fn resident(&self) -> anyhow::Result<f64> {
        self.status("VmRSS:")
    }

    /// The most that it ever had resident, in kB.
    pub fn peak(&self) -> anyhow::Result<f64> {
        self.status("VmHWM:")
    }

    fn status(&self, name: &str) -> anyhow::Result<f64> {
        let text = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = text.lines().find_map(|line| line.strip_prefix(name)).with_context(|| format!("no {name}"))?;
        Ok(line.trim().trim_end_matches(" kB").parse::<u32>()?.into())
    }

    /// Sends it a signal, and does not wait for what comes of it.
    pub fn signal(&self, signal: Signal) -> anyhow::Result<()> {
        let id = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw).context("no process id")?;
        Ok(kill_process(id, signal)?)
    }

    /// Asks it to end, and waits until it has.
    pub fn stop(mut self) -> anyhow::Result<()> {
        self.signal(Signal::TERM)?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Of no effect on one that ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
