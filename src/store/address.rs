//! What `database.url` may say: which kind of database it names, and how it is shown to people.

use url::Url;

use super::StoreError;

/// How an address of PostgreSQL begins.
const POSTGRES: [&str; 2] = ["postgres", "postgresql"];

/// What may stand behind the question mark of an address of PostgreSQL. Others would be passed over with a line in the log
/// that has what they were set to.
const SETTINGS: [&str; 13] = [
    "application_name",
    "dbname",
    "host",
    "hostaddr",
    "options",
    "password",
    "port",
    "sslcert",
    "sslkey",
    "sslmode",
    "sslrootcert",
    "statement-cache-capacity",
    "user",
];

/// Why an address most often is none.
const SIGNS: &str = "signs such as @ : / ? # of a name or password are written as %40 %3A %2F %3F %23";

/// Which kind of database an address names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Sqlite,
    Postgres,
}

/// By how it begins; whatever is no address of PostgreSQL is SQLite's to read.
pub(super) fn kind(url: &str) -> Kind {
    match url.split_once(':') {
        Some((scheme, _)) if POSTGRES.contains(&scheme) => Kind::Postgres,
        _ => Kind::Sqlite,
    }
}

/// Whether an address is of a database that several processes can have at once.
pub fn is_shared(url: &str) -> bool {
    kind(url) == Kind::Postgres
}

/// Looks whether an address is one at all, without going there.
pub fn check(url: &str) -> Result<(), StoreError> {
    match kind(url) {
        Kind::Sqlite => super::sqlite::path_of(url).map(drop),
        Kind::Postgres => parsed(url).map(drop),
    }
}

/// An address of PostgreSQL, in its parts.
pub(super) fn parsed(url: &str) -> Result<Url, StoreError> {
    let not_postgres = |why: String| StoreError::NoPostgres { url: shown(url), why };
    let address = Url::parse(url).map_err(|error| not_postgres(format!("{error}; {SIGNS}")))?;
    if address.cannot_be_a_base() {
        return Err(not_postgres("two strokes are missing behind the colon".into()));
    }
    // What stands before the @ and is not a name has a sign in it that ends it.
    if url.contains('@') && shown(url) == hidden(url) {
        return Err(not_postgres(SIGNS.into()));
    }
    for (name, _) in address.query_pairs() {
        if !SETTINGS.contains(&&*name) && !name.starts_with("options[") {
            return Err(not_postgres(format!("{name} is nothing that can be set in it")));
        }
    }
    if address.path().trim_matches('/').is_empty() && !address.query_pairs().any(|(name, _)| name == "dbname") {
        return Err(not_postgres("it names no database".into()));
    }
    Ok(address)
}

/// An address as it may be printed and logged: without the password, and without what is set behind its question mark.
pub fn shown(url: &str) -> String {
    if kind(url) == Kind::Sqlite && (url.starts_with("sqlite:") || !url.contains("://")) {
        return url.to_owned();
    }
    let Some(mut address) = Url::parse(url).ok().filter(|url| !url.cannot_be_a_base()) else { return hidden(url) };
    // A password with a sign that ends it is no part of the name and password any more, and stands somewhere else.
    if url.contains('@') && (address.username().is_empty() || address.fragment().is_some()) {
        return hidden(url);
    }
    let before = url.split(['?', '#']).next().unwrap_or_default();
    if url.contains('@') && !before.contains('@') || address.set_password(None).is_err() && address.password().is_some()
    {
        return hidden(url);
    }
    address.set_query(None);
    address.set_fragment(None);
    address.into()
}

/// What an address is for sure.
fn hidden(url: &str) -> String {
    format!("{}://…", url.split(':').next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_password_is_shown() {
        for (url, shown_as) in [
            ("sqlite://data/onecouch.db", "sqlite://data/onecouch.db"),
            ("data/me@home.db", "data/me@home.db"),
            ("postgres://couch:secret@db.example:5433/couch?sslmode=require", "postgres://couch@db.example:5433/couch"),
            ("postgresql://couch@db.example/couch", "postgresql://couch@db.example/couch"),
            ("postgres://db.example/couch?user=couch&password=secret", "postgres://db.example/couch"),
            ("postgres:///couch?host=/run/postgresql", "postgres:///couch"),
            ("postgres://couch:12#secret@db.example/couch", "postgres://…"),
            ("postgres://couch:secret/secret@db.example/couch", "postgres://…"),
            ("postgres://couch:12/secret@db.example/couch", "postgres://…"),
            ("postgres://couch:12?secret@db.example/couch", "postgres://…"),
            ("postgres://:secret@db.example/couch", "postgres://…"),
            ("mysql://couch:secret@db.example/couch", "mysql://couch@db.example/couch"),
        ] {
            assert_eq!(shown(url), shown_as);
            assert!(!shown(url).contains("secret") && !shown(url).contains("12"));
        }
    }

    #[test]
    fn what_is_no_address_is_told_without_its_password() {
        for (url, why) in [
            ("postgres://couch:secret@db.example", "names no database"),
            ("postgres://couch:secret@db.example/", "names no database"),
            ("postgres://couch:secret@db.example/couch?pasword=secret", "pasword is nothing that can be set"),
            ("postgres://couch:sec#ret@db.example/couch", "%23"),
            ("postgres://couch:sec/ret@db.example/couch", "%2F"),
            ("postgres:couch:secret@db.example/couch", "two strokes"),
            ("postgresql:couch", "two strokes"),
            ("mysql://couch:secret@db.example/couch", "postgres://NAME:PASSWORD@HOST/DATABASE"),
        ] {
            let said = check(url).unwrap_err().to_string();
            assert!(said.contains(why) && !said.contains("secret") && !said.contains("ret@"), "{said}");
        }
        for url in [
            "postgres://couch:secret@db.example/couch?sslmode=verify-full&sslrootcert=/etc/ssl/ca.pem",
            "postgresql:///couch?host=/run/postgresql",
            "postgres://db.example/?dbname=couch",
            "sqlite://data/onecouch.db",
            "data/onecouch.db",
        ] {
            check(url).unwrap();
        }
    }
}
