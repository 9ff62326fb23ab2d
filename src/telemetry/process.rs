//! What the system knows of this process, under the names that Prometheus' own libraries use.
//!
//! Written by hand: the recorder's counters are whole numbers, and processor time is not.

use std::{fmt::Write as _, sync::OnceLock, time::UNIX_EPOCH};

use super::list::METRICS;

/// When the program began, in seconds since 1970.
static STARTED: OnceLock<f64> = OnceLock::new();

/// Notes when the program began: after an upgrade in place that is later than its process did.
#[expect(clippy::disallowed_methods, reason = "of the process, not of the engine")]
pub(super) fn started() {
    let now = std::time::SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    STARTED.get_or_init(|| now.as_secs_f64());
}

/// All of it, in the text format of Prometheus. What the system does not tell is left out.
pub fn text() -> String {
    let mut text = String::new();
    for metric in METRICS.iter().filter(|metric| metric.name.starts_with("process_")) {
        if let Some(value) = value(metric.name) {
            let (name, kind, help) = (metric.name, metric.kind.name(), metric.help);
            // Writing to a String cannot fail.
            let _ = write!(text, "# HELP {name} {help}\n# TYPE {name} {kind}\n{name} {value}\n\n");
        }
    }
    text
}

fn value(name: &str) -> Option<f64> {
    match name {
        "process_start_time_seconds" => STARTED.get().copied(),
        #[cfg(unix)]
        "process_max_fds" => {
            let files = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
            Some(files.map_or(f64::INFINITY, |files| files as f64))
        }
        #[cfg(target_os = "linux")]
        name => linux::value(name),
        #[cfg(not(target_os = "linux"))]
        _ => None,
    }
}

#[cfg(target_os = "linux")]
mod linux {
    use std::fs;

    /// From `/proc`, see proc(5).
    pub(super) fn value(name: &str) -> Option<f64> {
        match name {
            "process_cpu_seconds_total" => {
                let ticks = cpu_ticks(&fs::read_to_string("/proc/self/stat").ok()?)?;
                Some(ticks as f64 / rustix::param::clock_ticks_per_second() as f64)
            }
            "process_resident_memory_bytes" => {
                let pages = resident_pages(&fs::read_to_string("/proc/self/statm").ok()?)?;
                Some(pages as f64 * rustix::param::page_size() as f64)
            }
            // One of them is the directory that is being read.
            "process_open_fds" => Some(fs::read_dir("/proc/self/fd").ok()?.count().saturating_sub(1) as f64),
            _ => None,
        }
    }

    /// In user and kernel mode together. The second field, the program's name, may hold spaces and brackets itself.
    fn cpu_ticks(stat: &str) -> Option<u64> {
        let mut fields = stat.rsplit_once(')')?.1.split_ascii_whitespace().skip(11);
        Some(fields.next()?.parse::<u64>().ok()? + fields.next()?.parse::<u64>().ok()?)
    }

    fn resident_pages(statm: &str) -> Option<u64> {
        statm.split_ascii_whitespace().nth(1)?.parse().ok()
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn what_the_kernel_writes_is_read() {
            let stat = "42 (a ) b) S 1 42 42 0 -1 4194560 1 2 3 4 150 50 7 8 20 0 3 0 1 1000 20 18446744073709551615";
            assert_eq!(cpu_ticks(stat), Some(200));
            assert_eq!(resident_pages("1000 250 30 4 0 60 0\n"), Some(250));
            assert_eq!(cpu_ticks("nonsense"), None);
        }
    }
}
