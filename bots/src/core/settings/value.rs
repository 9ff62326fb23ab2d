//! How values of settings read and are written.

use std::collections::{BTreeMap, BTreeSet};

use engine::{
    media::Category,
    records::PlaceSettings,
    refusal::Refusal,
    room::{Preset, Role, RoomView},
    time::Millis,
};

use crate::{
    core::{people::role_name, span},
    grammar, say, words,
    words::Locale,
};

pub(super) fn word(locale: Locale, name: &str) -> String {
    say!(locale, &format!("choice-{name}"))
}

pub(super) fn on_off(locale: Locale, on: bool) -> String {
    word(locale, if on { "on" } else { "off" })
}

pub(super) fn or_off(locale: Locale, text: &str) -> String {
    if text.is_empty() { word(locale, "off") } else { text.to_owned() }
}

pub(super) fn number_or_off(locale: Locale, number: Option<u32>) -> String {
    number.map_or_else(|| word(locale, "off"), |number| number.to_string())
}

pub(super) fn length_or_off(locale: Locale, length: Millis) -> String {
    if length == Millis::ZERO { word(locale, "off") } else { span(locale, length) }
}

pub(super) fn language(locale: Locale, set: &PlaceSettings) -> String {
    let known = set.locale.as_deref().and_then(Locale::known);
    known.map_or_else(|| word(locale, "off"), |known| known.own_name().to_owned())
}

pub(super) fn categories(locale: Locale, set: &BTreeSet<Category>) -> String {
    if set.is_empty() {
        return word(locale, "off");
    }
    set.iter().map(|category| word(locale, category.name())).collect::<Vec<_>>().join(", ")
}

pub(super) fn preset_of(view: &RoomView) -> &'static str {
    let all = [Preset::Everyone, Preset::Open, Preset::Hosts];
    all.into_iter().find(|preset| preset.grants() == view.settings.grants).map_or("own", Preset::name)
}

pub(super) fn ranks_text(locale: Locale, ranks: &BTreeMap<i64, Role>) -> String {
    if ranks.is_empty() {
        return word(locale, "off");
    }
    let line = |(role, rank): (&i64, &Role)| format!("<@&{role}> {}", role_name(locale, *rank));
    ranks.iter().map(line).collect::<Vec<_>>().join(", ")
}

pub(super) fn is_off(value: &str) -> bool {
    grammar::is_word(value, &["off", "none", "no"])
}

pub(super) fn switch(value: &str) -> Result<bool, Refusal> {
    if grammar::is_word(value, &["on", "yes"]) || value == "true" {
        return Ok(true);
    }
    if is_off(value) || value == "false" { Ok(false) } else { Err(words::hint("hint-switch")) }
}

pub(super) fn one_of<T: Copy>(value: &str, all: &[T], name: fn(T) -> &'static str) -> Result<T, Refusal> {
    let found = all.iter().copied().find(|known| grammar::is_word(value, &[name(*known)]));
    found.ok_or_else(|| {
        let names: Vec<_> = all.iter().map(|known| name(*known)).collect();
        words::hint("hint-one-of").with("all", names.join(", "))
    })
}

pub(super) fn number(value: &str) -> Result<Option<u32>, Refusal> {
    if is_off(value) {
        return Ok(None);
    }
    value.parse().ok().filter(|number| *number > 0).map(Some).ok_or_else(|| words::hint("hint-count"))
}

pub(super) fn percent(value: &str) -> Result<u8, Refusal> {
    let number = value.trim_end_matches('%').trim().parse().ok();
    number.filter(|number| (1..=100).contains(number)).ok_or_else(|| words::hint("hint-percent"))
}

pub(super) fn length(value: &str) -> Result<Millis, Refusal> {
    if is_off(value) {
        return Ok(Millis::ZERO);
    }
    grammar::long(value).ok_or_else(|| words::hint("hint-length"))
}

pub(super) fn a_language(value: &str) -> Result<Locale, Refusal> {
    let value = value.to_lowercase();
    let names = |locale: Locale| [locale.own_name(), locale.english_name()];
    let by_name = Locale::ALL.into_iter().find(|locale| names(*locale).iter().any(|name| name.to_lowercase() == value));
    by_name.or_else(|| Locale::known(&value)).ok_or_else(|| {
        let all: Vec<_> = Locale::ALL.iter().map(|locale| locale.own_name()).collect();
        words::hint("hint-one-of").with("all", all.join(", "))
    })
}

pub(super) fn some_categories(value: &str) -> Result<BTreeSet<Category>, Refusal> {
    if is_off(value) {
        return Ok(BTreeSet::new());
    }
    if grammar::is_word(value, &["all", "on"]) {
        return Ok(Category::ALL.iter().copied().collect());
    }
    let words = value.split([',', ' ']).filter(|word| !word.is_empty());
    words.map(|word| one_of(word, Category::ALL, Category::name)).collect()
}
