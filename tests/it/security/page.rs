//! The pages that name tests as proofs name tests that are there.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Files below a folder whose names end so.
fn files(place: &Path, endings: &[&str], found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(place) else { return };
    for path in entries.map(|entry| entry.unwrap().path()) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && !["node_modules", "target", "dist"].contains(&name.as_str()) {
            files(&path, endings, found);
        } else if endings.iter().any(|ending| name.ends_with(ending)) {
            found.push(path);
        }
    }
}

/// The names of all Rust tests and the titles of all tests of the page, by the files that they stand in.
fn tests() -> BTreeMap<String, Vec<String>> {
    let mut all: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut found = Vec::new();
    for place in ["src", "engine", "bots", "tests", "benches"] {
        files(&root().join(place), &[".rs"], &mut found);
    }
    for place in ["web/stories", "web/tests"] {
        files(&root().join(place), &[".mjs", ".ts", ".tsx"], &mut found);
    }
    for path in found {
        let text = std::fs::read_to_string(&path).unwrap();
        let at = path.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
        let mut is_test = false;
        for line in text.lines().map(str::trim) {
            is_test |= line.starts_with("#[test]") || line.starts_with("#[tokio::test");
            let name = line.strip_prefix("async fn ").or_else(|| line.strip_prefix("fn "));
            if let (true, Some(name)) = (is_test, name) {
                all.entry(name.split('(').next().unwrap().to_owned()).or_default().push(at.clone());
                is_test = false;
            }
            // test("title", …) and it('title', …) of the page.
            let call = ["test(", "it("].iter().find_map(|call| line.strip_prefix(call));
            if let Some(title) = call.and_then(|rest| rest.split(['"', '\'', '`']).nth(1)) {
                all.entry(title.to_owned()).or_default().push(at.clone());
            }
        }
    }
    all
}

/// Texts between backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// Whether a text between backticks is the name of a test: words joined by underscores, more than one would name anything else.
fn is_name(text: &str) -> bool {
    text.matches('_').count() >= 3
        && !text.starts_with("onecouch_")
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

#[test]
fn every_test_that_a_page_names_as_a_proof_is_there() {
    let tests = tests();
    let mut named = 0;
    for page in ["docs/SECURITY.md", "docs/RELIABILITY.md"] {
        let Ok(text) = std::fs::read_to_string(root().join(page)) else {
            assert_ne!(page, "docs/SECURITY.md", "the page is gone");
            continue;
        };
        let missing: Vec<&str> = quoted(&text).filter(|name| is_name(name) && !tests.contains_key(*name)).collect();
        assert!(missing.is_empty(), "{page} names tests that are not there: {missing:#?}");
        // A story of the page is named by its title, in quotes, behind its file.
        for (at, rest) in text.match_indices(".story.mjs`").map(|(at, mark)| (at, &text[at + mark.len()..])) {
            let file = text[..at].rsplit('`').next().unwrap();
            let path = root().join("web/stories").join(format!("{}.story.mjs", file.rsplit('/').next().unwrap()));
            assert!(path.is_file(), "{page} names {}", path.display());
            if let Some(title) = rest.strip_prefix(" \u{201c}").and_then(|rest| rest.split('\u{201d}').next()) {
                assert!(tests.contains_key(title), "{page}: {file} tells no story {title:?}");
            }
        }
        named += quoted(&text).filter(|name| is_name(name)).collect::<BTreeSet<_>>().len();
    }
    assert!(named >= 60, "{named} tests are named");
}

#[test]
fn every_file_that_the_page_names_is_there() {
    let text = std::fs::read_to_string(root().join("docs/SECURITY.md")).unwrap();
    let paths = quoted(&text).filter(|text| {
        let end = Path::new(text).extension().and_then(|end| end.to_str());
        matches!(end, Some("rs" | "toml" | "ts" | "tsx")) && text.contains('/') && !text.contains(['{', '*'])
    });
    let missing: Vec<&str> = paths.filter(|path| !root().join(path).is_file()).collect();
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn no_crate_of_ours_has_unsafe_code_and_each_takes_the_lints_of_all() {
    let manifest = |path: &str| -> toml::Table { std::fs::read_to_string(root().join(path)).unwrap().parse().unwrap() };
    let workspace = manifest("Cargo.toml");
    assert_eq!(workspace["workspace"]["lints"]["rust"]["unsafe_code"].as_str(), Some("forbid"));
    let members = workspace["workspace"]["members"].as_array().unwrap().iter();
    let mut places = vec![String::new()];
    places.extend(members.map(|member| format!("{}/", member.as_str().unwrap())));
    assert!(places.len() >= 3);
    for place in &places {
        assert_eq!(manifest(&format!("{place}Cargo.toml"))["lints"]["workspace"].as_bool(), Some(true), "{place}");
    }
}

#[test]
fn no_statement_is_put_together_from_texts() {
    // The library takes no other statement than one that stands in the code, but for what is said to be safe by this word.
    let mut found = Vec::new();
    for place in ["src", "engine", "bots"] {
        files(&root().join(place), &[".rs"], &mut found);
    }
    let word = concat!("AssertSql", "Safe");
    found.retain(|path| std::fs::read_to_string(path).unwrap().contains(word));
    let found: BTreeSet<_> =
        found.iter().map(|path| path.strip_prefix(root()).unwrap().to_string_lossy().into_owned()).collect();
    let may = [
        "src/store/postgres/plans.rs",
        "src/store/postgres/target.rs",
        "src/store/sqlite/plans.rs",
        "src/store/sqlite/schema.rs",
        "src/store/sqlite/source.rs",
    ];
    assert_eq!(
        found,
        may.map(str::to_owned).into(),
        "a test looks at plans; a pragma takes no parameters, and is given a number of ours; a move names the tables of ours; nothing else may"
    );
}
