//! Russian swear words, by what they begin with or hold: Russian bends its words too much for a list of them.
//!
//! The stems are short on purpose: what is in doubt stays. "Оскорблять", "страхуй", "хлеба" and "мандарин" are good words.

/// Whole words, those written in Latin letters too.
const WHOLE: &[&str] = &[
    "бля",
    "еб",
    "ебть",
    "манда",
    "манде",
    "манду",
    "манды",
    "нахер",
    "нихера",
    "педик",
    "педика",
    "педики",
    "педиков",
    "педику",
    "похер",
    "сука",
    "суке",
    "суки",
    "сукин",
    "сукой",
    "суку",
    "сучка",
    "сучке",
    "сучки",
    "сучку",
    "хер",
    "хера",
    "хули",
    "хуле",
    "ахуел",
    "blya",
    "blyad",
    "blyat",
    "cyka",
    "ebat",
    "huinya",
    "mudak",
    "nahui",
    "nahuy",
    "naxui",
    "naxuy",
    "ohuel",
    "ohuet",
    "pidor",
    "pidoras",
    "pizda",
    "pizdec",
    "pizdets",
    "pohui",
    "pohuy",
    "suka",
    "zaebal",
];

/// What no good word begins with.
const BEGINNINGS: &[&str] = &[
    "блят",
    "бляд",
    "гандон",
    "говн",
    "гондон",
    "дроч",
    "жоп",
    "залуп",
    "засран",
    "мандавош",
    "мудак",
    "мудач",
    "мудил",
    "мудоз",
    "насрат",
    "обосра",
    "охер",
    "пидар",
    "пидор",
    "пидр",
    "срак",
    "сран",
    "срат",
    "сучар",
    "херн",
    "шлюх",
];

/// What no good word holds.
const PARTS: &[&str] = &["бляд", "долбоеб", "пезд", "пизд"];

/// What stands before the two stems below, which good words hold as well.
const PREFIXES: &[&str] = &[
    "", "а", "в", "во", "въ", "вы", "до", "за", "из", "изъ", "на", "не", "недо", "ни", "о", "об", "объ", "от", "отъ",
    "о", "пере", "по", "под", "подъ", "при", "про", "раз", "разъ", "рас", "с", "съ", "у",
];

/// Letters behind the two stems.
const BEHIND_HU: &str = "еийюя";
const BEHIND_EB: &str = "аеилноуы";

/// Whether a word in small letters is one of them. Latin letters that look like Russian ones count as these, if there is a
/// Russian one too.
pub(super) fn is_bad(word: &str) -> bool {
    if WHOLE.contains(&word) {
        return true;
    }
    if !word.chars().any(is_cyrillic) {
        return false;
    }
    let word = plain(word);
    WHOLE.contains(&&*word)
        || BEGINNINGS.iter().any(|beginning| word.starts_with(beginning))
        || PARTS.iter().any(|part| word.contains(part))
        || PREFIXES.iter().any(|prefix| word.strip_prefix(prefix).is_some_and(|rest| is_stem(prefix, rest)))
}

/// Whether a word is written in Russian letters only.
pub(super) fn is_russian(word: &str) -> bool {
    word.chars().all(|c| is_cyrillic(c) || c.is_ascii_digit() || super::is_accent(c))
}

fn is_stem(prefix: &str, rest: &str) -> bool {
    let behind = |stem: &str, letters: &str| {
        rest.strip_prefix(stem).and_then(|rest| rest.chars().next()).is_some_and(|next| letters.contains(next))
    };
    // "Небо" and "себе" are not made of a prefix: only the hard sign parts these consonants from the stem.
    let soft = matches!(prefix, "в" | "с" | "об" | "от" | "под" | "из" | "раз" | "рас" | "не" | "а" | "о" | "во");
    behind("ху", BEHIND_HU) || (!soft && behind("еб", BEHIND_EB))
}

fn is_cyrillic(c: char) -> bool {
    matches!(c, '\u{400}'..='\u{482}' | '\u{48a}'..='\u{52f}')
}

/// Without accents, lookalikes and letters drawn out ("сууука"): no good word has the same letter three times in a row.
fn plain(word: &str) -> String {
    let letters: Vec<char> = word.chars().filter(|c| !super::is_accent(*c)).map(like).collect();
    letters
        .chunk_by(|one, next| one == next)
        .flat_map(|run| &run[..if run.len() > 2 { 1 } else { run.len() }])
        .collect()
}

/// The Russian letter that this one passes for.
fn like(c: char) -> char {
    match c {
        'ё' | 'e' => 'е',
        'a' => 'а',
        'o' | '0' => 'о',
        'p' => 'р',
        'c' => 'с',
        'x' => 'х',
        'y' => 'у',
        'k' => 'к',
        'm' => 'м',
        't' => 'т',
        'b' | '6' => 'б',
        '3' => 'з',
        'u' => 'и',
        other => other,
    }
}
