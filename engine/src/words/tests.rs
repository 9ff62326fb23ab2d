//! What is masked, and what must stay.

use super::*;

fn masked(text: &str) -> String {
    mask(text, &BTreeSet::new()).unwrap_or_else(|| text.to_owned())
}

#[test]
fn a_bad_word_is_masked_and_the_rest_stays_as_it_was_typed() {
    for (text, shown) in [
        ("What the fuck, Ana?", "What the ****, Ana?"),
        ("Zoë's naïve café — shit! Ёлка  и Übung", "Zoë's naïve café — ****! Ёлка  и Übung"),
        ("FUCKING hell", "******* hell"),
        ("so much sh!t here", "so much **** here"),
        ("(a$$)", "(***)"),
        ("f.u.c.k it", "******* it"),
        ("oh f u c k that", "oh * * * * that"),
        ("fück", "****"),
        ("f\u{301}uck", "****"),
        ("fuсk", "****"),
        ("you-fucker", "you-******"),
        ("вот сука, ёлки", "вот ****, ёлки"),
        ("Пиздец!", "******!"),
        ("сууука", "******"),
        ("cука и xуй", "**** и ***"),
        ("нахуй, похуй, охуенно, заебал, ебать", "*****, *****, *******, ******, *****"),
        ("б.л.я.т.ь", "*********"),
        ("с у к а", "* * * *"),
        ("выблядок и ебаный", "******** и ******"),
        ("cyka blyat", "**** *****"),
    ] {
        assert_eq!(masked(text), shown, "{text}");
    }
}

#[test]
fn good_words_that_hold_bad_ones_stay() {
    for text in [
        "",
        "   ",
        "Scunthorpe, Essex, Penistone and Cockburn Street",
        "an assassin in a classic bass assessment; the cockpit of Dickens, grape therapist, title, analysis, document",
        "shiitake and a Fagott, the Nazi documentary",
        "Cummings, Hitchcock, Van Dyke, Matsushita",
        "hello there, see you at 20:30!",
        "I a m h e r e",
        "A B C D E F G",
        "https://films.example/fuck/shit.mp4",
        "**** ***",
        "класс, сукно, сук дерева, психуй, страхуй, хлеба, небо, себе, учеба, требовать, оскорблять, употреблять, мандарин",
        "мандат, педикюр, хулиган, поезд, приезд, мебель, колебать, рубля, корабля, бляха, херувим, Херсон, застрахуем",
        "погребать скребет судебный ребенок дебаты жеребец погреба потребность сравнить сразу страна срам",
        "обед, объезд, подъезд, уезд, небесный, эбонит, дебют, неба, тебе, Ефрем, въезд, съест, худой, хутор, ухо, духи, плохую",
        "日本語のタイトル 🎬 한국어 العربية हिन्दी",
        "@@@ $$$ !!! ... ??? 1234567890",
    ] {
        assert_eq!(masked(text), text);
    }
}

#[test]
fn words_of_the_room_are_masked_whole_in_any_language_and_case() {
    let extra: BTreeSet<Arc<str>> = ["Spoiler", "ЁЖИК", "हिन्दी", "tl;dr", "ネタバレ", ""].map(Arc::from).into();
    let masked = |text: &str| mask(text, &extra);
    assert_eq!(masked("SPOILER: the ёжик wins").as_deref(), Some("*******: the **** wins"));
    assert_eq!(masked("(हिन्दी)").unwrap().matches('*').count(), 6);
    assert_eq!(masked("tl;dr").as_deref(), Some("*****"));
    assert_eq!(masked("ネタバレ").as_deref(), Some("****"));
    assert_eq!(masked("spoilers, ёжики, no spoil er"), None);
}

#[test]
fn a_line_made_to_be_slow_is_looked_through_like_any_other() {
    for piece in [
        "fuck",
        "a",
        "k",
        "kkz",
        "kab",
        "@$!",
        "@$!@$!@$!@$! ",
        "s ",
        "f u c k ",
        "as5$",
        "!1il|",
        "ѕ",
        "a\u{310}",
        "f.",
        "@s ",
        "хуе",
        "х у е ",
        "$$$a ",
        &format!("{} ", "@$!".repeat(20)),
    ] {
        let line: String = piece.chars().cycle().take(2_000).collect();
        // Signs are masked and none is added, whatever the line is made of.
        assert!(masked(&line).chars().count() <= line.chars().count(), "{piece}");
    }
}
