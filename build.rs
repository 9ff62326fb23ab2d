//! Builds the viewer (`web/`) where npm is there and the sources are newer than the bundle, and hands what is to be embedded
//! to `src/http/assets.rs` in `OUT_DIR/viewer`. `cargo build` never needs Node: without it, or where the build fails, a page is
//! embedded that says in one sentence how to get the viewer, and cargo prints a warning.
//!
//! `ONECOUCH_SKIP_VIEWER=1` leaves npm alone and takes the bundle that is there, if any.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::SystemTime,
};

/// What the bundle is made of; `node_modules` and `dist` are not.
const SOURCES: &[&str] = &[
    "src",
    "public",
    "scripts",
    "index.html",
    "activity.html",
    "vite.config.js",
    "tsconfig.json",
    "package.json",
    "package-lock.json",
];

const PLACEHOLDER: &str = r#"<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><!--head--><title>onecouch</title><!--/head--></head>
<body><!--boot--><p>The viewer was not built into this server: install Node 20 or newer with npm, then run cargo build again. The API and the bots work without it.</p></body></html>
"#;

fn main() {
    println!("cargo::rerun-if-env-changed=ONECOUCH_SKIP_VIEWER");
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let web = root.join("web");
    for source in SOURCES {
        println!("cargo::rerun-if-changed=web/{source}");
    }
    // Where the bundle is taken away by hand, it is made again.
    println!("cargo::rerun-if-changed=web/dist/index.html");

    let viewer = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default()).join("viewer");
    let built = bundle(&web)
        .and_then(|dist| embed(&dist, &viewer).map_err(|error| format!("the bundle cannot be copied: {error}")));
    if let Err(reason) = built {
        println!("cargo::warning=the viewer is not embedded: {reason}");
        if let Err(error) = placeholder(&viewer) {
            println!("cargo::error=no page can be written to {}: {error}", viewer.display());
        }
    }
}

/// The folder of an up-to-date bundle, built where needed; or why there is none.
fn bundle(web: &Path) -> Result<PathBuf, String> {
    let dist = web.join("dist");
    let made = modified(&dist.join("index.html"));
    let changed = SOURCES.iter().filter_map(|source| newest(&web.join(source))).max();
    let fresh = matches!((made, changed), (Some(made), Some(changed)) if made >= changed);
    if fresh {
        return Ok(dist);
    }
    if env::var_os("ONECOUCH_SKIP_VIEWER").is_some_and(|value| value != "0") {
        return if made.is_some() { Ok(dist) } else { Err("ONECOUCH_SKIP_VIEWER is set and web/dist is empty".into()) };
    }
    let locked = modified(&web.join("package-lock.json"));
    let installed = modified(&web.join("node_modules/.package-lock.json"));
    if installed.is_none() || installed < locked {
        npm(web, &["ci", "--no-audit", "--no-fund", "--prefer-offline", "--fetch-retries=1", "--fetch-timeout=20000"])?;
    }
    npm(web, &["run", "build"])?;
    Ok(dist)
}

/// Runs npm; what it prints is shown only where it fails.
fn npm(web: &Path, args: &[&str]) -> Result<(), String> {
    let program = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let output = Command::new(program)
        .args(args)
        .current_dir(web)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("npm does not run ({error}); install Node 20 or newer, then build again"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = [output.stdout, output.stderr].concat();
    for line in String::from_utf8_lossy(&said).lines().filter(|line| !line.trim().is_empty()).take(20) {
        println!("cargo::warning=npm: {line}");
    }
    Err(format!("npm {} failed", args.join(" ")))
}

fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|data| data.modified()).ok()
}

/// When anything under a path last changed.
fn newest(path: &Path) -> Option<SystemTime> {
    if !path.is_dir() {
        return modified(path);
    }
    let inside = fs::read_dir(path).ok()?.flatten().filter_map(|entry| newest(&entry.path())).max();
    inside.max(modified(path))
}

/// Copies the bundle to where it is embedded from, in place of an older one.
fn embed(dist: &Path, viewer: &Path) -> io::Result<()> {
    clear(viewer)?;
    copy(dist, viewer)
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

fn placeholder(viewer: &Path) -> io::Result<()> {
    clear(viewer)?;
    fs::create_dir_all(viewer)?;
    fs::write(viewer.join("index.html"), PLACEHOLDER)
}

fn clear(viewer: &Path) -> io::Result<()> {
    match fs::remove_dir_all(viewer) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
