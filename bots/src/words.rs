//! The words of the chat frontends, in every language that they speak: Fluent files in `bots/locales`, one per language.
//!
//! Whoever writes to a person uses the person's language, a card and what is told to a whole chat that of the place.
//! What a language lacks is said in English; a test says so before anybody reads it.

use std::{borrow::Cow, sync::LazyLock};

use engine::{
    refusal::{Code, Refusal},
    room::Role,
};
use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};

/// A language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Locale {
    /// English.
    #[default]
    English,
    /// German.
    German,
    /// Russian.
    Russian,
    /// Spanish.
    Spanish,
    /// Chinese, simplified.
    Chinese,
}

impl Locale {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::English, Self::German, Self::Russian, Self::Spanish, Self::Chinese];

    /// Its two letters, as Telegram names it.
    pub fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
            Self::Russian => "ru",
            Self::Spanish => "es",
            Self::Chinese => "zh",
        }
    }

    /// What it calls itself.
    pub fn own_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::German => "Deutsch",
            Self::Russian => "Русский",
            Self::Spanish => "Español",
            Self::Chinese => "中文",
        }
    }

    /// What English calls it.
    pub fn english_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::German => "German",
            Self::Russian => "Russian",
            Self::Spanish => "Spanish",
            Self::Chinese => "Chinese",
        }
    }

    /// What Discord calls it; some languages are two there.
    pub fn on_discord(self) -> &'static [&'static str] {
        match self {
            Self::English => &["en-US", "en-GB"],
            Self::German => &["de"],
            Self::Russian => &["ru"],
            Self::Spanish => &["es-ES", "es-419"],
            Self::Chinese => &["zh-CN", "zh-TW"],
        }
    }

    /// The one that a tag such as `de-AT` or `zh_CN` means, if it is one of ours.
    pub fn known(tag: &str) -> Option<Self> {
        let language = tag.split(['-', '_']).next().unwrap_or_default();
        Self::ALL.into_iter().find(|locale| locale.code().eq_ignore_ascii_case(language))
    }

    /// The same; English where it is none of ours.
    pub fn of(tag: &str) -> Self {
        Self::known(tag).unwrap_or_default()
    }

    fn source(self) -> &'static str {
        match self {
            Self::English => include_str!("../locales/en.ftl"),
            Self::German => include_str!("../locales/de.ftl"),
            Self::Russian => include_str!("../locales/ru.ftl"),
            Self::Spanish => include_str!("../locales/es.ftl"),
            Self::Chinese => include_str!("../locales/zh.ftl"),
        }
    }
}

/// What stands in for a hole of a message.
#[derive(Debug, Clone)]
pub enum Word<'a> {
    /// A text.
    Text(Cow<'a, str>),
    /// A number, which plurals follow.
    Count(i64),
}

impl<'a> From<&'a str> for Word<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text.into())
    }
}

impl<'a> From<&'a String> for Word<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(text.into())
    }
}

impl From<String> for Word<'_> {
    fn from(text: String) -> Self {
        Self::Text(text.into())
    }
}

impl From<usize> for Word<'_> {
    fn from(count: usize) -> Self {
        Self::Count(i64::try_from(count).unwrap_or(i64::MAX))
    }
}

impl From<i64> for Word<'_> {
    fn from(count: i64) -> Self {
        Self::Count(count)
    }
}

/// A message in a language, its holes filled: `say!(locale, "paused", at = "1:30")`.
#[macro_export]
macro_rules! say {
    ($locale:expr, $id:expr $(, $name:ident = $value:expr)* $(,)?) => {
        $crate::words::say($locale, $id, &[$((stringify!($name), $crate::words::Word::from($value))),*])
    };
}

type Bundle = FluentBundle<FluentResource>;

static BUNDLES: LazyLock<[Bundle; Locale::ALL.len()]> = LazyLock::new(|| Locale::ALL.map(bundle));

fn bundle(locale: Locale) -> Bundle {
    // A code that does not parse would be none of ours: the default language has the plurals of English.
    let mut bundle = Bundle::new_concurrent(vec![locale.code().parse().unwrap_or_default()]);
    bundle.set_use_isolating(false);
    let resource = FluentResource::try_new(locale.source().to_owned()).unwrap_or_else(|(resource, errors)| {
        tracing::error!(?locale, ?errors, "a language file has mistakes: what is wrong is said in English");
        resource
    });
    if let Err(errors) = bundle.add_resource(resource) {
        tracing::error!(?locale, ?errors, "a language file says something twice");
    }
    bundle
}

/// A message in a language; in English where that language lacks it; its name where English does.
pub fn say(locale: Locale, id: &str, args: &[(&str, Word<'_>)]) -> String {
    find(locale, id, args).or_else(|| find(Locale::English, id, args)).unwrap_or_else(|| {
        tracing::error!(id, "a text is missing");
        id.to_owned()
    })
}

/// A message of just this language.
pub fn find(locale: Locale, id: &str, args: &[(&str, Word<'_>)]) -> Option<String> {
    let bundle = &BUNDLES[locale as usize];
    let pattern = bundle.get_message(id)?.value()?;
    Some(format(bundle, id, pattern, args))
}

/// An attribute of a message of just this language.
pub fn attribute(locale: Locale, id: &str, name: &str) -> Option<String> {
    let bundle = &BUNDLES[locale as usize];
    let pattern = bundle.get_message(id)?.get_attribute(name)?.value();
    Some(format(bundle, id, pattern, &[]))
}

fn format(bundle: &Bundle, id: &str, pattern: &fluent_syntax::ast::Pattern<&str>, args: &[(&str, Word<'_>)]) -> String {
    let mut filled = FluentArgs::new();
    for (name, word) in args {
        match word {
            Word::Text(text) => filled.set((*name).to_owned(), FluentValue::from(text.as_ref())),
            Word::Count(count) => filled.set((*name).to_owned(), FluentValue::from(*count)),
        }
    }
    let mut errors = Vec::new();
    let text = bundle.format_pattern(pattern, Some(&filled), &mut errors).into_owned();
    if !errors.is_empty() {
        tracing::error!(id, ?errors, "a text could not be filled");
    }
    text
}

/// Why not, in a language. The engine's own sentences are the English ones.
pub fn refusal(locale: Locale, refusal: &Refusal) -> String {
    if let Some(hint) = refusal.args.get(HINT) {
        return say(locale, hint, &words_of(refusal));
    }
    if locale == Locale::English {
        return refusal.to_string();
    }
    let mut words = words_of(refusal);
    if refusal.code == Code::NotAllowed {
        // Who may and what are sentences of their own: the engine says them in English.
        if let Some(what) = refusal.args.get("permission").map(|name| say(locale, &format!("permission-{name}"), &[])) {
            words.retain(|(name, _)| *name != "what");
            words.push(("what", what.into()));
        }
        let least =
            Role::ALL.into_iter().find(|role| refusal.args.get("least").is_some_and(|name| name == role.name()));
        if let Some(least) = least {
            words.retain(|(name, _)| *name != "who");
            words.push(("who", who_may(locale, least, refusal.args.get("host").map(String::as_str)).into()));
        }
    }
    find(locale, &format!("refusal-{}", refusal.code.name().replace('_', "-")), &words)
        .unwrap_or_else(|| refusal.to_string())
}

/// Who may what a role is needed for, in the middle of a sentence.
pub fn who_may(locale: Locale, least: Role, host: Option<&str>) -> String {
    let Some(host) = host else { return say(locale, "who-the-host", &[]) };
    let id = match least {
        Role::Guest | Role::Registered => "who-registered",
        Role::Trusted => "who-trusted",
        Role::Moderator => "who-moderators",
        Role::Cohost => "who-cohosts",
        Role::Host => return host.to_owned(),
    };
    // The one that names no host has no hole for one, and leaves it.
    say(locale, id, &[("host", host.into())])
}

/// The argument of a refusal that names a message of ours.
const HINT: &str = "hint";

/// Bad input, with a message of the language files for the problem. It is for [`refusal`] to say: such a refusal never
/// leaves the frontends.
pub fn hint(id: &'static str) -> Refusal {
    Refusal::input(id).with(HINT, id)
}

fn words_of(refusal: &Refusal) -> Vec<(&'static str, Word<'_>)> {
    refusal.args.iter().map(|(name, value)| (*name, Word::from(value))).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};

    use super::*;

    /// The holes of a pattern.
    fn holes(pattern: &Pattern<&str>, found: &mut BTreeSet<String>) {
        for element in &pattern.elements {
            if let PatternElement::Placeable { expression } = element {
                match expression {
                    Expression::Inline(inline) => hole(inline, found),
                    Expression::Select { selector, variants } => {
                        hole(selector, found);
                        for variant in variants {
                            holes(&variant.value, found);
                        }
                    }
                }
            }
        }
    }

    fn hole(inline: &InlineExpression<&str>, found: &mut BTreeSet<String>) {
        if let InlineExpression::VariableReference { id } = inline {
            found.insert(id.name.to_owned());
        }
    }

    /// All messages of a language, with their attributes and holes; the localised names of commands apart.
    fn messages(locale: Locale) -> BTreeMap<String, BTreeSet<String>> {
        let resource =
            fluent_syntax::parser::parse(locale.source()).unwrap_or_else(|(_, e)| panic!("{locale:?}: {e:?}"));
        let mut all = BTreeMap::new();
        for entry in &resource.body {
            let Entry::Message(message) = entry else { continue };
            let id = message.id.name.to_owned();
            let mut found = BTreeSet::new();
            message.value.iter().for_each(|pattern| holes(pattern, &mut found));
            assert!(all.insert(id.clone(), found).is_none(), "{id} stands twice in {locale:?}");
            for attribute in message.attributes.iter().filter(|attribute| attribute.id.name != "slash") {
                all.insert(format!("{id}.{}", attribute.id.name), BTreeSet::new());
            }
        }
        all
    }

    #[test]
    fn every_language_says_all_that_english_says_with_the_same_holes() {
        let english = messages(Locale::English);
        for locale in Locale::ALL.into_iter().filter(|locale| *locale != Locale::English) {
            let mut own = messages(locale);
            // English sentences of refusals are the engine's.
            own.retain(|id, _| !id.starts_with("refusal-") && !id.starts_with("permission-"));
            for (id, holes) in &english {
                assert_eq!(own.get(id), Some(holes), "{id} in {locale:?}");
            }
            let more: Vec<_> = own.keys().filter(|id| !english.contains_key(*id)).collect();
            assert!(more.is_empty(), "{locale:?} says what nobody asks for: {more:?}");
        }
    }

    #[test]
    fn every_refusal_is_said_in_every_language() {
        for locale in Locale::ALL.into_iter().filter(|locale| *locale != Locale::English) {
            for code in Code::ALL.iter().filter(|code| **code != Code::BadInput) {
                let id = format!("refusal-{}", code.name().replace('_', "-"));
                assert!(messages(locale).contains_key(&id), "{id} in {locale:?}");
            }
        }
    }

    #[test]
    fn who_may_is_said_in_the_language_of_the_rest() {
        let refusal = Refusal::new(Code::NotAllowed)
            .with("what", "change the schedule")
            .with("who", "Ana and co-hosts")
            .with("permission", "schedule")
            .with("least", Role::Cohost)
            .with("host", "Ana");
        let said = super::refusal(Locale::German, &refusal);
        assert_eq!(said, "Das darf hier nicht jeder: den Zeitplan ändern. Frag Ana und Co-Hosts.");
    }

    #[test]
    fn a_tag_of_a_platform_finds_its_language() {
        for (tag, locale) in [
            ("de", Locale::German),
            ("de-AT", Locale::German),
            ("zh-CN", Locale::Chinese),
            ("zh_hans", Locale::Chinese),
            ("RU", Locale::Russian),
            ("es-419", Locale::Spanish),
            ("fr", Locale::English),
            ("", Locale::English),
        ] {
            assert_eq!(Locale::of(tag), locale, "{tag}");
        }
    }
}
